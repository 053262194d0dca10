import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const packages = join(import.meta.dirname, '../../..')
const timeout = 60_000

describe('storage pools and volumes', { timeout }, () => {
  const real = realPolyvirt({
    POLYVIRT_ARCH_PATH: `${packages}/storage:${packages}/network`,
  })

  it('are made, listed, changed and removed as virsh does', async () => {
    const path = `${real.folder}/pool`
    const said = await real.answers(
      `pool-define-as images dir --target ${path}`,
      'pool-list --all',
      'pool-build images',
      'pool-start images',
      'pool-autostart images',
      'pool-info images --bytes',
      'vol-create-as images a.qcow2 16M --format qcow2',
      'vol-create-as images b.qcow2 16M --format qcow2 --backing-vol a.qcow2 --print-xml',
      'vol-clone a.qcow2 c.qcow2 --pool images',
      'vol-resize c.qcow2 8M --pool images --delta',
      'vol-list images --details',
      `vol-pool ${path}/c.qcow2`,
      `vol-name ${path}/c.qcow2`,
      'vol-path c.qcow2 images',
      'vol-info c.qcow2 images --bytes',
      'vol-delete c.qcow2 images',
      'vol-list images',
    )
    expect(said[1]).toBe(' images   inactive   no\n')
    expect(said[5]).toContain('Autostart:      yes\nCapacity:       ')
    expect(said[7]).toContain(
      `<backingStore>\n    <path>${path}/a.qcow2</path>\n    <format type='qcow2'/>`,
    )
    expect(said[10]).toContain(`c.qcow2   ${path}/c.qcow2   file   24.00 MiB   `)
    expect(said.slice(11, 14)).toEqual(['images\n', 'c.qcow2\n', `${path}/c.qcow2\n`])
    expect(said[14]).toContain('Capacity:       25165824 bytes\n')
    expect(said[16]).toBe(` a.qcow2   ${path}/a.qcow2\n`)
  })

  it('take and give the bytes of a volume, whose copy is nobody else’s to read', async () => {
    const source = real.file('bytes', 'what a guest has on its disk')
    const copy = join(real.folder, 'copy')
    await real.answers(
      'vol-create-as images raw 1M',
      `vol-upload raw ${source} images --offset 512`,
      `vol-download raw ${copy} images --offset 512 --length 12`,
    )
    expect(readFileSync(copy, 'utf8')).toBe('what a guest')
    expect(statSync(copy).mode & 0o777).toBe(0o600)
  })

  it('are not copied over themselves, and spoil no file for an error', async () => {
    const path = `${real.folder}/pool/raw`
    const link = join(real.folder, 'link')
    symlinkSync(path, link)
    const before = readFileSync(path)
    for (const line of [
      `vol-download raw ${path} images`,
      `vol-download raw ${link} images`,
      `vol-upload raw ${path} images --offset 512`,
    ])
      expect((await real.run(line)).stderr).toMatch(/is the volume itself/)
    expect(readFileSync(path).equals(before)).toBe(true)
    const kept = real.file('kept', 'of somebody')
    mkdirSync(`${real.folder}/pool/folder`)
    expect((await real.run(`vol-download folder ${kept} images`)).stderr).toContain('directory')
    expect(readFileSync(kept, 'utf8')).toBe('of somebody')
    const written = await real.run(`vol-download raw ${kept} images --length 4`)
    expect([written.stderr, statSync(kept).size]).toEqual(['', 4])
    expect((await real.run(`vol-download raw ${real.folder} images`)).stderr).toContain(
      `cannot create ${real.folder}`,
    )
    rmdirSync(`${real.folder}/pool/folder`)
  })

  it('are started with the guests that are marked', async () => {
    await real.answers('pool-destroy images')
    expect((await real.run('autostart', '--apply')).code).toBe(0)
    expect((await real.answers('pool-list'))[0]).toContain('images   active')
  })

  it('go with the guest that they belong to, where that is asked', async () => {
    const outside = join(real.folder, 'outside.raw')
    writeFileSync(outside, 'bytes')
    const path = `${real.folder}/pool`
    const disk = (file: string, dev: string, more = ''): string =>
      `<disk type='file' device='disk'><driver type='raw'/><source file='${file}'/><target dev='${dev}' bus='virtio'/>${more}</disk>`
    await real.answers('vol-create-as images one 1M', 'vol-create-as images two 1M')
    const document = real.file(
      'g.xml',
      `<domain type='qemu'><name>g</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os><devices>${disk(`${path}/one`, 'vda')}${disk(`${path}/two`, 'vdb', '<readonly/>')}${disk(outside, 'vdc')}</devices></domain>`,
    )
    await real.answers(`define ${document}`)
    const refused = await real.run('undefine', 'g', '--storage', 'vdz')
    expect(refused.stderr).toContain("Volume 'vdz' was not found in domain's definition.")
    const { code, stdout, stderr } = await real.run('undefine', 'g', '--remove-all-storage')
    expect([code, stdout]).toEqual([
      0,
      `Domain 'g' has been undefined\nVolume 'vda'(${path}/one) removed.\n\n`,
    ])
    expect(stderr).toContain(`Storage volume 'vdc'(${outside}) is not managed by polyvirt.`)
    expect([existsSync(`${path}/one`), existsSync(`${path}/two`), existsSync(outside)]).toEqual([
      false,
      true,
      true,
    ])
  })

  it('name what is not there as virsh does', async () => {
    const { stderr } = await real.run(
      'vol-info none; vol-info none images; pool-info none; vol-list none',
    )
    expect(stderr).toBe(
      "error: failed to get vol 'none', specifying --pool might help\n" +
        "error: Storage volume not found: no storage vol with matching path 'none'\n" +
        "error: failed to get vol 'none'\n" +
        "error: Storage volume not found: no storage vol with matching name 'none'\n" +
        "error: failed to get pool 'none'\n" +
        "error: Storage pool not found: no storage pool with matching name 'none'\n" +
        "error: failed to get pool 'none'\n" +
        "error: Storage pool not found: no storage pool with matching name 'none'\n",
    )
  })
})

describe('networks', { timeout }, () => {
  const real = realPolyvirt({
    POLYVIRT_ARCH_PATH: `${packages}/storage:${packages}/network`,
  })

  it('are defined, changed, and plugged into as virsh does', async () => {
    const path = real.file(
      'n.xml',
      `<network><name>n1</name><forward mode='nat'/><ip address='10.7.0.1' prefix='24'><dhcp><range start='10.7.0.10' end='10.7.0.20'/></dhcp></ip></network>`,
    )
    expect((await real.run(`net-define ${path}`)).stdout).toBe(
      `Network n1 defined from ${path}\n\n`,
    )
    const said = await real.answers(
      'net-list --inactive --name',
      'net-start n1',
      'net-autostart n1',
      'net-list --autostart',
      'net-info n1',
      `net-update n1 add ip-dhcp-host "<host mac='52:54:00:00:00:01' ip='10.7.0.15'/>" --live --config`,
      'net-dumpxml n1 --inactive',
      'net-uuid n1',
    )
    expect(said[0]).toContain('n1\n')
    expect(said[3]).toBe(' n1   active   yes   yes\n')
    expect(said[4]).toMatch(/^Name: {11}n1\nUUID: {11}\S{36}\nActive: {9}yes\nPersistent: {5}yes\n/)
    expect(said[6]).toContain("<host mac='52:54:00:00:00:01' ip='10.7.0.15'/>")
    expect((await real.answers(`net-name ${said[7]?.trim() ?? ''}`))[0]).toBe('n1\n')
    const guest = await real.run(
      ...['create', '--arch', 'x86_64', '--name', 'g', '--network', 'n1', '--memory', '128'],
      '--paused',
    )
    expect(guest.code).toBe(0)
    expect((await real.answers('destroy g', 'dumpxml g'))[1]).toContain("<source network='n1'/>")
    const completed = await real.run('-q', 'complete', '--', 'net-info', 'n')
    expect(completed.stdout).toContain('n1\n')
    await real.answers('net-destroy n1', 'net-undefine n1')
  })

  it('that do not understand a part of them are refused by name', async () => {
    const { stderr } = await real.run(
      'net-update default grow ip <a/>; net-update default add roof <a/>; net-info none; net-list --name --uuid',
    )
    expect(stderr).toBe(
      "error: unrecognized command name 'grow'\n" +
        "error: unrecognized section name 'roof'\n" +
        "error: failed to get network 'none'\n" +
        "error: Network not found: no network with matching name 'none'\n" +
        'error: Only one argument from --table, --name and --uuid may be specified.\n',
    )
  })
})

describe('where no driver is installed', { timeout }, () => {
  it('the package to install is named', async () => {
    const { domainError } = await import('../../src/core.ts')
    const { loadDriver } = await import('../../src/arch/load-driver.ts')
    await expect(
      loadDriver(
        { directoryOf: () => undefined },
        { name: '@polyvirt/network', opens: 'openNetworks', kept: 'networks are' },
      ),
    ).rejects.toThrow(
      domainError(
        'ERR_NO_SUPPORT',
        'networks are kept by @polyvirt/network, which is not installed: npm install @polyvirt/network',
      ).message,
    )
  })
})
