import type { Mutant } from './mutant.ts'
import { featureCpu, withFeatureCpu } from './feature-cpu.ts'

/** A driver with every verb, one of which is wrong. */
export const verbMutants: readonly Mutant[] = [
  {
    flaw: 'a baseline depends on which CPU is named first',
    arch: withFeatureCpu({
      baseline: (cpus) => featureCpu.baseline(cpus.slice(0, 1)),
    }),
    caughtBy: 'laws > a baseline is the same in whatever order',
    because: /baseline of Toy1 and Toy2/,
  },
  {
    flaw: 'a baseline is known in one order only',
    arch: withFeatureCpu({
      baseline: (cpus) =>
        cpus[0]?.model === 'Toy3' && cpus.length > 1 && cpus[1]?.model !== 'Toy3'
          ? { problem: { code: 'ERR_OPERATION_FAILED', message: 'no' } }
          : featureCpu.baseline(cpus),
    }),
    caughtBy: 'laws > a baseline is the same in whatever order',
    because: /known in one order only/,
  },
  {
    flaw: 'the baseline of one CPU is a lesser one',
    arch: withFeatureCpu({
      baseline: (cpus) => featureCpu.baseline([...cpus, { mode: 'custom', model: 'Toy1' }]),
    }),
    caughtBy: 'laws > the baseline of one CPU',
    because: /Toy2/,
  },
  {
    flaw: 'registers are read as a CPU that they are not enough for',
    arch: withFeatureCpu({ decode: () => ({ model: 'Toy3' }) }),
    caughtBy: 'laws > what registers say can run',
    because: /Toy3 was read off Toy1: Toy1 lacks mul, div/,
  },
  {
    flaw: 'registers lose what their model lacks',
    arch: withFeatureCpu({
      encode: ({ model = '' }) => featureCpu.encode({ model }),
      decode(data, names) {
        const found = featureCpu.decode(data, names)
        return found && { ...found, model: 'Toy1', features: [{ name: 'mul' }] }
      },
    }),
    caughtBy: 'laws > what registers say can run',
    because: /Toy1 lacks mul/,
  },
  {
    flaw: 'a CPU that was read becomes another one when it is read again',
    arch: withFeatureCpu({
      decode(data, names) {
        const found = featureCpu.decode(data, names)
        return found?.model === 'Toy2'
          ? { model: 'Toy1' }
          : found && { ...found, model: lesser(found.model) }
      },
    }),
    caughtBy: 'laws > a CPU that was read off registers is found again',
    because: /read off Toy3/,
  },
  {
    flaw: 'registers are read as a model that was not asked for',
    arch: withFeatureCpu({ decode: (data) => featureCpu.decode(data) }),
    caughtBy: 'laws > registers are read as one of the models',
    because: /asked for Toy2/,
  },
  {
    flaw: 'a definition changes each time it is made exact',
    arch: withFeatureCpu({
      update: (cpu) => ({ ...cpu, features: [...(cpu.features ?? []), { name: 'add' }] }),
    }),
    caughtBy: 'laws > a definition that was made exact',
    because: /add/,
  },
  {
    flaw: 'a definition is made exact with what it refuses itself',
    arch: withFeatureCpu({ update: (cpu) => ({ ...cpu, model: 'Toy9' }) }),
    caughtBy: 'laws > a definition that was made exact',
    because: /Toy9/,
  },
  {
    flaw: 'the host’s model is one that this QEMU does not have',
    arch: withFeatureCpu({ hostModel: () => ({ mode: 'custom', match: 'exact', model: 'Toy9' }) }),
    caughtBy: 'laws > the model of a host, as guests get it',
    because: /Toy9/,
  },
  {
    flaw: 'listing features makes another CPU of it',
    arch: withFeatureCpu({
      expandFeatures: (cpu) => ({ ...featureCpu.expandFeatures(cpu), model: 'Toy1' }),
    }),
    caughtBy: 'laws > a CPU with all its features listed',
    because: /Toy1/,
  },
  {
    flaw: 'listing features forgets those of the model',
    arch: withFeatureCpu({
      expandFeatures: (cpu) => ({ ...cpu, features: [{ policy: 'disable', name: 'mul' }] }),
    }),
    caughtBy: 'laws > a CPU with all its features listed',
    because: /Toy2/,
  },
  {
    flaw: 'a translation is of a model that was not asked for',
    arch: withFeatureCpu({ translate: (cpu) => cpu }),
    caughtBy: 'laws > a translated CPU',
    because: /Toy1 became Toy1/,
  },
  {
    flaw: 'a translation needs more than there was',
    arch: withFeatureCpu({
      translate: (cpu, names) =>
        names.includes(cpu.model ?? '') ? cpu : { ...cpu, model: names.at(-1) ?? '' },
    }),
    caughtBy: 'laws > a translated CPU',
    because: /cannot run its translation: Toy1 lacks/,
  },
  {
    flaw: 'a feature that nobody knows is passed over',
    arch: withFeatureCpu({ validateFeatures: () => [] }),
    caughtBy: 'laws > a feature that nobody knows',
    because: /no-such-feature of Toy1 has no place/,
  },
  {
    flaw: 'a model’s own feature is refused',
    arch: withFeatureCpu({
      validateFeatures: ({ features = [] }) =>
        featureCpu.validateFeatures({
          features: features.map(({ name }) => ({ name: [name, '!'].join('') })),
        }),
    }),
    caughtBy: 'laws > a feature that nobody knows',
    because: /Toy1/,
  },
  {
    flaw: 'a CPU is read off no registers at all',
    arch: withFeatureCpu({ decode: () => ({ model: 'Toy1' }) }),
    caughtBy: 'laws > its CPU driver makes nothing of nothing',
    because: /no model was offered/,
  },
]

const lesser = (model = ''): string => (model === 'Toy3' ? 'Toy2' : model)
