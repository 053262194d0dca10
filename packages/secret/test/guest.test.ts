import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hypervisor } from '@polyvirt/core'
import { execa } from 'execa'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { openIn, secretXml, tempDir, uuidOf } from './support/open.ts'

const passphrase = 'open sesame'

interface Setup {
  readonly dir: string
  readonly hypervisor: Hypervisor
  readonly image: string
}

/** A root with an image that the secret 1 opens, qcow2 or raw, and with that secret. */
async function setUp(format: Format = 'qcow2', value = passphrase): Promise<Setup> {
  const dir = tempDir()
  const image = `${dir}/image`
  copyFileSync(await encryptedImage(format), image)
  const hypervisor = await openIn(`${dir}/root`)
  await hypervisor.secretDefineXml(
    secretXml(1, `<usage type='volume'><volume>${image}</volume></usage>`, `private='yes'`),
  )
  if (value !== '') await hypervisor.secretSetValue(uuidOf(1), Buffer.from(value))
  onTestFinished(async () => {
    await hypervisor.domainDestroy('g').catch(() => undefined)
  })
  return { dir, hypervisor, image }
}

type Format = 'qcow2' | 'raw'

const made = mkdtempSync(join(tmpdir(), 'pv-secret-'))
afterAll(() => rmSync(made, { recursive: true, force: true }))

/** Made once for all: deriving its key takes qemu-img a second. */
async function encryptedImage(format: Format): Promise<string> {
  const image = `${made}/${format}`
  if (existsSync(image)) return image
  writeFileSync(`${made}/pw`, passphrase)
  const options =
    format === 'qcow2'
      ? ['-f', 'qcow2', '-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10']
      : ['-f', 'luks', '-o', 'key-secret=s,iter-time=10']
  const secret = ['--object', `secret,id=s,file=${made}/pw`]
  await patiently(() => execa('qemu-img', ['create', '-q', ...secret, ...options, image, '16M']))
  return image
}

/** qemu-img gives up where the clock of its thread stood still while it counted. */
async function patiently(make: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await make()
      return
    } catch (error) {
      if (!/accurate CPU usage/.test(String(error)) || attempt === 50) throw error
    }
  }
}

function diskXml(image: string, format = 'qcow2', secret = `uuid='${uuidOf(1)}'`): string {
  return `<disk type='file' device='disk'><driver name='qemu' type='${format}'/>
    <source file='${image}'><encryption format='luks'><secret type='passphrase' ${secret}/></encryption></source>
    <target dev='vda' bus='virtio'/></disk>`
}

function guestXml(devices: string, arch = 'x86_64'): string {
  return `<domain type='qemu'><name>g</name><memory unit='MiB'>256</memory>
    <os><type arch='${arch}'>hvm</type></os>${arch === 'x86_64' ? '<features><acpi/></features>' : ''}<devices>${devices}</devices></domain>`
}

const stateDirs = (dir: string): readonly string[] =>
  readdirSync(`${dir}/root/run`).filter((name) => name.startsWith('domain-'))

describe('a guest with an encrypted disk', () => {
  it.each([
    ['x86_64', 'qcow2'],
    ['x86_64', 'raw'],
    ['ppc64le', 'qcow2'],
  ] as const)(
    'of %s is given the passphrase of its %s image, and nobody else',
    async (arch, format) => {
      const { dir, hypervisor, image } = await setUp(format)
      await hypervisor.domainDefineXml(guestXml(diskXml(image, format), arch))
      await hypervisor.domainCreate('g')
      const monitor = await hypervisor.domainQemuMonitorCommand('g', 'info block', { hmp: true })
      expect(monitor).toMatch(/libvirt-1-format.*\((?:qcow2|luks)/)
      // It is on no command line, and in no file of the run any more.
      const { pid = 0 } = await hypervisor.domainGetInfo('g')
      const told = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      expect(told).toContain('libvirt-1-format-encryption-secret0')
      expect(told).not.toContain(passphrase)
      const [run = ''] = stateDirs(dir)
      expect(readdirSync(`${dir}/root/run/${run}`).filter((one) => /secret/.test(one))).toEqual([])
      expect(await hypervisor.domainGetXmlDesc('g', { securityInfo: true })).not.toContain(
        passphrase,
      )
    },
  )

  it('finds the secret by what it is for', async () => {
    const { hypervisor, image } = await setUp()
    await hypervisor.domainDefineXml(guestXml(diskXml(image, 'qcow2', `usage='${image}'`)))
    await hypervisor.domainCreate('g')
    expect(await hypervisor.domainGetState('g')).toMatchObject({ state: 'running' })
  })

  it('gets the disk while it runs, and gives it back', async () => {
    const { dir, hypervisor, image } = await setUp()
    await hypervisor.domainDefineXml(guestXml(''))
    await hypervisor.domainCreate('g', { paused: true })
    const objects = (): Promise<string> =>
      hypervisor.domainQemuMonitorCommand(
        'g',
        '{"execute":"qom-list","arguments":{"path":"/objects"}}',
      )
    await hypervisor.domainAttachDevice('g', diskXml(image))
    expect(await objects()).toContain('encryption-secret0')
    expect(readdirSync(`${dir}/root/run/${stateDirs(dir)[0] ?? ''}`).join(' ')).not.toContain(
      'secret',
    )
    await hypervisor.domainResume('g')
    await hypervisor.domainDestroy('g')
    expect(stateDirs(dir)).toEqual([])
  })

  it('has no new images made that would hold in the clear what it writes', async () => {
    const { dir, hypervisor, image } = await setUp()
    await hypervisor.domainDefineXml(guestXml(diskXml(image)))
    await hypervisor.domainCreate('g', { paused: true })
    const plain = `'vda' is encrypted, and a new image of it would not be`
    await expect(hypervisor.domainBlockCopy('g', 'vda', `${dir}/copy`)).rejects.toThrow(plain)
    await expect(
      hypervisor.domainSnapshotCreateXml('g', '<domainsnapshot/>', { diskOnly: true }),
    ).rejects.toThrow(`disk 'vda' is encrypted: QEMU keeps no snapshot inside it`)
    await expect(hypervisor.domainSnapshotCreateXml('g', '<domainsnapshot/>')).rejects.toThrow(
      `leave it out with <disk name='vda' snapshot='no'/>`,
    )
    expect(await hypervisor.domainGetState('g')).toMatchObject({ state: 'paused' })
    expect(existsSync(`${dir}/copy`)).toBe(false)
    expect(readdirSync(dir).toSorted()).toEqual(['image', 'root'])
  })
})

describe('a start is refused, and leaves nothing', () => {
  it.each([
    [
      'without the secret',
      '',
      `uuid='${uuidOf(2)}'`,
      `no secret with matching uuid '${uuidOf(2)}'; define it with secret-define`,
    ],
    ['without a value', '', `uuid='${uuidOf(1)}'`, 'does not have a value'],
    ['with the wrong value', 'open barley', `uuid='${uuidOf(1)}'`, 'Invalid password'],
  ])('%s', async (_, value, secret, words) => {
    const { dir, hypervisor, image } = await setUp('qcow2', value)
    await hypervisor.domainDefineXml(guestXml(diskXml(image, 'qcow2', secret)))
    await expect(hypervisor.domainCreate('g')).rejects.toThrow(words)
    expect(stateDirs(dir)).toEqual([])
    expect(await hypervisor.domainGetState('g')).toMatchObject({ state: 'shut off' })
  })

  it('names the place of each secret that is missing', async () => {
    const { hypervisor, image } = await setUp('qcow2', '')
    const remote = `<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='iscsi' name='iqn.2026-11.test:t/1'>
      <host name='127.0.0.1'/><auth username='u'><secret type='iscsi' usage='t'/></auth></source><target dev='vdb' bus='virtio'/></disk>`
    await hypervisor.domainDefineXml(guestXml(diskXml(image) + remote))
    const error = await hypervisor.domainCreate('g').catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      problems: [
        { code: 'ERR_NO_SECRET', path: 'devices/disk[1]/source/encryption/secret' },
        { code: 'ERR_NO_SECRET', path: 'devices/disk[2]/source/auth/secret' },
      ],
    })
  })
})

const swtpm = ['/usr/bin/swtpm', '/usr/local/bin/swtpm'].some((file) => existsSync(file))

describe('an emulated TPM', () => {
  it.skipIf(!swtpm)(
    `keeps its state encrypted${swtpm ? '' : ': not run, apt-get install swtpm'}`,
    async () => {
      const { hypervisor, dir } = await setUp()
      await hypervisor.secretDefineXml(secretXml(2, `<usage type='vtpm'><name>t</name></usage>`))
      await hypervisor.secretSetValue(uuidOf(2), Buffer.from('tpm key'))
      const tpm = `<tpm model='tpm-crb'><backend type='emulator' version='2.0'><encryption secret='${uuidOf(2)}'/></backend></tpm>`
      await hypervisor.domainDefineXml(guestXml(tpm))
      await hypervisor.domainCreate('g')
      const { uuid } = await hypervisor.domainLookup('g')
      await expect
        .poll(() => readdirSync(`${dir}/root/lib/swtpm/${uuid}`), { timeout: 20_000 })
        .toContain('tpm2-00.permall')
      // swtpm's header of a file says in its flags that what follows is encrypted.
      const state = readFileSync(`${dir}/root/lib/swtpm/${uuid}/tpm2-00.permall`)
      expect(state.readUInt16BE(4) & 1).toBe(1)
    },
  )
})
