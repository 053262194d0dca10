import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeImages } from '../../src/create/make-images.ts'
import { realPolyvirt } from './real-polyvirt.ts'

const real = realPolyvirt()
const timeout = 120_000

async function create(...words: readonly string[]): ReturnType<typeof real.run> {
  return real.run('create', ...words)
}

describe('create without a file', { timeout }, () => {
  it.each(['x86_64', 'ppc64'])('writes a document that %s guests start with', async (arch) => {
    const disk = join(real.folder, `${arch}-web.qcow2`)
    const iso = real.file('install.iso', 'no system at all')
    const made = await create(
      ...['--arch', arch, '--disk', `${disk},size=64M`, '--cdrom', iso, '--memory', '256'],
      ...['--network', 'user,mac=52:54:00:00:00:07', '--graphics', 'vnc', '--paused'],
    )
    expect(made).toEqual({
      code: 0,
      stdout: `Domain '${arch}-web' started\n\n`,
      stderr: '',
    })
    expect(statSync(disk).mode & 0o777).toBe(0o600)
    const [state, xml = '', disks] = await real.answers(
      `domstate ${arch}-web`,
      `dumpxml ${arch}-web`,
      `domblklist ${arch}-web`,
    )
    expect(state).toBe('paused\n')
    expect(xml).toMatch(/<boot dev='hd'\/>\n {4}<boot dev='cdrom'\/>/)
    expect(xml).toContain("<memory unit='KiB'>262144</memory>")
    expect(xml).toContain("<mac address='52:54:00:00:00:07'/>")
    expect(xml).toContain("name='org.qemu.guest_agent.0'")
    expect(xml).toContain("listen='127.0.0.1'")
    expect(disks).toContain(disk)
    await real.answers(`destroy ${arch}-web`, `undefine ${arch}-web`)
  })

  it('prints the document and does nothing, where that is asked', async () => {
    const disk = join(real.folder, 'no.qcow2')
    const { code, stdout } = await create(
      ...['--arch', 'ppc64', '--disk', `${disk},size=1G,bus=scsi`, '--name', 'a<b'],
      ...['--network', 'user,forward=tcp:2222:22,forward=udp:127.0.0.2:53:5353'],
      ...['--network', 'bridge=br0', '--network', 'default', '--boot', 'cdrom,hd', '--print-xml'],
    )
    expect(code).toBe(0)
    expect(stdout).toContain('<name>a&lt;b</name>')
    expect(stdout).toContain("<target dev='sda' bus='scsi'/>")
    expect(stdout).toContain(
      "<portForward proto='tcp' address='127.0.0.1'>\n        <range start='2222' to='22'/>",
    )
    expect(stdout).toContain(
      "<portForward proto='udp' address='127.0.0.2'>\n        <range start='53' to='5353'/>",
    )
    expect(stdout).toContain("<source bridge='br0'/>")
    expect(stdout).toContain("<source network='default'/>")
    expect(stdout).toMatch(/<boot dev='cdrom'\/>\n {4}<boot dev='hd'\/>/)
    expect(existsSync(disk)).toBe(false)
  })

  it('only defines a guest, where that is asked, and takes a disk that is there', async () => {
    const disk = join(real.folder, 'there.qcow2')
    await real.program('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '16M'])
    const { stdout, stderr } = await create(
      ...['--arch', 'x86_64', '--import', '--disk', disk, '--no-start', '--cpu', 'max'],
    )
    expect([stdout, stderr]).toEqual([`Domain 'there' defined\n\n`, ''])
    const said = await real.answers('domstate there', 'dumpxml there', 'undefine there')
    expect(said[0]).toBe('shut off\n')
    expect(said[1]).toContain("<driver name='qemu' type='qcow2' discard='unmap'/>")
    expect(existsSync(disk)).toBe(true)
  })

  it('says of each disk what it is: a device, a volume in its format, the thirtieth', async () => {
    const pool = join(real.folder, 'pool')
    await real.answers(
      `pool-create-as images dir --target ${pool} --build`,
      'vol-create-as images web 1M --format qcow2',
    )
    const iso = real.file('tools.iso', 'tools')
    const raw = real.file('raw.img', 'x'.repeat(1024))
    const { stdout } = await create(
      ...['--arch', 'x86_64', '--machine', 'q35', '--print-xml'],
      ...['--disk', 'pool=images,volume=web', '--cdrom', iso, '--import'],
      ...Array.from({ length: 29 }, () => ['--disk', raw]).flat(),
    )
    expect(stdout).toContain("<driver name='qemu' type='qcow2' discard='unmap'/>")
    expect(stdout).toContain("<source pool='images' volume='web'/>")
    expect(stdout).toContain("<target dev='vdz' bus='virtio'/>")
    expect(stdout).toContain("<target dev='vdad' bus='virtio'/>")
    // q35 has SATA of its own; and the disk holds a system already.
    expect(stdout).toContain("<target dev='sda' bus='sata'/>")
    expect(stdout).toMatch(/<boot dev='hd'\/>\n {4}<boot dev='cdrom'\/>/)
    await real.answers('pool-destroy images')
  })

  it('keeps the order of booting that is asked for beside a kernel', async () => {
    const { stdout } = await create(
      ...['--arch', 'ppc64', '--kernel', '/dev/null', '--boot', 'hd', '--print-xml'],
    )
    expect(stdout).toContain("<boot dev='hd'/>")
  })

  it.each([
    [['--disk', 'none.qcow2'], '--disk: none.qcow2 is not there'],
    [['--disk', 'x.qcow2,size=big'], "--disk: 'big' is no size"],
    [['--disk', 'x.qcow2,size=1G,color=red'], "--disk: 'color=red' is not understood"],
    [['--disk', 'x.vmdk,size=1G'], '--disk: an image is not made in format vmdk'],
    [['--disk', '/no/such/x.qcow2,size=1G'], '--disk: /no/such/x.qcow2 cannot be made'],
    [['--disk', 'x.qcow2,size=1G,bus=fast'], '--disk: bus fast is not offered to ppc64 guests'],
    [['--disk', '/'], '--disk: / is a directory'],
    [['--disk', '/dev/null,readonly=perhaps'], "--disk: readonly is 'on' or 'off', not 'perhaps'"],
    [['--disk', 'x.qcow2,size=9E'], "--disk: '9E' is no size of a disk"],
    [['--disk', 'pool=images'], '--disk: a volume is named by its pool and its name'],
    [['--disk', 'pool=images,volume=a,size=1G'], 'hint: vol-create-as images a 1G --format qcow2'],
    [['--disk', 'pool=images,volume=a'], "--disk: failed to get vol 'a'"],
    [['--cdrom', '/dev/null', '--network', ''], '--network: which?'],
    [['--cdrom', '/dev/null', '--network', 'none,model=e1000'], '--network: none has nothing'],
    [['--cdrom', '/dev/null', '--graphics', 'none,port=5901'], '--graphics: none has nothing'],
    [['--cdrom', '/dev/null', '--no-start', '--console'], '--console: goes with a start'],
    [['--cdrom', 'none.iso'], '--cdrom: none.iso is not there'],
    [['--kernel', '/'], '--kernel: / is a directory'],
    [['--cdrom', '/dev/null', '--cmdline', 'a'], '--cmdline: goes with --kernel'],
    [['--cdrom', '/dev/null', '--network', 'user,forward=22'], "--network: '22' is no forward"],
    [['--cdrom', '/dev/null', '--graphics', 'x11'], "--graphics: 'x11' is not offered"],
    [['--cdrom', '/dev/null', '--boot', 'uefi'], '--boot: there is no UEFI for ppc64 guests'],
    [['--cdrom', '/dev/null', '--memory', 'much'], "--memory: 'much' is no size"],
    [['--memory', '512'], 'a guest needs something to boot'],
  ])('names the option that %j cannot be done with', async (words, message) => {
    const { code, stderr } = await create('--arch', 'ppc64', ...words)
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)])
    expect((await real.answers('list --all --name'))[0]).toBe('')
  })

  it('leaves neither image nor definition where the start fails', async () => {
    const before = readdirSync(real.folder)
    const disk = join(real.folder, 'gone.qcow2')
    const { code, stderr } = await create(
      ...['--arch', 'x86_64', '--disk', `${disk},size=16M`, '--name', 'gone'],
      ...['--network', 'bridge=no-such-bridge'],
    )
    expect([code, stderr]).toEqual([1, expect.stringContaining('no-such-bridge')])
    expect(readdirSync(real.folder)).toEqual(before)
    expect((await real.answers('list --all --name'))[0]).toBe('')
  })

  it('does not write over an image, nor take a name twice', async () => {
    const disk = join(real.folder, 'twice.qcow2')
    expect((await create('--arch', 'x86_64', '--disk', `${disk},size=1M`, '--no-start')).code).toBe(
      0,
    )
    const again = await create('--arch', 'x86_64', '--disk', `${disk},size=1M`)
    expect(again.stderr).toContain(`--disk: ${disk} is there already`)
    const other = await create('--arch', 'x86_64', '--cdrom', '/dev/null', '--name', 'twice')
    expect(other.stderr).toContain("--name: a domain called 'twice' is there already")
    await real.answers('undefine twice')
  })

  it('says that it was interrupted, and leaves no image', async () => {
    const path = join(real.folder, 'cut.qcow2')
    const disk = { path, sizeBytes: 1024 ** 2, format: 'qcow2', readonly: false }
    await expect(makeImages([disk], AbortSignal.abort())).rejects.toThrow(
      '--disk: interrupted, and the image is not made',
    )
    expect(existsSync(path)).toBe(false)
  })

  it('is no option of a guest that a file describes', async () => {
    const { stderr } = await create('guest.xml', '--memory', '512')
    expect(stderr).toContain('option --memory goes without a file, whose XML says it')
    expect((await create()).stderr).toContain("command 'create' requires <file> option")
  })

  it('does not take for raw what begins as another format', async () => {
    const disk = join(real.folder, 'trap.img')
    await real.program('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '1M'])
    const { stderr } = await create('--arch', 'x86_64', '--disk', disk)
    expect(stderr).toContain('begins as a qcow2 image does')
  })
})
