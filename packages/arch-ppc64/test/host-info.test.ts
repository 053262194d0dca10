import { describedHost, describeLinux } from '@polyvirt/conformance'
import type { DescribedFiles } from '@polyvirt/conformance'
import type { HostFinding, HostInfo } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { host } from '../src/host-info.ts'
import { auxv, cells, cpuinfo, cpusOf, strings, tree } from './hosts/parts.ts'

const read = (files: DescribedFiles): HostInfo => host.read(describedHost(files))

const diagnosed = (files: DescribedFiles): readonly HostFinding[] =>
  host.diagnose?.(read(files), describedHost(files)) ?? []

/** A line or two of /proc/cpuinfo on eight CPUs. */
const processors = (
  revision: string,
  summary: Readonly<Record<string, string>> = { platform: 'PowerNV' },
): string =>
  cpuinfo({
    numbers: [0, 1, 2, 3, 4, 5, 6, 7],
    cpu: 'POWER, altivec supported',
    clock: '2500.000000MHz',
    revision,
    summary,
  })

const power9 = '2.2 (pvr 004e 1202)'

describe('a host that tells nothing', () => {
  it('is still a host', () => {
    const info = read({})
    expect(info).toMatchObject({
      arch: 'ppc64le',
      cpu: { features: [], mhz: 0 },
      topology: { cpus: 0, nodes: 1, sockets: 1, cores: 1, threads: 1 },
      pageSizesKiB: [64],
      cells: [],
      firmware: { kind: 'none' },
      sysinfo: {},
    })
    expect(info.warnings).toEqual(['the processor version register is not known'])
  })
})

describe('a host without /sys', () => {
  it('counts its CPUs by /proc/cpuinfo and its threads by the device tree', () => {
    const info = read({
      '/proc/cpuinfo': processors(power9),
      '/proc/meminfo': 'MemTotal:       33421312 kB\n',
      ...tree({ 'cpus/PowerPC,POWER9@0/ibm,ppc-interrupt-server#s': cells(0, 1, 2, 3) }),
    })
    expect(info.topology).toEqual({ cpus: 8, nodes: 1, sockets: 1, cores: 2, threads: 4 })
    expect(info.cells.map(({ cpus }) => cpus)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]])
  })

  it('has NUMA nodes with numbers far apart', () => {
    const nodes = '/sys/devices/system/node'
    const info = read({
      '/proc/cpuinfo': processors(power9),
      ...tree({ 'cpus/PowerPC,POWER9@0/ibm,ppc-interrupt-server#s': cells(0, 1, 2, 3) }),
      [`${nodes}/node0/cpulist`]: '0-3\n',
      [`${nodes}/node8/cpulist`]: '4-7\n',
    })
    expect(info.topology).toEqual({ cpus: 8, nodes: 2, sockets: 1, cores: 1, threads: 4 })
    expect(info.cells.map(({ id, cpus }) => [id, cpus])).toEqual([
      [0, [0, 1, 2, 3]],
      [8, [4, 5, 6, 7]],
    ])
  })
})

describe('the processor', () => {
  it('of one version among others is the first, with a warning', () => {
    const info = read({
      '/proc/cpuinfo': `${processors(power9)}${processors('2.1 (pvr 004d 0200)')}`,
    })
    expect(info.cpu.model).toBe('POWER9')
    expect(info.warnings).toContain('/proc/cpuinfo has processors of 2 different versions')
  })

  it('that nobody knows is named by its register', () => {
    const info = read({ '/proc/cpuinfo': processors('1.0 (pvr 00fe 0100)') })
    expect(info.cpu).toMatchObject({ registers: { pvr: 0x00fe0100 } })
    expect(info.cpu).not.toHaveProperty('model')
    expect(info.warnings?.join()).toContain('0x00fe0100')
  })

  it('is known by the device tree where /proc/cpuinfo is silent', () => {
    const info = read(tree({ 'cpus/PowerPC,POWER9@0/cpu-version': cells(0x004e1202) }))
    expect(info.cpu).toMatchObject({ model: 'POWER9', registers: { pvr: 0x004e1202 } })
  })

  it.each([
    ['clock\t\t: 2500.000000MHz\n', 2500],
    ['clock\t\t: 2500.0MHz\nclock\t\t: 3800.0MHz\n', 3800],
    ['clock\t\t: 8.388608MHz\n', 8],
    ['clock : 1000\n', 1000],
    ['clocksource : 5\nclock : 7.5\n', 7],
    ['clock\t\t: 2500MHz\n', 0],
    ['', 0],
  ])('with %j runs at %d MHz', (text, mhz) => {
    expect(read({ '/proc/cpuinfo': text }).cpu.mhz).toBe(mhz)
  })
})

describe('the kernel', () => {
  it.each([
    ['/sys/kernel/cpu_byteorder', { '/sys/kernel/cpu_byteorder': 'big\n' }, 'ppc64'],
    ['/sys/kernel/cpu_byteorder', { '/sys/kernel/cpu_byteorder': 'little\n' }, 'ppc64le'],
    ['its word to a process', { '/proc/self/auxv': auxv(4096, false) }, 'ppc64'],
    ['its word to a process', { '/proc/self/auxv': auxv(4096, true) }, 'ppc64le'],
  ] as const)('shows its byte order by %s', (_by, files, arch) => {
    expect(read(files).arch).toBe(arch)
  })

  it.each([
    ['its word to a process', { '/proc/self/auxv': auxv(4096, true) }, 4],
    ['its word to a process', { '/proc/self/auxv': auxv(65536, false) }, 64],
    ['a mapping', { '/proc/self/smaps': 'Size: 64 kB\nKernelPageSize:        4 kB\n' }, 4],
    ['nothing it could mean', { '/proc/self/auxv': auxv(12345, true) }, 64],
  ] as const)('shows the size of its pages by %s', (_by, files, size) => {
    expect(read(files).pageSizesKiB).toEqual([size])
  })
})

describe('the platform', () => {
  it.each([
    [
      'pseries, emulated by QEMU',
      'TCG',
      { platform: 'pSeries', model: 'IBM pSeries (emulated by qemu)' },
      tree({ compatible: strings('qemu,pseries') }),
    ],
    // Without a device tree, the model gives QEMU away.
    [
      'pseries, emulated by QEMU',
      'TCG',
      { platform: 'pSeries', model: 'IBM pSeries (emulated by qemu)' },
      {},
    ],
    [
      'pseries, guest of KVM',
      'KVM',
      { platform: 'pSeries' },
      tree({ compatible: strings('qemu,pseries'), 'hypervisor/compatible': strings('linux,kvm') }),
    ],
    [
      'PowerNV, emulated by QEMU',
      'TCG',
      { platform: 'PowerNV' },
      tree({ compatible: strings('qemu,powernv9', 'ibm,powernv') }),
    ],
    ['partition of PowerVM', 'PowerVM', { platform: 'pSeries', model: 'IBM,8408-E8E' }, {}],
    ['PowerNV, bare metal', undefined, { platform: 'PowerNV' }, {}],
    ['Maple', undefined, { platform: 'Maple' }, {}],
  ])('is %s, guest of %s', (description, guestOf, summary, more) => {
    const info = read({ '/proc/cpuinfo': processors(power9, summary), ...more })
    expect(info.facts?.[0]).toEqual(['platform', description])
    expect(info.virtualization?.guestOf).toBe(guestOf)
  })

  it('has no serial number where firmware says that it knows none', () => {
    const info = read(
      tree({
        model: strings('IBM PowerNV (emulated by qemu)'),
        'system-id': strings('unavailable'),
        'vm,uuid': strings('00000000-0000-0000-0000-000000000000'),
      }),
    )
    expect(info.firmware).toEqual({
      kind: 'device-tree',
      product: 'IBM PowerNV (emulated by qemu)',
    })
  })

  it('of a secure guest is told', () => {
    const info = read({ '/sys/devices/system/cpu/svm': '1\n' })
    expect(info.facts).toContainEqual(['secure guest', 'yes'])
  })
})

/** Four cores of a POWER8 with KVM. */
const power8 = (online: (thread: number) => boolean, subcores?: number): DescribedFiles => ({
  ...describeLinux({
    cpus: cpusOf({ cores: 4, threads: 8, online, place: () => ({ node: 0, socket: 0 }) }),
    nodes: [{ id: 0, memoryKiB: 1048576, distances: [10] }],
  }),
  '/proc/cpuinfo': processors('2.0 (pvr 004d 0200)'),
  ...tree({
    'cpus/PowerPC,POWER8@0/ibm,ppc-interrupt-server#s': cells(0, 1, 2, 3, 4, 5, 6, 7),
  }),
  '/sys/module/kvm_hv/parameters/indep_threads_mode': 'Y\n',
  ...(subcores !== undefined && { '/sys/devices/system/cpu/subcores_per_core': `${subcores}\n` }),
})

describe('POWER8 with KVM', () => {
  it.each([
    ['whole cores', power8((one) => one === 0), 32, 8],
    ['two subcores', power8((one) => one % 4 === 0, 2), 32, 8],
    ['four subcores', power8((one) => one % 2 === 0, 4), 32, 8],
    ['all threads online', power8(() => true), 32, 8],
  ])('counts the threads of %s', (_what, files, cpus, threads) => {
    expect(read(files).topology).toEqual({ cpus, nodes: 1, sockets: 1, cores: 4, threads })
  })

  it('counts plainly where a thread is online that should not be', () => {
    const { topology } = read(power8((one) => one < 2))
    expect(topology).toEqual({ cpus: 8, nodes: 1, sockets: 1, cores: 32, threads: 1 })
  })

  it('does not count threads for a hypervisor that is not loaded', () => {
    const { '/sys/module/kvm_hv/parameters/indep_threads_mode': _gone, ...files } = power8(
      (one) => one === 0,
    )
    expect(read(files).topology).toMatchObject({ cpus: 4, threads: 1 })
  })

  it('starts no guest while threads but the first are online', () => {
    const [smt] = diagnosed(power8(() => true)).filter(({ topic }) => topic === 'SMT')
    expect(smt).toMatchObject({ level: 'problem', command: 'ppc64_cpu --smt=off' })
    expect(diagnosed(power8((one) => one === 0)).some(({ topic }) => topic === 'SMT')).toBe(false)
    expect(diagnosed(power8((one) => one % 4 === 0, 2)).some(({ topic }) => topic === 'SMT')).toBe(
      false,
    )
  })
})

describe('without KVM', () => {
  it.each([
    ['problem', 'modprobe kvm_hv', power9, { platform: 'PowerNV' }],
    ['note', undefined, power9, { platform: 'pSeries', model: 'IBM,9009-22A' }],
    ['note', 'modprobe kvm_hv', '2.0 (pvr 0080 0200)', { platform: 'pSeries', model: 'IBM,9105' }],
    ['note', 'modprobe kvm_hv', power9, { platform: 'pSeries', model: 'x (emulated by qemu)' }],
    [
      'note',
      undefined,
      '2.0 (pvr 004d 0200)',
      { platform: 'pSeries', model: '(emulated by qemu)' },
    ],
    ['note', 'modprobe kvm_pr', '1.1 (pvr 0044 0101)', { platform: 'PowerMac' }],
    ['note', undefined, power9, { platform: 'Maple' }],
  ])('a person reads a %s, and is told %s', (level, command, revision, summary) => {
    const [found] = diagnosed({ '/proc/cpuinfo': processors(revision, summary) })
    expect(found).toMatchObject({ level, topic: 'KVM' })
    expect(found?.command).toBe(command)
  })

  it('in hypervisor mode, guests are slow', () => {
    const [found] = diagnosed({
      '/proc/cpuinfo': processors(power9),
      '/sys/module/kvm_pr/refcnt': '0\n',
    })
    expect(found).toMatchObject({ level: 'warning', command: 'modprobe kvm_hv' })
  })
})
