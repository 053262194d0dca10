import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const real = realPolyvirt()
const { answers, run } = real
const timeout = 60_000

beforeAll(async () => {
  const image = join(real.folder, 'v.qcow2')
  await real.program('qemu-img', ['create', '-q', '-f', 'qcow2', image, '16M'])
  const file = real.file(
    'v.xml',
    `<domain type='qemu'>
  <name>v</name>
  <memory unit='MiB'>64</memory>
  <vcpu current='1'>2</vcpu>
  <iothreads>1</iothreads>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='${image}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
    <video><model type='vga'/></video>
    <memballoon model='virtio'/>
  </devices>
</domain>
`,
  )
  const { code, stderr } = await run(`define ${file}; start v --paused`)
  if (code !== 0) throw new Error(stderr)
}, timeout)

describe('what a guest may use', { timeout }, () => {
  it('is changed while it runs, and told as virsh tells it', async () => {
    const said = await answers(
      'setvcpus v 2',
      'vcpucount v',
      'vcpucount v --active --live',
      'vcpuinfo v --pretty',
      'vcpupin v 1 0',
      'vcpupin v 1',
      'setmem v 48MiB',
      'setmem v 32MiB --config',
      'dumpxml v --inactive',
      'blkdeviotune v vda --total-bytes-sec 1MiB',
      'blkdeviotune v vda',
      'domif-setlink v 52:54:00:00:00:01 down',
      'domif-getlink v 52:54:00:00:00:01',
      'iothreadadd v 7',
      'iothreadset v 7 --poll-max-ns 1000 --poll-grow 3',
      'iothreadset v 7 --thread-pool-min 2 --thread-pool-max 4',
      'iothreadset v 7 --thread-pool-max 1 --thread-pool-min 1',
      'domstats v --iothread',
      'dumpxml v',
      'iothreaddel v 7',
      'dommemstat v --period 3 --live --config',
      'dumpxml v --inactive',
      `qemu-monitor-command v --return-value '{"execute":"qom-get","arguments":{"path":"/machine/peripheral/balloon0","property":"guest-stats-polling-interval"}}'`,
      'dumpxml v --migratable',
    )
    expect(said[1]).toBe(
      'maximum      config         2\nmaximum      live           2\n' +
        'current      config         1\ncurrent      live           2\n',
    )
    expect(said[2]).toBe('2\n')
    expect(said[3]).toMatch(
      /^VCPU: {11}0\nCPU: {12}\d+\nState: .*\n(?:CPU time: .*\n)?CPU Affinity: /,
    )
    expect(said[5]).toBe(' 1   0\n')
    expect(said[8]).toContain("<currentMemory unit='KiB'>32768</currentMemory>")
    expect(said[10]).toMatch(/^total_bytes_sec: 1048576\nread_bytes_sec : 0\n/)
    expect(said[12]).toBe('52:54:00:00:00:01 down')
    expect(said[17]).toContain('iothread.7.poll-max-ns=1000\n  iothread.7.poll-grow=3\n')
    expect(said[18]).toContain("<iothread id='7' thread_pool_min='1' thread_pool_max='1'/>")
    expect(said[18]).not.toContain('<stats')
    expect(said[21]).toContain("<stats period='3'/>")
    expect(said[22]?.trim()).toBe('3')
    expect(said[23]).toContain("<stats period='3'/>")
    expect(said[23]).not.toMatch(/<alias|<domain [^>]*id=/)
    for (const [line, message] of [
      ['iothreadset v 9 --poll-max-ns 1', /cannot find IOThread '9' in iothreadids/],
      ['iothreadset v 1', /^error: Not enough arguments passed, nothing to set\n$/],
      ['iothreadset v 0 --poll-grow 1', /Invalid IOThread id value: '0'/],
      ['dommemstat v --period 3 --current --live', /mutually exclusive/],
    ] as const)
      expect((await run(line)).stderr).toMatch(message)
  })
})

describe('statistics', { timeout }, () => {
  it('have the names that virsh gives them', async () => {
    const said = await answers(
      'domblkinfo v vda',
      'domblkinfo v --all --human',
      'domblkstat v vda',
      'dommemstat v',
      'cpu-stats v --total',
      'domstats v --balloon --block',
      'domstats --list-inactive',
      'domstats v --perf --memory',
      'domstats v --state --perf --backing',
    )
    expect(said[0]).toMatch(/^Capacity: {7}16777216\nAllocation: {5}\d+\nPhysical: {7}\d+\n$/)
    expect(said[1]).toMatch(/^ vda {3}16\.000 MiB {3}\d+\.\d{3} KiB {3}\d+\.\d{3} KiB\n$/)
    expect(said[2]).toMatch(/^vda rd_req \d+\nvda rd_bytes \d+\n/)
    expect(said[3]).toMatch(/^actual \d+\n(?:.*\n)*rss \d+\n$/)
    expect(said[4]).toMatch(/^Total:\n\tcpu_time +\d+\.\d{9} seconds\n\tuser_time /)
    expect(said[5]).toMatch(/^Domain: 'v'\n {2}balloon\.current=\d+\n[^]* {2}block\.0\.name=vda\n/)
    expect(said[5]).not.toContain('vcpu.')
    expect(said[6]).toBe('')
    expect(said[7]).toBe(`Domain: 'v'\n`)
    expect(said[8]).toBe(`Domain: 'v'\n  state.state=3\n  state.reason=1\n`)
  })
})

describe('a guest from outside', { timeout }, () => {
  it('is seen, typed to and asked', async () => {
    const file = join(real.folder, 'screen.png')
    const said = await answers(
      `screenshot v --file ${file}`,
      'send-key v KEY_LEFTCTRL 0x1e',
      'send-key v --codeset xt 30',
      'inject-nmi v',
      'qemu-monitor-command v --hmp info status',
      `qemu-monitor-command v --return-value '{"execute":"query-status"}'`,
      'qemu-monitor-command v --return-value query-status',
      `qemu-monitor-command v qom-get '"path":"/machine"' '"property":"type"'`,
      `qemu-monitor-command v qom-get '{"path":"/machine","property":"type"}'`,
    )
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG')
    expect(said[4]).toMatch(/^VM status: paused/)
    expect(JSON.parse(said[5] ?? '')).toMatchObject({ running: false })
    expect(said[6]).toBe(said[5])
    expect(said[7]).toMatch(/-machine"/)
    expect(said[8]).toBe(said[7])
    const wrong = await run('qemu-monitor-command v qom-get path=/machine')
    expect(wrong.stderr).toContain("failed to wrap arguments 'path=/machine'")
    const { code, stderr } = await run('send-key v KEY_NOT')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: invalid argument: invalid keycode: 'KEY_NOT'/)
  })
})

describe('images of a guest', { timeout }, () => {
  it('are pulled, copied and resized', async () => {
    const said = await answers(
      'blockresize v vda 32M',
      'domblkinfo v vda',
      'blockjob v vda',
      'blockpull v vda --wait',
      `blockcopy v vda ${relative(process.cwd(), real.folder)}/copy.qcow2 --pivot`,
      'domblklist v',
    )
    expect(said[1]).toMatch(/^Capacity: {7}33554432\n/)
    expect(said[2]).toBe('')
    expect(said[5]).toBe(` vda   ${real.folder}/copy.qcow2\n`)
  })

  it('are copied to where a document says', async () => {
    const place = (words: string, name = 'disk'): string =>
      real.file('place.xml', `<${name}>${words}</${name}>`)
    const to = `<driver type='qcow2'/><source file='${real.folder}/other.img'/>`
    const [printed, shown, , list] = await answers(
      'blockcopy v vda /a&b --format raw --print-xml',
      `blockcopy v vda --xml ${place(to)} --print-xml`,
      `blockcopy v vda --xml ${place(to)} --pivot`,
      'domblklist v',
    )
    expect(printed).toBe(
      "<disk type='file'>\n  <source file='/a&amp;b'/>\n  <driver type='raw'/>\n</disk>\n",
    )
    expect(shown?.trim()).toBe(`<disk>${to}</disk>`)
    expect(list).toBe(` vda   ${real.folder}/other.img\n`)
    const refused = async (...words: readonly string[]): Promise<string> =>
      (await run(['blockcopy', 'v', 'vda', ...words].join(' '))).stderr.trim()
    expect(await refused()).toBe('error: need either --dest or --xml')
    expect(await refused('/x', '--xml', place(to))).toContain('mutually exclusive')
    expect(await refused('--xml', place(to, 'domain'))).toContain(
      "expecting root element of 'disk'",
    )
    expect(await refused('--xml', place(''))).toContain('missing source information')
    const block = real.file('place.xml', `<disk type='block'><source dev='/dev/x'/></disk>`)
    expect(await refused('--xml', block)).toContain('a copy goes to a file')
  })
})

describe('a disk from words', { timeout }, () => {
  it('is plugged in where it is said, and taken out by its target', async () => {
    const said = await answers(
      `attach-disk v ${real.folder}/v.qcow2 vdb --subdriver qcow2 --config --targetbus virtio`,
      'domblklist v --inactive',
      'detach-disk v vdb --config',
      'domblklist v --inactive',
    )
    expect(said[1]).toContain(` vdb   ${real.folder}/v.qcow2\n`)
    expect(said[3]).not.toContain('vdb')
  })
})

describe('words about a domain', { timeout }, () => {
  it('are kept, and found again', async () => {
    const said = await answers(
      'desc v two words',
      'desc v',
      'desc v --title a title',
      'desc v --title',
      `metadata v http://x --set '<a/>' --key p`,
      'metadata v http://x',
      'metadata v http://x --remove',
    )
    expect(said[1]).toBe('two words\n')
    expect(said[3]).toBe('a title\n')
    expect(said[5]).toMatch(/^<p:a xmlns:p=.http:\/\/x.\/>\n$/)
    expect((await run('metadata v http://x')).stderr).toMatch(/^error: metadata not found: /)
  })
})

describe('states of a domain', { timeout }, () => {
  it('are kept as snapshots in a tree, and gone back to', async () => {
    const said = await answers(
      'snapshot-create-as v a',
      'snapshot-create-as v b --description second',
      'snapshot-revert v a',
      'snapshot-create-as v c',
      'snapshot-list v --tree',
      'snapshot-list v --name --roots',
      'snapshot-list v --parent --leaves',
      'snapshot-parent v b',
      'snapshot-current v --name',
      'snapshot-info v a',
      'snapshot-dumpxml v b',
      'snapshot-delete v a --children-only',
      'snapshot-list v --name',
    )
    expect(said[4]).toBe('a\n  |\n  +- b\n  +- c\n    \n')
    expect(said[5]).toBe('a\n')
    expect(said[6]).toMatch(/^ b {3}\S+ \S+ \S+ {3}paused {3}a\n c /)
    expect(said[7]).toBe('a')
    expect(said[8]).toBe('c')
    expect(said[9]).toMatch(/^Name: {11}a\nDomain: {9}v\nCurrent: {8}no\n[^]*Descendants: {4}2\n/)
    expect(said[10]).toContain('<description>second</description>')
    expect(said[12]).toBe('a\n')
    const refused = await run('snapshot-info v')
    expect(refused.stderr).toBe('error: --snapshotname or --current is required\n')
  })

  it('are saved to a file and taken up again, by name or as the next start', async () => {
    const file = join(real.folder, 'v.save')
    const said = await answers(
      `save v ${relative(process.cwd(), file)}`,
      'domstate v',
      `save-image-dumpxml ${file}`,
      `restore ${file}`,
      'domstate v',
      `dump v ${relative(process.cwd(), real.folder)}/core --memory-only`,
      'managedsave v --paused',
      'dominfo v',
      'start v',
      'domstate v --reason',
      'managedsave v',
      'managedsave-remove v',
      'dominfo v',
      'start v --paused',
    )
    expect(said[1]).toBe('shut off\n')
    expect(said[2]).toContain('<name>v</name>')
    expect(said[4]).toBe('paused\n')
    expect(readFileSync(join(real.folder, 'core')).subarray(1, 4).toString()).toBe('ELF')
    expect(said[7]).toContain('Managed save:   yes\n')
    expect(said[9]).toMatch(/^paused /)
    expect(said[12]).toContain('Managed save:   no\n')
  })
})
