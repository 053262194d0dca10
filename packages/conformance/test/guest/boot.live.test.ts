import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findEmulator } from '../../src/find-emulator.ts'
import { debianGuests } from '../../src/guest/debian-guests.ts'
import { guestCommand } from '../../src/guest/guest-command.ts'
import { buildGuestImage } from '../../src/guest/guest-image.ts'
import { readReport } from '../../src/guest/read-report.ts'
import { withGuest } from '../with-guest.ts'

const bootLimitMs = 600_000
const quietPower = 'cap-htm=off,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off'
const common = ['-accel', 'tcg', '-smp', '2', '-nodefaults', '-display', 'none', '-no-reboot']

interface Machine {
  readonly guest: string
  readonly emulator: string
  readonly name: string
  readonly args: readonly string[]
  readonly pvr?: number
}

const pseries = (cpu: string, pvr: number): Machine => ({
  guest: 'ppc64le',
  emulator: 'qemu-system-ppc64',
  name: `pseries ${cpu}`,
  args: ['-M', `pseries,${quietPower}`, '-cpu', cpu, '-m', '768'],
  pvr,
})

/** The machines a raw boot is tried on, with what each guest must find inside itself. */
const machines: readonly Machine[] = [
  {
    guest: 'x86_64',
    emulator: 'qemu-system-x86_64',
    name: 'q35 max',
    args: ['-M', 'q35', '-cpu', 'max', '-m', '384'],
  },
  { guest: 'x86_64', emulator: 'qemu-system-x86_64', name: 'pc', args: ['-M', 'pc', '-m', '384'] },
  { guest: 'i686', emulator: 'qemu-system-i386', name: 'pc', args: ['-M', 'pc', '-m', '384'] },
  pseries('POWER8', 0x004d_0200),
  pseries('POWER9', 0x004e_1200),
  pseries('POWER10', 0x0080_0200),
]

describe('a guest made of Debian packages', () => {
  for (const { guest, emulator, name, args, pvr } of machines) {
    const missing = findEmulator([emulator]) === undefined
    const title = `boots as ${guest} on ${name}${missing ? `: not run, no ${emulator} here` : ''}`
    it.skipIf(missing)(title, { timeout: bootLimitMs }, async () => {
      const recipe = debianGuests[guest]
      if (recipe === undefined) throw new Error(`no recipe for ${guest}`)
      const image = await buildGuestImage(recipe)
      const nonce = `test-${process.pid}`
      const append = `console=ttyS0 console=hvc0 quiet cryptomgr.notests polyvirt.nonce=${nonce}`
      const boot = ['-kernel', image.kernel, '-initrd', image.initrd, '-append', append]
      const argv = [emulator, ...args, ...common, '-serial', 'stdio', ...boot] as const
      await withGuest({ argv }, async (running) => {
        const patience = { cpuMs: running.cpuMs }
        const { report } = await readReport(running.console, { nonce, ...patience })
        expect(report.kernel.release).toBe(image.kernelRelease)
        expect(report.kernel.commandLine).toContain(nonce)
        expect(report.vcpus).toMatchObject({ online: [0, 1] })
        expect(report.cpu.pvr).toBe(pvr)
        expect(await guestCommand(running.console, 'run uname -r; exit 3', patience)).toEqual({
          output: image.kernelRelease,
          status: 3,
        })
        running.console.send('poweroff')
        expect(await running.exited).toMatchObject({ exitCode: 0 })
      })
    })
  }
})

describe('a machine whose guest has another byte order', () => {
  const emulator = 'qemu-system-ppc64'
  const missing = findEmulator([emulator]) === undefined
  it.skipIf(missing)('reaches its firmware', { timeout: bootLimitMs }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pv-'))
    try {
      const socket = join(directory, 'console')
      const machine = ['-M', `pseries,${quietPower}`, '-cpu', 'POWER8', '-m', '512', ...common]
      const console = [
        '-chardev',
        `socket,id=c,path=${socket},server=on,wait=on`,
        '-device',
        'spapr-vty,chardev=c',
      ]
      const argv = [emulator, ...machine, ...console] as const
      await withGuest({ argv, socket }, async (running) => {
        const banner = await running.console.next(
          'the firmware',
          (line) => /Welcome to (.+)/.exec(line)?.[1],
          { cpuMs: running.cpuMs },
        )
        expect(banner).toBe('Open Firmware')
      })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
