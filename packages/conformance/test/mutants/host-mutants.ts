import type { Arch, HostInfoReader } from '@polyvirt/core/arch'
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
]
