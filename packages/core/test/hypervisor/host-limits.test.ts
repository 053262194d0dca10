import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Domain } from '../../src/domain/domain.ts'
import { checkCpus } from '../../src/hypervisor/tuning/check-cpus.ts'
import { groupSettings } from '../../src/hypervisor/tuning/group-settings.ts'
import { missingHere, missingLimits } from '../../src/hypervisor/tuning/missing-limits.ts'
import { threadLimits } from '../../src/hypervisor/tuning/thread-limits.ts'
import { limitGroup, limitThreads } from '../../src/run/cgroup.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'
import { tempDir } from '../support/temp-dir.ts'

function domainWith(body: string, vcpu = '<vcpu>2</vcpu>'): Domain {
  const xml = `<domain type='qemu'><name>g</name><memory>65536</memory>${vcpu}${body}<os><type>hvm</type></os></domain>`
  return parseDomain(xml).domain
}

const files = (domain: Domain, before?: Domain): Readonly<Record<string, string>> =>
  Object.fromEntries(
    groupSettings(domain, {
      memoryMaxKiB: 4096,
      deviceNumber: (path) => (path === '/dev/a' ? '8:0' : '8:16'),
      ...(before && { before }),
    }).map(({ files: [file], value }) => [file, value]),
  )

describe('limits of a control group', () => {
  test('are written in the kernel`s own words', () => {
    const limited = domainWith(`
      <memtune><hard_limit unit='MiB'>2</hard_limit><soft_limit>1024</soft_limit>
        <swap_hard_limit unit='MiB'>3</swap_hard_limit></memtune>
      <cputune><shares>2048</shares><global_period>50000</global_period><global_quota>25000</global_quota></cputune>
      <blkiotune><weight>300</weight>
        <device><path>/dev/a</path><weight>400</weight><read_iops_sec>20</read_iops_sec></device></blkiotune>
      <numatune><memory mode='strict' nodeset='0,2-3'/></numatune>`)
    const settings = groupSettings(limited, { deviceNumber: () => '8:0' })
    expect(settings.map(({ path, files: all, value }) => [path, all.join(' '), value])).toEqual([
      ['cputune/shares', 'cpu.weight', '2048'],
      ['cputune/global_quota', 'cpu.max', '25000 50000'],
      ['memtune/hard_limit', 'memory.max', '2097152'],
      ['memtune/soft_limit', 'memory.high', '1048576'],
      ['memtune/swap_hard_limit', 'memory.swap.max', '1048576'],
      ['blkiotune/weight', 'io.bfq.weight io.weight', 'default 300'],
      ['numatune/memory/@nodeset', 'cpuset.mems', '0,2,3'],
      ['blkiotune/device[1]', 'io.max', '8:0 rbps=max wbps=max riops=20 wiops=max'],
      ['blkiotune/device[1]/weight', 'io.bfq.weight io.weight', '8:0 400'],
    ])
    expect(groupSettings(domainWith(''))).toEqual([])
  })

  test('that nobody wants any more are taken back, and no others are touched', () => {
    const before = domainWith(`
      <memtune><hard_limit>2048</hard_limit></memtune>
      <cputune><shares>10</shares><global_quota>-1</global_quota></cputune>
      <blkiotune><device><path>/dev/a</path><read_bytes_sec>5</read_bytes_sec></device>
        <device><path>/dev/b</path><write_bytes_sec>6</write_bytes_sec></device></blkiotune>`)
    expect(files(before, before)).toEqual({})
    const after = domainWith(`
      <cputune><global_quota>-1</global_quota></cputune>
      <blkiotune><device><path>/dev/b</path><write_bytes_sec>6</write_bytes_sec></device></blkiotune>`)
    expect(files(after, before)).toEqual({
      'cpu.weight': '100',
      'memory.max': String(4096 * 1024),
      'io.max': '8:0 rbps=max wbps=max riops=max wiops=max',
    })
  })

  test('stay within what the configuration gives every guest', () => {
    const wants = (kib: number): Domain =>
      domainWith(`<memtune><hard_limit>${kib}</hard_limit></memtune>`)
    expect(files(wants(1024))['memory.max']).toBe(String(1024 * 1024))
    expect(files(wants(8192))['memory.max']).toBe(String(4096 * 1024))
    expect(files(wants(9_007_199_254_740_991))).toEqual({})
  })

  test('reach the files of the group, and only those that the kernel has a controller for', async () => {
    const group = join(tempDir(), 'slice/base/group')
    mkdirSync(group, { recursive: true })
    writeFileSync(join(group, 'cgroup.controllers'), 'cpu io\n')
    writeFileSync(join(group, 'io.weight'), 'default 100\n')
    await limitGroup(group, [
      { controller: 'cpu', files: ['cpu.weight'], value: '7' },
      { controller: 'io', files: ['io.bfq.weight', 'io.weight'], value: 'default 9' },
      { controller: 'memory', files: ['memory.max'], value: '1' },
    ])
    expect(readdirSync(group).toSorted()).toEqual(['cgroup.controllers', 'cpu.weight', 'io.weight'])
    expect(readFileSync(join(group, 'io.weight'), 'utf8')).toBe('default 9')
    await limitThreads(group, 'vcpu0', { threads: [4711], cpuMax: '5000 10000' })
    const own = join(group, 'vcpu0')
    expect(readFileSync(join(own, 'cgroup.type'), 'utf8')).toBe('threaded')
    expect(readFileSync(join(own, 'cpu.max'), 'utf8')).toBe('5000 10000')
    expect(readFileSync(join(own, 'cgroup.threads'), 'utf8')).toBe('4711')
    expect(readFileSync(join(group, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu')
  })

  test('that the host cannot set are said, each at its place', () => {
    const limited = domainWith(`
      <memtune><hard_limit>2048</hard_limit></memtune>
      <cputune><shares>20000</shares><quota>1000</quota><emulator_quota>-1</emulator_quota></cputune>
      <numatune><memory mode='strict' nodeset='0'/></numatune>`)
    expect(missingLimits(limited, () => ['memory', 'cpuset']).map(({ path }) => path)).toEqual([
      'memtune/hard_limit',
      'cputune/shares',
    ])
    const without = missingLimits(limited, () => ['cpu', 'cpuset', 'io', 'memory'])
    expect(without.map(({ path }) => path)).toEqual([
      'cputune/shares',
      'memtune/hard_limit',
      'cputune/quota',
      'cputune/shares',
    ])
    expect(without[0]?.message).toMatch(/no cgroup v2 with a controller 'cpu'/)
    expect(without.at(-1)?.message).toBe(
      '20000 is more than the 10000 of cgroup v2: the guest gets 10000',
    )
    expect(missingLimits(domainWith(''), () => expect.unreachable())).toEqual([])
  })
})

describe('limits of threads', () => {
  const tuned = domainWith(
    `<iothreads>2</iothreads>
    <cputune><quota>20000</quota><iothread_period>5000</iothread_period>
      <vcpupin vcpu='1' cpuset='3'/><emulatorpin cpuset='4'/><iothreadpin iothread='2' cpuset='5'/>
      <vcpusched vcpus='0' scheduler='fifo' priority='7'/><emulatorsched scheduler='idle'/></cputune>`,
    `<vcpu cpuset='0-1'>2</vcpu>`,
  )

  test.each([
    [{ kind: 'vcpu', index: 0 }, [0, 1], '20000 100000', 'fifo'],
    [{ kind: 'vcpu', index: 1 }, [3], '20000 100000', undefined],
    [{ kind: 'iothread', index: 1 }, [0, 1], 'max 5000', undefined],
    [{ kind: 'iothread', index: 2 }, [5], 'max 5000', undefined],
    [{ kind: 'emulator' }, [4], undefined, 'idle'],
  ] as const)('of %j', (thread, cpus, cpuMax, scheduler) => {
    const limits = threadLimits(tuned, thread)
    expect([limits.cpus, limits.cpuMax, limits.scheduler?.scheduler]).toEqual([
      cpus,
      cpuMax,
      scheduler,
    ])
  })

  test('need a CPU that is there, or are refused before anything is started', () => {
    expect(() => checkCpus(tuned, () => [0, 1, 3, 4, 5])).not.toThrow()
    expect(() => checkCpus(tuned, () => [1, 3, 4])).toThrow(
      expect.objectContaining({
        problems: [
          {
            code: 'ERR_OPERATION_FAILED',
            path: 'cputune/iothreadpin[1]/@cpuset',
            message: 'the host has no CPU of 5; online: 1,3-4',
          },
        ],
      }),
    )
    expect(() => checkCpus(domainWith(''), () => expect.unreachable())).not.toThrow()
  })
})

describe('a guest that runs', () => {
  /** CPUs and scheduler of each of QEMU's threads, by the thread's name. */
  function threads(
    pid: number,
  ): ReadonlyMap<string, { readonly cpus: string; readonly policy: string }> {
    return new Map(
      readdirSync(`/proc/${pid}/task`).map((id) => {
        const status = readFileSync(`/proc/${pid}/task/${id}/status`, 'utf8')
        const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? ''
        const cpus = /^Cpus_allowed_list:\s+(.*)$/m.exec(status)?.[1] ?? ''
        const policy = /policy: SCHED_(\w+)/.exec(
          execFileSync('chrt', ['-p', id], { encoding: 'utf8' }),
        )?.[1]
        return [name, { cpus, policy: policy ?? '' }]
      }),
    )
  }

  const xml = (tune: string): string =>
    guestXml({ name: 'a' }).replace(
      '<vcpu>1</vcpu>',
      `<vcpu cpuset='0' current='2'>3</vcpu>\n<iothreads>1</iothreads>${tune}`,
    )

  test('has the CPUs and schedulers of its definition, also on vCPUs that come later', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const { warnings } = await hypervisor.domainDefineXml(
      xml(`<cputune><vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='2' cpuset='1'/>
        <iothreadpin iothread='1' cpuset='1'/><vcpusched vcpus='1' scheduler='batch'/></cputune>`),
    )
    expect(warnings).toEqual([])
    await hypervisor.domainCreate('a')
    const { pid = 0 } = await hypervisor.domainGetInfo('a')
    const now = threads(pid)
    expect(now.get('CPU 0/TCG')).toEqual({ cpus: '0', policy: 'OTHER' })
    expect(now.get('CPU 1/TCG')).toEqual({ cpus: '1', policy: 'BATCH' })
    expect(now.get('IO iothread1')).toEqual({ cpus: '1', policy: 'OTHER' })
    expect(now.get('qemu-system-x86')?.cpus ?? now.get('qemu-system-ppc')?.cpus).toBe('0')
    await hypervisor.domainSetVcpus('a', 3)
    expect(threads(pid).get('CPU 2/TCG')?.cpus).toBe('1')
    await hypervisor.domainAddIothread('a', 2)
    expect(threads(pid).get('IO iothread2')?.cpus).toBe('0')
  })

  test('has no pin of a vCPU that cannot be, and that is said', async () => {
    const hypervisor = await testRoot().open()
    const { warnings } = await hypervisor.domainDefineXml(
      xml(`<cputune><vcpupin vcpu='3' cpuset='0'/></cputune>`),
    )
    expect(warnings).toMatchObject([
      {
        path: 'cputune/vcpupin[1]/@vcpu',
        message: 'the guest has vCPUs 0 to 2, and no 3: the pin is left out',
      },
    ])
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('vcpupin')
  })

  test('is not started on CPUs that the host has not', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(xml(`<cputune><vcpupin vcpu='0' cpuset='4000'/></cputune>`))
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(/no CPU of 4000; online: 0/)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
  })

  test('is given other limits, or told what this host has no controller for', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(xml(''))
    await hypervisor.domainCreate('a')
    const asked = hypervisor.domainSetTuning('a', { cputune: { shares: 50, quota: 90_000 } })
    if (missingHere().includes('cpu')) {
      await expect(asked).rejects.toThrow(/no cgroup v2 with a controller 'cpu'/)
      expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<shares>')
    } else {
      await asked
      expect(await hypervisor.domainGetXmlDesc('a')).toContain('<shares>50</shares>')
      const { pid = 0 } = await hypervisor.domainGetInfo('a')
      const own = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? ''
      const mount = / (\S+) \S+ - cgroup2 /.exec(
        readFileSync('/proc/self/mountinfo', 'utf8').replace(/ \/ (\S+) /g, ' $1 '),
      )?.[1]
      expect(readFileSync(`${mount}${own.replace(/\/emulator$/, '')}/cpu.weight`, 'utf8')).toBe(
        '50\n',
      )
      expect(readFileSync(`${mount}${own.replace(/\/emulator$/, '')}/vcpu0/cpu.max`, 'utf8')).toBe(
        '90000 100000\n',
      )
    }
    await hypervisor.domainSetTuning('a', { cputune: { shares: 60 } }, { config: true })
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toContain(
      '<shares>60</shares>',
    )
    await hypervisor.domainSetTuning('a', { cputune: { shares: undefined } }, { config: true })
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).not.toContain('<cputune>')
    await expect(
      hypervisor.domainSetTuning('a', { numatune: { mode: 'interleave', nodeset: [0] } }),
    ).rejects.toThrow(`can't change numatune mode for running domain`)
  })
})
