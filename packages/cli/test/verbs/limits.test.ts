import { beforeAll, describe, expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const { answers, file, run } = realPolyvirt()
const timeout = 60_000

beforeAll(async () => {
  const path = file(
    'v.xml',
    `<domain type='qemu'>
  <name>v</name>
  <memory unit='MiB'>64</memory>
  <vcpu>2</vcpu>
  <iothreads>2</iothreads>
  <cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='2' cpuset='0'/></cputune>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <serial type='pty'/>
    <graphics type='vnc' listen='127.0.0.1' autoport='yes'/>
    <memballoon model='none'/>
  </devices>
</domain>
`,
  )
  const { code, stderr } = await run(`define ${path}`)
  if (code !== 0) throw new Error(stderr)
}, timeout)

describe('limits of a guest', { timeout }, () => {
  it('are changed one by one, and what stood beside them stays', async () => {
    const said = await answers(
      'schedinfo v cpu_shares=100 vcpu_quota=-1',
      'schedinfo v --set vcpu_period=50000',
      'memtune v --hard-limit 2G --soft-limit 1048576',
      'memtune v --soft-limit -1',
      'memtune v',
      'blkiotune v --weight 200 --device-weights /dev/sda,300,/dev/sdb,400',
      'blkiotune v --device-weights /dev/sda,0 --device-read-iops-sec /dev/sdb,5',
      'blkiotune v',
      'numatune v --mode 0 --nodeset 0',
      'numatune v',
      'set-lifecycle-action v crash preserve',
      'dumpxml v',
      'iothreadinfo v',
    )
    expect(said[1]).toBe(
      'Scheduler      : posix\ncpu_shares     : 100\nvcpu_period    : 50000\nvcpu_quota     : -1\n' +
        'emulator_period: 0\nemulator_quota : 0\nglobal_period  : 0\nglobal_quota   : 0\n' +
        'iothread_period: 0\niothread_quota : 0\n',
    )
    expect(said[4]).toBe(
      'hard_limit     : 2097152\nsoft_limit     : unlimited\nswap_hard_limit: unlimited\n',
    )
    expect(said[7]).toBe(
      'weight         : 200\ndevice_weight  : /dev/sdb,400\ndevice_read_iops_sec: /dev/sdb,5\n' +
        'device_write_iops_sec: \ndevice_read_bytes_sec: \ndevice_write_bytes_sec: \n',
    )
    expect(said[9]).toBe('numa_mode      : strict\nnuma_nodeset   : 0\n')
    expect(said[11]).toContain("<vcpupin vcpu='0' cpuset='0'/>")
    expect(said[11]).toContain('<shares>100</shares>')
    expect(said[11]).toContain('<on_crash>preserve</on_crash>')
    expect(said[12]).toMatch(/^ 1 {3}\d.*\n 2 {3}0\n$/)
  })

  it.each([
    ['memtune v --min-guarantee 1', "'min_guarantee' not supported by QEMU"],
    ['schedinfo v nothing=1', 'invalid scheduler option: nothing'],
    ['schedinfo v cpu_shares=x', "Invalid value for field 'cpu_shares'"],
    ['blkiotune v --device-weights foo', "unable to parse blkio device 'device_weight' 'foo'"],
    ['numatune v --mode foo', 'Invalid mode: foo'],
    ['set-lifecycle-action v never destroy', "Invalid lifecycle type 'never'."],
    ['set-lifecycle-action v poweroff coredump-destroy', 'Unable to change lifecycle action.'],
  ])('%s is refused by name, and changes nothing', async (command, message) => {
    const before = await answers('dumpxml v')
    const { code, stderr } = await run(command)
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)])
    expect(await answers('dumpxml v')).toEqual(before)
  })

  it('pins are asked for, of the guest and of its definition', async () => {
    await run('start v --paused')
    const said = await answers(
      'emulatorpin v',
      'emulatorpin v 0 --config',
      'emulatorpin v --config',
      'vcpupin v 1 0 --live',
      'vcpupin v',
      'vcpupin v --config',
    )
    const all = /^ {7}\*: (\S+)\n$/.exec(said[0] ?? '')?.[1]
    expect(all).toMatch(/^0/)
    expect(said[2]).toBe('       *: 0\n')
    expect(said[4]).toMatch(/^ 0 +0\n 1 +0\n/)
    expect(said[5]).toMatch(new RegExp(`^ 0 +0\\n 1 +${all}\\n`))
    await run('destroy v')
    expect(await answers('vcpupin v', 'vcpupin v 1')).toEqual([
      said[5],
      expect.stringMatching(/^ 1 /),
    ])
    const { stdout } = await run('emulatorpin v')
    expect(stdout).toBe(`emulator: CPU Affinity\n${'-'.repeat(34)}\n       *: 0\n\n`)
    expect((await run('vcpupin v --live')).stderr).toContain('domain is not running')
  })

  it('are shown and changed of the one that runs, apart from its definition', async () => {
    await run('start v --paused')
    const set = await run('memtune v --live --hard-limit 3G; schedinfo v --live vcpu_quota=-1')
    // Only a host with cgroup v2 can limit what runs; any other says so.
    const isLimited = set.stderr === ''
    if (!isLimited)
      expect(set.stderr).toMatch(
        /^error: Unable to change memory parameters[^]*no cgroup v2 with a controller 'memory'/,
      )
    const [live, config] = await answers('memtune v', 'memtune v --config')
    expect(live).toContain(`hard_limit     : ${isLimited ? 3_145_728 : 2_097_152}\n`)
    expect(config).toContain('hard_limit     : 2097152\n')
    await run('memtune v --config --hard-limit 1G')
    expect(await answers('memtune v')).toEqual([live])
    const off = await run('memtune nobody --live; blkiotune v --live --config --weight 5')
    expect([off.code, off.stderr]).toEqual([1, expect.stringContaining('mutually exclusive')])
    const said = await answers(
      'domcontrol v',
      'domjobinfo v',
      'domblkerror v',
      'vncdisplay v',
      'ttyconsole v',
      'migrate-getmaxdowntime v',
      'migrate-setspeed v 64',
      'migrate-getspeed v',
      'maxvcpus',
    )
    expect(said.slice(0, 3)).toEqual([
      'ok\n',
      `${'Job type:'.padEnd(17)} ${'None'.padEnd(12)}\n`,
      'No errors found\n',
    ])
    expect(said[3]).toMatch(/^127\.0\.0\.1:\d+\n$/)
    expect(said[4]).toMatch(/^\/dev\/pts\/\d+\n$/)
    expect([said[5], said[7]]).toEqual(['300\n', '64\n'])
    expect(Number(said[8])).toBeGreaterThan(1)
    await run('destroy v')
    expect((await run('domjobinfo v; domcontrol v; domblkerror v')).stderr).toBe(
      'error: Requested operation is not valid: domain is not running\n'.repeat(3),
    )
  })
})
