import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const timeout = 120_000

describe.each(['x86_64', 'ppc64'])('a guest of %s', { timeout }, (arch) => {
  const real = realPolyvirt()
  const { answers, run } = real

  beforeAll(async () => {
    const disk = join(real.folder, 'w.qcow2')
    await real.program('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '64M'])
    const path = real.file(
      'w.xml',
      `<domain type='qemu'>
  <name>w</name>
  <memory unit='MiB'>256</memory>
  <os><type arch='${arch}'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='${disk}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
  </devices>
</domain>
`,
    )
    const { code, stderr } = await run(`define ${path}`)
    if (code !== 0) throw new Error(stderr)
  }, timeout)

  /** Runs commands that are to fail, each with its last line. */
  async function refusals(...commands: readonly string[]): Promise<readonly string[]> {
    const { stderr } = await run('-q', commands.join('; '))
    return stderr.trim().split('\n')
  }

  it('is renamed while it is shut off, with all that is its own', async () => {
    const said = await answers(
      'domuuid w',
      'domrename w v',
      'domuuid v',
      'list --all --name',
      'domrename v w',
    )
    expect(said[2]).toBe(said[0])
    expect(said[3]).toBe('v\n')
    expect(await refusals('domrename w w2; domrename nope x; domrename w2 w')).toEqual([
      "error: failed to get domain 'nope'",
    ])
  })

  it('can have more memory at its next start', async () => {
    const said = await answers('setmaxmem w 512M --config', 'dumpxml w', 'dominfo w')
    expect(said[1]).toContain("<memory unit='KiB'>524288</memory>")
    expect(said[2]).toContain('Max memory:     524288 KiB\nUsed memory:    262144 KiB\n')
  })

  it('takes keys, and shows its screen, while it runs', async () => {
    const shot = join(real.folder, 'shot.png')
    await answers(
      'start w',
      'send-key w KEY_LEFTCTRL KEY_A --holdtime 1',
      'send-key w 30 --codeset xt',
      `screenshot w ${shot}`,
    )
    expect(readFileSync(shot).subarray(1, 4).toString()).toBe('PNG')
    const lines = await refusals(
      'send-key w KEY_NOPE',
      'domrename w x',
      'domfsfreeze w',
      'domifstat w 52:54:00:00:00:01',
    )
    expect(lines).toEqual([
      expect.stringContaining("invalid keycode: 'KEY_NOPE'"),
      'error: Requested operation is not valid: cannot rename active domain',
      'error: Unable to freeze filesystems',
      expect.stringContaining('org.qemu.guest_agent.0'),
      'error: Failed to get interface stats w 52:54:00:00:00:01',
      expect.stringContaining("a card of type 'user' has no device on the host"),
    ])
  })

  it('is saved, its image edited, and taken up again as that says', async () => {
    const image = join(real.folder, 'w.save')
    const [, , xml = ''] = await answers(
      'suspend w',
      `save w ${image}`,
      `save-image-dumpxml ${image}`,
    )
    const edited = real.file('edited.xml', xml.replace('</name>', '</name><title>saved</title>'))
    await answers(`save-image-define ${image} ${edited} --paused`)
    const said = await answers(
      `save-image-dumpxml ${image}`,
      `restore ${image}`,
      'domstate w',
      'desc w --title',
    )
    expect(said[0]).toContain('<title>saved</title>')
    expect(said.slice(2)).toEqual(['paused\n', 'saved\n'])
    const other = real.file('other.xml', xml.replace("<vcpu placement='static'>1", '<vcpu>2'))
    expect(await refusals(`save-image-define ${image} ${other}`)).toEqual([
      `error: Failed to update ${image}`,
      expect.stringContaining('the guest would find another machine than it was on'),
    ])
  })

  it('is edited where it was saved, with the editor of the environment', async () => {
    await answers('managedsave w')
    const editor = { VISUAL: '', EDITOR: 'sed -i s/saved/kept/' }
    const edit = await real.runWith(editor, 'managedsave-edit', 'w', '--paused')
    expect(edit).toEqual({
      code: 0,
      stdout: "Managed save image of Domain 'w' XML configuration edited.\n\n",
      stderr: '',
    })
    expect((await answers('managedsave-dumpxml w'))[0]).toContain('<title>kept</title>')
  })

  it('is forgotten only with what hangs on it', async () => {
    await answers('start w', 'snapshot-create-as w s1', 'managedsave w')
    expect(await refusals('undefine w', 'undefine w --managed-save')).toEqual([
      "error: Failed to undefine domain 'w'",
      expect.stringContaining('managed save image exists'),
      "error: Failed to undefine domain 'w'",
      expect.stringContaining('with 1 snapshots'),
    ])
    await answers('undefine w --managed-save --snapshots-metadata --nvram')
    expect((await answers('list --all --name'))[0]).toBe('')
    expect(existsSync(join(real.folder, 'w.qcow2'))).toBe(true)
  })
})

describe('a job', { timeout }, () => {
  const real = realPolyvirt()

  it('is told to whoever asks meanwhile, and given up from another process', async () => {
    const path = real.file(
      'm.xml',
      `<domain type='qemu'><name>m</name><memory unit='MiB'>256</memory><os><type arch='ppc64'>hvm</type></os></domain>`,
    )
    await real.answers(`define ${path}`, 'start m')
    const there = `qemu:///embed?root=${real.folder}/there`
    const moving = real.run('migrate', 'm', there, '--live', '--bandwidth', '1')
    let info = ''
    while (!info.includes('Data remaining:')) {
      const { stdout, stderr } = await real.run('-q', 'domjobinfo m')
      if (stderr !== '') throw new Error(stderr)
      info = stdout
    }
    expect(info).toMatch(/^Job type: +Bounded *\nOperation: +Outgoing migration *\nPhase: +\S+/)
    expect(info).toMatch(/Owner: +process \d+ *\nTime elapsed: +\d+ +ms\n/)
    // In one process, for the guest moves on meanwhile.
    const meanwhile = await real.run(
      '-q',
      'domcontrol m; suspend m; migrate-setmaxdowntime m 100; migrate-getmaxdowntime m; domjobabort m',
    )
    expect(meanwhile.stdout).toMatch(/^occupied \(\d+\.\d{3}s\)\n100\n$/)
    expect(meanwhile.stderr).toMatch(/^error: [^]*migrate[^]*$/)
    const { code, stderr } = await moving
    expect([code, stderr]).toEqual([1, expect.stringContaining('error: ')])
    expect((await real.answers('domstate m', 'domjobinfo m'))[0]).toBe('running\n')
    expect((await real.run('domjobabort m')).stderr).toContain('no job is active on the domain')
  })
})
