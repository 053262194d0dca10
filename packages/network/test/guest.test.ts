import { randomUUID } from 'node:crypto'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import {
  buildGuestImage,
  connectConsole,
  debianGuests,
  guestCommand,
  processCpuMs,
  readReport,
} from '@polyvirt/conformance'
import type { GuestImage, WaitOptions } from '@polyvirt/conformance'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import { openStorage } from '@polyvirt/storage'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openNetworks } from '../src/index.ts'
import { failure, tempDir } from './support/open.ts'

/** Booting a kernel in an emulator, on a machine that does other things, too. */
const bootMs = 900_000

async function connection(dir: string): Promise<Hypervisor> {
  const hypervisor = await openHypervisor(`qemu:///embed?root=${dir}/root`, {
    registry: createRegistry([x86, ppc64]),
    drivers: { network: openNetworks, storage: openStorage },
  })
  onTestFinished(() => hypervisor.close())
  return hypervisor
}

interface Guest {
  readonly arch: string
  readonly dir: string
  readonly image: GuestImage
  readonly nonce: string
}

const mac = '52:54:00:12:34:56'

function guestXml({ arch, dir, image, nonce }: Guest): string {
  const cmdline = `console=ttyS0 console=hvc0 quiet cryptomgr.notests polyvirt.nonce=${nonce}`
  return `<domain type='qemu'>
    <name>guest</name><memory unit='MiB'>512</memory><vcpu>1</vcpu>
    <os><type arch='${arch}'>hvm</type><kernel>${image.kernel}</kernel><initrd>${image.initrd}</initrd>
      <cmdline>${cmdline}</cmdline></os>
    <devices>
      <serial type='unix'><source mode='bind' path='${dir}/console'/></serial>
      <disk type='volume'><source pool='images' volume='disk'/><target dev='vda' bus='virtio'/></disk>
      <interface type='network'><mac address='${mac}'/><source network='default'/><model type='virtio'/></interface>
    </devices></domain>`
}

async function firstBytes(hypervisor: Hypervisor, length: number): Promise<string> {
  let text = ''
  const disk = { pool: 'images', name: 'disk' }
  for await (const piece of hypervisor.storageVolDownload(disk, { length })) {
    text += Buffer.from(piece).toString('latin1')
  }
  return text
}

describe('a guest whose disk is a volume and whose card is on the network default', () => {
  it.each(['x86_64', 'ppc64le'])(
    'of %s is lent an address of it and writes what is read from the volume',
    { timeout: bootMs },
    async (arch) => {
      const recipe = debianGuests[arch]
      if (recipe === undefined) throw new Error(`no guest for ${arch}`)
      const dir = tempDir()
      const guest = { arch, dir, image: await buildGuestImage(recipe), nonce: randomUUID() }
      const hypervisor = await connection(dir)
      await hypervisor.storagePoolDefineXml(
        `<pool type='dir'><name>images</name><target><path>${dir}/images</path></target></pool>`,
      )
      await hypervisor.storagePoolCreate('images', { build: true })
      await hypervisor.storageVolCreateXml(
        'images',
        `<volume><name>disk</name><capacity unit='MiB'>4</capacity></volume>`,
      )
      await hypervisor.domainDefineXml(guestXml(guest))

      const early = await failure(hypervisor.domainCreate('guest'))
      expect(early.message).toContain(`network 'default' is not active`)
      await hypervisor.networkCreate('default')
      await hypervisor.domainCreate('guest')
      onTestFinished(() => hypervisor.domainDestroy('guest').catch(() => undefined))

      const console = await connectConsole(`${dir}/console`)
      const { pid = 0 } = await hypervisor.domainGetInfo('guest')
      const patience: WaitOptions = { cpuMs: () => processCpuMs(pid) }
      await readReport(console, { nonce: guest.nonce, ...patience })
      const shell = async (command: string): Promise<string> =>
        (await guestCommand(console, `run ${command}`, patience)).output
      await shell('ip link set eth0 up')
      const said = await shell('udhcpc -i eth0 -n -q -t 20 -T 2 -s /bin/true 2>&1')
      expect(said).toContain('lease of 192.168.122.2 obtained from 192.168.122.1')
      await shell('echo written by the guest | dd of=/dev/vda conv=fsync 2>/dev/null; sync')

      const used = await failure(hypervisor.storageVolDelete({ pool: 'images', name: 'disk' }))
      expect(used.message).toMatch(
        /volume 'disk' is in use by the running guest 'guest' \(pid \d+\)/,
      )
      await hypervisor.domainDestroy('guest')
      expect(await firstBytes(hypervisor, 20)).toBe('written by the guest')
      await hypervisor.storageVolDelete({ pool: 'images', name: 'disk' })
    },
  )
})
