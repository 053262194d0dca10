import type { Arch, CpuDriver } from '@polyvirt/core/arch'
import { minimalArch } from '../../src/minimal-arch.ts'
import type { Mutant } from './mutant.ts'

const withCpu = (cpu: Partial<CpuDriver>): Arch => ({
  ...minimalArch,
  cpu: { ...minimalArch.cpu, ...cpu },
})

const twoModels = [{ name: 'Toy1' }, { name: 'Toy2' }]
let turn = 0

export const cpuMutants: readonly Mutant[] = [
  {
    flaw: 'the default CPU is left to be interpreted at start',
    arch: withCpu({ byDefault: () => ({ mode: 'maximum' }), check: () => [] }),
    caughtBy: 'cpu/default',
    because: /nothing is left to interpret in the CPU/,
  },
  {
    flaw: 'the default CPU is another one each time',
    arch: withCpu({
      models: twoModels,
      byDefault: () => ({ mode: 'custom', match: 'exact', model: `Toy${(turn++ % 2) + 1}` }),
      check: () => [],
    }),
    caughtBy: 'identity/named',
    because: /equal plans for equal input/,
  },
  {
    flaw: 'every CPU model is accepted',
    arch: withCpu({ check: () => [] }),
    caughtBy: 'cpu/unknown-model',
    because: /should be refused, but was planned/,
  },
  {
    flaw: 'a wrong CPU is refused without a place',
    arch: withCpu({
      check: (cpu, context) =>
        minimalArch.cpu.check(cpu, context).map(({ code, message }) => ({ code, message })),
    }),
    caughtBy: 'laws > what its CPU driver refuses has a place',
    because: /place/,
  },
  {
    flaw: 'the model never reaches QEMU',
    arch: withCpu({ argument: () => ({ model: '', flags: [] }) }),
    caughtBy: 'cpu/default',
    because: /expectation/,
  },
  {
    flaw: 'a CPU model is in the list twice',
    arch: withCpu({ models: [{ name: 'Toy1' }, { name: 'Toy1' }] }),
    caughtBy: 'laws > each CPU model is in the list once',
    because: /Toy1/,
  },
  {
    flaw: 'a host cannot run its own CPU',
    arch: withCpu({ compare: () => ({ result: 'superset' }) }),
    caughtBy: 'laws > a host can run its own CPU',
    because: /Toy1 compared with itself/,
  },
  {
    flaw: 'the baseline is the newest CPU rather than a common one',
    arch: withCpu({ models: twoModels, baseline: (cpus) => ({ cpu: cpus.at(-1) ?? {} }) }),
    caughtBy: 'laws > a baseline runs on every CPU',
    because: /baseline of Toy1 and Toy2 does not run on Toy1/,
  },
]
