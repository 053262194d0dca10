import type { Arch, HostFiles, HostInfoReader } from '@polyvirt/core/arch'
import { minimalArch } from '../../src/minimal-arch.ts'
import type { Mutant } from './mutant.ts'

const withHost = (host: Partial<HostInfoReader>): Arch => ({
  ...minimalArch,
  host: { ...minimalArch.host, ...host },
})

export const hostMutants: readonly Mutant[] = [
  {
    flaw: 'the host reader trusts files to be there',
    arch: withHost({
      read: (files) => {
        const bytes = files.read('/proc/cpuinfo')
        if (bytes === undefined) throw new TypeError('no cpuinfo')
        return minimalArch.host.read(files)
      },
    }),
    caughtBy: 'laws > its host reader survives',
    because: /no cpuinfo/,
  },
  {
    flaw: 'the host reader is for no machine at all',
    arch: withHost({ machines: [] }),
    caughtBy: 'laws > its host reader survives',
    because: /./,
  },
  {
    flaw: 'a host that tells nothing has less than no memory',
    arch: withHost({
      read(files) {
        const told = /MemTotal: *(\d+)/.exec(textOf(files, '/proc/meminfo'))?.[1]
        return { ...minimalArch.host.read(files), memoryKiB: told === undefined ? -1 : 0 }
      },
    }),
    caughtBy: 'laws > its host reader makes something sensible',
    because: /a host that tells nothing: host\.memoryKiB is -1/,
  },
  {
    flaw: 'the host reader believes every size it is told',
    arch: withHost({
      read(files) {
        const text = textOf(files, '/proc/meminfo')
        const memoryKiB = Number(/MemTotal: *(\S+)/.exec(text)?.[1] ?? 0)
        return { ...minimalArch.host.read(files), memoryKiB }
      },
    }),
    caughtBy: 'laws > its host reader makes something sensible',
    because: /damage \d+|nonsense \d+/,
  },
  {
    flaw: 'the host reader throws on a file that is cut off',
    arch: withHost({
      read(files) {
        const text = textOf(files, '/proc/meminfo')
        if (text !== '' && !text.endsWith('\n')) throw new RangeError('no end of line')
        return minimalArch.host.read(files)
      },
    }),
    caughtBy: 'laws > its host reader makes something sensible',
    because: /damage \d+: no end of line/,
  },
  {
    flaw: 'the host reader walks into folders that are not there',
    arch: withHost({
      read(files) {
        for (const name of files.list('/sys/devices/system/node')) {
          if (files.read(`/sys/devices/system/node/${name}/cpulist`) === undefined)
            throw new TypeError(`${name} has no CPUs`)
        }
        return minimalArch.host.read(files)
      },
    }),
    caughtBy: 'laws > its host reader makes something sensible',
    because: /has no CPUs/,
  },
  {
    flaw: 'the host reader leaves members undefined',
    arch: withHost({
      read: (files) => ({ ...minimalArch.host.read(files), ...noFacts }),
    }),
    caughtBy: 'laws > its host reader makes something sensible',
    because: /it survives being written down/,
  },
  {
    flaw: 'a NUMA cell has CPUs that the host has not',
    arch: withHost({
      read: (files) => ({
        ...minimalArch.host.read(files),
        onlineCpus: [0],
        cells: [{ id: 0, memoryKiB: 1, cpus: [0, 1] }],
      }),
    }),
    caughtBy: 'laws > its host reader makes something sensible',
    because: /CPUs of cell 0/,
  },
  {
    flaw: 'the host reader counts how often it was asked',
    arch: withHost({
      read: (files) => ({ ...minimalArch.host.read(files), memoryKiB: ++asked }),
    }),
    caughtBy: 'laws > its host reader says the same',
    because: /memoryKiB/,
  },
  {
    flaw: 'the host reader asks for a path of nothing',
    arch: withHost({
      read(files) {
        const [, kind = ''] = /kind: (\w+)/.exec(textOf(files, '/proc/cpuinfo')) ?? []
        files.read(`/sys/devices/${kind}/size`)
        return minimalArch.host.read(files)
      },
    }),
    caughtBy: 'laws > its host reader asks for plain paths',
    because: /asked for '\/sys\/devices\/\/size'/,
  },
  {
    flaw: 'a recording would hold another’s folder',
    arch: withHost({ paths: ['/sys/../root'] }),
    caughtBy: 'laws > its host reader asks for plain paths',
    because: /records '\/sys\/\.\.\/root'/,
  },
  {
    flaw: 'advice about a host has nothing to say',
    arch: withHost({ diagnose: () => [{ level: 'note', topic: 'KVM', message: '' }] }),
    caughtBy: 'laws > what it advises of a host',
    because: /'KVM': ''/,
  },
  {
    flaw: 'what was made anonymous is made so again',
    arch: withHost({
      paths: ['/proc/cpuinfo'],
      anonymize: (_, bytes) => bytes.map((byte) => byte ^ 1),
    }),
    caughtBy: 'laws > what it has made anonymous',
    because: /\/proc\/cpuinfo/,
  },
]

/** As JavaScript has it: the member is there, and nothing is in it. */
const noFacts: object = { facts: undefined }

let asked = 0

const textOf = (files: HostFiles, path: string): string =>
  Buffer.from(files.read(path) ?? []).toString()
