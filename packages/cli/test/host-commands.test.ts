import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Finding, NodeCpuStats } from '../src/core.ts'
import { MemoryHypervisor, testDefault } from './memory-hypervisor.ts'
import { run } from './run-in-memory.ts'
import { guest, scratch } from './scratch.ts'

const work = scratch('polyvirt-host-')
const { file } = work

const cpu = (model: string, inside = ''): string =>
  `<cpu>\n  <arch>x86_64</arch>\n  <model>${model}</model>\n${inside}</cpu>\n`

describe('cpu-compare and hypervisor-cpu-compare', () => {
  // As libvirt 9.0 says it of the CPU in its own `capabilities` and `domcapabilities`.
  it('say that a CPU is the host`s own', async () => {
    const path = file('own.xml', cpu('kvm64', "<feature name='identical'/>"))
    expect(await run(['cpu-compare', path])).toEqual({
      code: 0,
      stdout: `CPU described in ${path} is identical to host CPU\n\n`,
      stderr: '',
    })
    expect((await run(['hypervisor-cpu-compare', path])).stdout).toBe(
      `CPU described in ${path} is identical to the CPU provided by hypervisor on the host\n\n`,
    )
  })

  it('hand on the whole text and what was asked', async () => {
    const hypervisor = await testDefault()
    const text = `${guest('web')}<capabilities><host>${cpu('kvm64')}</host></capabilities>\n`
    const path = file('both.xml', text)
    await run(['cpu-compare', path, '--validate'], { hypervisor })
    await run(['hypervisor-cpu-compare', path, 'kvm', '/opt/qemu', 'x86_64', 'q35', '--error'], {
      hypervisor,
    })
    expect(hypervisor.calls).toEqual([
      ['connectCompareCpu', text, { failIncompatible: false, validate: true }],
      [
        'connectCompareHypervisorCpu',
        text,
        {
          ...{ failIncompatible: true, validate: false },
          ...{ virtType: 'kvm', emulator: '/opt/qemu', arch: 'x86_64', machine: 'q35' },
        },
      ],
    ])
  })

  it('give programs the reason, and an exit code, of a CPU that does not fit', async () => {
    const path = file('new.xml', cpu('kvm64', "<feature name='3dnowext'/>"))
    const { code, stdout, stderr } = await run(['--json', 'cpu-compare', path])
    expect([code, stderr]).toEqual([1, ''])
    expect(JSON.parse(stdout)).toEqual({
      file: path,
      result: 'incompatible',
      reason: 'Host CPU does not provide required features: 3dnowext',
    })
  })

  it('make a hostile file name printable', async () => {
    const path = file('a\u001b[31m\nerror: forged.xml', cpu('kvm64'))
    const { stdout } = await run(['cpu-compare', path])
    expect(stdout).toContain('a\\x1b[31m\\x0aerror: forged.xml\n\n')
    const { stderr } = await run(['cpu-compare', `${path}\u202e`])
    // What follows a line end is indented, so that it cannot pose as an error.
    expect(stderr).toMatch(
      /^error: Failed to open file '.*a\\x1b\[31m\n {2}error: forged\.xml\\u202e': No such file or directory\n$/,
    )
  })
})

describe('cpu-baseline and hypervisor-cpu-baseline', () => {
  it('take a file a host, and say which CPU all of them have', async () => {
    const hypervisor = await testDefault()
    const [one, two, three] = ['Haswell', 'Nehalem', 'Haswell'].map((model, at) =>
      file(`${at}.xml`, cpu(model)),
    )
    const words = ['cpu-baseline', one ?? '', '--features', two ?? '', three ?? '', '--migratable']
    const { stdout } = await run(words, { hypervisor })
    expect(stdout).toBe(
      "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>Nehalem</model>\n</cpu>\n\n",
    )
    expect(hypervisor.calls).toEqual([
      [
        'connectBaselineCpu',
        [cpu('Haswell'), cpu('Nehalem'), cpu('Haswell')],
        { expandFeatures: true, migratable: true },
      ],
    ])
    expect((await run([...words, join(work.directory, 'nope')], { hypervisor })).stderr).toContain(
      "/nope': No such file or directory\n",
    )
  })

  it('make a model by its name alone a document of it', async () => {
    const hypervisor = await testDefault()
    await run(['hypervisor-cpu-baseline', '--model', 'a<b>&amp;', '--arch', 'ppc64'], {
      hypervisor,
    })
    expect(hypervisor.calls).toEqual([
      [
        'connectBaselineHypervisorCpu',
        ['<cpu>\n  <model>a&lt;b&gt;&amp;amp;</model>\n</cpu>\n'],
        { expandFeatures: false, migratable: false, arch: 'ppc64' },
      ],
    ])
  })
})

describe('nodecpustats', () => {
  const sample = (user: number, system: number, idle: number, wait: number): NodeCpuStats => ({
    ...{ userNs: user * 1e7, systemNs: system * 1e7, idleNs: idle * 1e7, iowaitNs: wait * 1e7 },
  })

  it('tells what a second went to, in virsh`s columns', async () => {
    const hypervisor = await testDefault()
    hypervisor.cpuStats = [sample(100, 50, 1000, 7), sample(101, 51, 1198, 7)]
    expect((await run(['nodecpustats', '--percent'], { hypervisor })).stdout).toBe(
      'usage:            1.0%\nuser:             0.5%\nsystem:           0.5%\n' +
        'idle:            99.0%\niowait:           0.0%\n\n',
    )
    hypervisor.cpuStats = [sample(0, 0, 0, 0), sample(20, 10, 0, 10)]
    const { stdout } = await run(['nodecpustats', '--percent', '--json'], { hypervisor })
    expect(JSON.parse(stdout)).toEqual({ usage: 75, user: 50, system: 25, idle: 0, iowait: 25 })
  })

  it('has no shares of no time', async () => {
    expect((await run(['nodecpustats', '--percent'])).stdout).toMatch(/^usage: {12}0\.0%\n/)
  })

  it('ends its second when interrupted', async () => {
    const ending = new AbortController()
    const interrupts = { listen: () => ({ signal: ending.signal, stop: () => {} }) }
    const hypervisor = await testDefault()
    const asked = hypervisor.nodeGetCpuStats.bind(hypervisor)
    hypervisor.nodeGetCpuStats = async (which) => {
      ending.abort()
      return asked(which)
    }
    expect((await run(['nodecpustats', '--percent'], { hypervisor, interrupts })).code).toBe(130)
  })

  it('counts a CPU, or says that it is not there', async () => {
    const hypervisor = await testDefault()
    hypervisor.cpuStats = [sample(900_719_925_474, 1, 2, 3)]
    expect((await run(['nodecpustats', '2'], { hypervisor })).stdout).toContain(
      'user:            9007199254740000000\n',
    )
    expect((await run(['nodecpustats', '--cpu', '1'], { hypervisor })).stderr).toBe(
      'error: Unable to get node cpu stats\nerror: invalid argument: there is no CPU 1 online\n',
    )
  })
})

describe('memory of the node', () => {
  it('is in virsh`s columns, of the host and of a cell', async () => {
    const hypervisor = await testDefault()
    hypervisor.memoryStats = {
      ...{ totalKiB: 24684096, freeKiB: 22511916, buffersKiB: 4708, cachedKiB: 954464 },
    }
    expect((await run(['nodememstats'], { hypervisor })).stdout).toBe(
      `total  :             24684096 KiB
free   :             22511916 KiB
buffers:                 4708 KiB
cached :               954464 KiB

`,
    )
    expect((await run(['nodememstats', '1'], { hypervisor })).stdout).toBe(
      'total  :                 8192 KiB\nfree   :                 4096 KiB\n\n',
    )
    expect((await run(['nodememstats', '--cell', '9'], { hypervisor })).stderr).toBe(
      'error: Unable to get number of memory stats\nerror: invalid argument: there is no NUMA cell 9\n',
    )
  })

  it('is added up for all cells, and named where cells have gaps between them', async () => {
    const hypervisor = await testDefault()
    hypervisor.cellsFree = [
      { cell: 0, freeKiB: 5 },
      { cell: 8, freeKiB: 6 },
    ]
    expect((await run(['freecell'], { hypervisor })).stdout).toBe('Total: 11 KiB\n\n')
    expect((await run(['freecell', '8'], { hypervisor })).stdout).toBe('8: 6 KiB\n\n')
    expect((await run(['freecell', '1'], { hypervisor })).stderr).toBe(
      'error: internal error: start cell 1 out of range (0, 8)\n',
    )
    expect(JSON.parse((await run(['freecell', '--all', '--json'], { hypervisor })).stdout)).toEqual(
      { cells: hypervisor.cellsFree, totalKiB: 11 },
    )
  })
})

describe('nodecpumap', () => {
  it('has a letter also for CPUs that are not there', async () => {
    const hypervisor = await testDefault()
    hypervisor.cpuMap = { present: [0, 1, 8, 9, 10], online: [0, 8, 9, 10] }
    expect((await run(['nodecpumap'], { hypervisor })).stdout).toBe(
      'CPUs present:   11\nCPUs online:    4\nCPU map:        y-------yyy\n\n',
    )
    expect((await run(['nodecpumap', '--pretty'], { hypervisor })).stdout).toContain(
      'CPU map:        0,8-10\n',
    )
  })
})

describe('sysinfo', () => {
  it('says why there is none', async () => {
    expect(await run(['sysinfo'], { hypervisor: new MemoryHypervisor() })).toEqual({
      code: 1,
      stdout: '\n',
      stderr:
        'error: failed to get sysinfo\n' +
        'error: unsupported configuration: Host SMBIOS information is not available\n',
    })
  })

  it('cannot drive a terminal', async () => {
    const hypervisor = await testDefault()
    hypervisor.sysinfo = '<sysinfo>\u009b31m</sysinfo>'
    expect((await run(['sysinfo'], { hypervisor, terminal: true })).stdout).toBe(
      '<sysinfo>&#x9b;31m</sysinfo>\n\n',
    )
  })
})

describe('can-migrate', () => {
  const capabilities = (name: string): string =>
    `<?xml version="1.0"?>\n<capabilities>\n  <host><uuid>${name}</uuid></host>\n</capabilities>`
  const offers = '<domainCapabilities>\n  <path>/q</path>\n</domainCapabilities>'

  it('hands on each host with its documents, in whichever order they stand', async () => {
    const hypervisor = await testDefault()
    const [a, b, c] = [
      file('a.xml', `${capabilities('a')}\n`),
      file('b.xml', `${capabilities('b')}\n<?xml version="1.0"?>\n${offers}\n`),
      file('c.xml', `${offers}\n${capabilities('c')}\n`),
    ]
    await run(['can-migrate', 'test', a, b, c], { hypervisor })
    const only = (name: string): string => capabilities(name).replace(/^.*\n/, '')
    expect(hypervisor.calls).toEqual([
      [
        'connectCanMigrate',
        await hypervisor.domainGetXmlDesc('test'),
        [
          { name: a, capabilities: only('a') },
          { name: b, capabilities: only('b'), domainCapabilities: offers },
          { name: c, capabilities: only('c'), domainCapabilities: offers },
        ],
      ],
    ])
  })

  it('says yes, or no with every reason, and fails where one host could not', async () => {
    const hypervisor = await testDefault()
    const [a, b] = [file('a.xml', capabilities('a')), file('b\u001b.xml', 'no host at all')]
    hypervisor.verdicts = [
      { host: a, possible: true, problems: [], unknown: [] },
      { host: a, possible: true, problems: [], unknown: ['whether it \u001bblinks'] },
    ]
    const fine = await run(['can-migrate', 'test', a], { hypervisor })
    expect(fine).toEqual({
      code: 0,
      stdout: `${a}: yes\n${a}: yes, as far as can be told\n  - not known: whether it \\x1bblinks\n\n`,
      stderr: '',
    })
    hypervisor.verdicts = [
      ...hypervisor.verdicts,
      {
        ...{ host: b, possible: false, unknown: [] },
        problems: [
          { code: 'ERR_CPU_INCOMPATIBLE', path: 'cpu', message: 'it lacks \u009bavx2' },
          { code: 'ERR_CONFIG_UNSUPPORTED', message: 'it is not there' },
        ],
      },
    ]
    const bad = await run(['can-migrate', 'test', b], { hypervisor })
    expect(bad.code).toBe(1)
    expect(bad.stdout).toContain(
      'b\\x1b.xml: no\n  - /domain/cpu: it lacks \\x9bavx2\n  - it is not there\n',
    )
    expect(hypervisor.calls.at(-1)?.[2]).toEqual([{ name: b, capabilities: 'no host at all' }])
    const json = await run(['--json', 'can-migrate', 'test', b], { hypervisor })
    expect([json.code, JSON.parse(json.stdout)]).toEqual([1, hypervisor.verdicts])
  })

  it('reads a file where no domain is called so, and prefers the domain', async () => {
    const hypervisor = await testDefault()
    const host = file('host.xml', capabilities('a'))
    const document = file('web.xml', guest('web'))
    await run(['can-migrate', document, host], { hypervisor })
    expect(hypervisor.calls.at(-1)?.[1]).toBe(guest('web'))
    await hypervisor.domainDefineXml(guest(document))
    await run(['can-migrate', document, host], { hypervisor })
    expect(hypervisor.calls.at(-1)?.[1]).toContain(`<name>${document}</name>`)
  })

  it.each([
    [['can-migrate', 'test'], "error: command 'can-migrate' requires <host> option\n"],
    [['can-migrate', 'nope', '/nope'], "error: failed to get domain 'nope'\n"],
    [
      ['can-migrate', 'test', '/nope'],
      "error: Failed to open file '/nope': No such file or directory\n",
    ],
  ])('refuses %j', async (words, message) => {
    expect(await run(words)).toMatchObject({ code: 1, stderr: message })
  })
})

describe('doctor', () => {
  const findings: readonly Finding[] = [
    { level: 'ok', topic: 'host', message: 'a machine' },
    { level: 'ok', topic: 'emulator', subject: 'x86_64', message: 'QEMU 7.2.22' },
    {
      level: 'warning',
      ...{ topic: 'KVM', subject: 'x86_64' },
      message: 'KVM does not work: you may not open it.',
      command: 'usermod --append --groups kvm $USER',
    },
    { level: 'note', topic: 'UEFI', message: 'No UEFI firmware.' },
  ]

  it('groups what it found by its subject, with the way to mend it below', async () => {
    const hypervisor = await testDefault()
    hypervisor.findings = findings
    expect(await run(['doctor'], { hypervisor })).toEqual({
      code: 0,
      stderr: '',
      stdout: `This machine
  ok       host      a machine
  note     UEFI      No UEFI firmware.

x86_64
  ok       emulator  QEMU 7.2.22
  warning  KVM       KVM does not work: you may not open it.
                       usermod --append --groups kvm $USER

no problems, 1 warning, 1 note, 2 checks are fine

`,
    })
    expect((await run(['-q', 'doctor'], { hypervisor })).stdout).not.toContain('no problems')
    expect(JSON.parse((await run(['doctor', '--json'], { hypervisor })).stdout)).toEqual(findings)
  })

  it('fails where there is a problem, and says only so where there is nothing else', async () => {
    const hypervisor = await testDefault()
    const problem = { level: 'problem', topic: 'a\u001b[2J', message: 'b\u202e\nc' } as const
    hypervisor.findings = [{ ...problem, subject: 'd\u001b', command: 'e\u0007' }, problem]
    const { code, stdout } = await run(['doctor'], { hypervisor })
    expect(code).toBe(1)
    expect(stdout).toBe(`d\\x1b
  problem  a\\x1b[2J  b\\u202e
                     c
                       e\\x07

This machine
  problem  a\\x1b[2J  b\\u202e
                     c

2 problems

`)
    expect((await run(['doctor', '--json'], { hypervisor })).code).toBe(1)
  })

  it('has colours on a terminal only', async () => {
    const hypervisor = await testDefault()
    hypervisor.findings = findings
    const environment = { TERM: 'xterm' }
    const { stdout } = await run(['doctor'], { hypervisor, environment, terminal: true })
    expect(stdout).toContain('  \u001b[33mwarning\u001b[0m  KVM       KVM does')
    expect((await run(['doctor'], { hypervisor })).stdout).not.toContain('\u001b')
  })

  it('asks for another QEMU', async () => {
    const hypervisor = await testDefault()
    expect((await run(['doctor', '--against', '/opt/qemu'], { hypervisor })).stdout).toBe(
      'no problems\n\n',
    )
    await run(['doctor'], { hypervisor })
    expect(hypervisor.calls).toEqual([
      ['connectDiagnose', { against: '/opt/qemu' }],
      ['connectDiagnose', {}],
    ])
  })
})

describe('host record', () => {
  it('makes a folder that is a host, once', async () => {
    const folder = join(work.directory, 'machine')
    const { code, stdout } = await run(['host', 'record', folder])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      new RegExp(`^Host \\(\\w+\\) recorded in ${folder}: \\d+ files, \\d+ bytes\n`),
    )
    expect(readdirSync(folder)).toContain('proc')
    expect(readFileSync(join(folder, 'proc/cpuinfo'), 'utf8')).not.toBe('')
    expect(await run(['host', 'record', folder])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(`^error: Failed to record this machine in ${folder}\nerror: .* is not empty`),
      ) as string,
    })
  })

  it('tells programs what it recorded, and people what it may not', async () => {
    const folder = join(work.directory, 'machine')
    const { stdout } = await run(['--json', 'host', 'record', folder])
    expect(JSON.parse(stdout)).toEqual({
      directory: folder,
      arch: expect.any(String) as string,
      files: expect.any(Number) as number,
      bytes: expect.any(Number) as number,
      anonymized: expect.any(Array) as unknown[],
      skipped: expect.any(Array) as unknown[],
    })
    writeFileSync(join(work.directory, 'file'), '')
    const { stderr, code } = await run(['host', 'record', join(work.directory, 'file')])
    expect(code).toBe(1)
    expect(stderr).toContain('cannot make the folder')
  })
})
