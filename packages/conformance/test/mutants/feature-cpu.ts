import type { Arch, Cpu, CpuDriver, CpuFeature, QemuCapabilities } from '@polyvirt/core/arch'
import { minimalArch } from '../../src/minimal-arch.ts'

/** Registers of the toy processors: one bit a feature. */
const bits: Readonly<Record<string, number>> = { add: 1, mul: 2, div: 4, root: 8 }

/** Features by model, each model having those of the one before. */
const models: Readonly<Record<string, readonly string[]>> = {
  Toy1: ['add'],
  Toy2: ['add', 'mul'],
  Toy3: ['add', 'mul', 'div'],
}

/** All features that a definition has in the end. */
function featuresOf({ model = '', features = [] }: Cpu): ReadonlySet<string> {
  const found = new Set(models[model])
  for (const { policy = 'require', name } of features) {
    if (policy === 'disable' || policy === 'forbid') found.delete(name)
    else found.add(name)
  }
  return found
}

/** The greatest of these models that fits into the features, and what is beyond it. */
function fitted(features: ReadonlySet<string>, names: readonly string[]): Cpu | undefined {
  const model = names.findLast((name) => models[name]?.every((one) => features.has(one)))
  if (model === undefined) return undefined
  const extra = [...features].filter((name) => !models[model]?.includes(name)).toSorted()
  return { model, features: extra.map((name) => ({ name })) }
}

const required = (names: Iterable<string>): readonly CpuFeature[] =>
  [...names].map((name) => ({ policy: 'require', name }))

const guest = ({ model, features = [] }: Cpu): Cpu => ({
  mode: 'custom',
  match: 'exact',
  ...(model === undefined ? {} : { model }),
  features: required(features.map(({ name }) => name)),
})

/** A driver with every verb of the seam, for processors that are known by their features. */
export const featureCpu: Required<
  Pick<
    CpuDriver,
    | 'decode'
    | 'encode'
    | 'expandFeatures'
    | 'hostModel'
    | 'translate'
    | 'update'
    | 'validateFeatures'
  >
> &
  CpuDriver = {
  models: Object.keys(models).map((name) => ({ name })),
  byDefault: minimalArch.cpu.byDefault,
  check({ mode, model, features = [] }, { capabilities }) {
    const refuse = (path: string, message: string) =>
      [{ code: 'ERR_CONFIG_UNSUPPORTED', path, message }] as const
    if (mode !== 'custom') return refuse('@mode', `mode '${mode}' is not offered`)
    if (!capabilities.cpus.some(({ name }) => name === model))
      return refuse('model', `'${model}' is none of this QEMU's models`)
    return featureCpu.validateFeatures({ features })
  },
  argument: ({ model }) => ({ model: model ?? 'Toy1', flags: [] }),
  compare(host, guest) {
    const has = featuresOf(host)
    const wants = featuresOf(guest)
    const missing = [...wants].filter((name) => !has.has(name))
    if (missing.length > 0) {
      return { result: 'incompatible', reason: `${host.model} lacks ${missing.join(', ')}` }
    }
    return { result: has.size > wants.size ? 'superset' : 'identical' }
  },
  baseline(cpus) {
    const [first, ...others] = cpus.map(featuresOf)
    const common = [...(first ?? [])].filter((name) => others.every((one) => one.has(name)))
    const found = fitted(new Set(common), Object.keys(models))
    return found === undefined
      ? { problem: { code: 'ERR_OPERATION_FAILED', message: 'the CPUs have nothing in common' } }
      : { cpu: guest(found) }
  },
  validateFeatures: ({ features = [] }) =>
    features.flatMap(({ name }, index) =>
      Object.hasOwn(bits, name)
        ? []
        : [
            {
              code: 'ERR_CONFIG_UNSUPPORTED',
              path: `feature[${index + 1}]/@name`,
              message: `no feature is called ${JSON.stringify(name)}`,
            },
          ],
    ),
  decode({ features = 0 }, names = Object.keys(models)) {
    const found = Object.keys(bits).filter((name) => (features & (bits[name] ?? 0)) !== 0)
    return fitted(new Set(found), names)
  },
  encode(cpu) {
    const features = [...featuresOf(cpu)].reduce((sum, name) => sum | (bits[name] ?? 0), 0)
    return { features }
  },
  update(cpu) {
    const { features = [], ...rest } = cpu
    if (cpu.match === 'exact' && features.every(({ policy }) => policy !== 'optional')) return cpu
    const settled = features.map((one): CpuFeature =>
      one.policy === 'optional' ? { ...one, policy: 'disable' } : one,
    )
    return { ...rest, match: 'exact', features: settled }
  },
  translate(cpu, names) {
    if (names.includes(cpu.model ?? '')) return cpu
    const found = fitted(featuresOf(cpu), names)
    return found === undefined ? undefined : { ...cpu, ...guest(found) }
  },
  hostModel: () => ({ mode: 'custom', match: 'exact', model: 'Toy2', features: [] }),
  expandFeatures: (cpu) => ({ ...cpu, features: required([...featuresOf(cpu)].toSorted()) }),
}

/** {@link minimalArch} with those processors, or with some verbs broken. */
export const withFeatureCpu = (cpu: Partial<CpuDriver> = {}): Arch => ({
  ...minimalArch,
  cpu: { ...featureCpu, ...cpu },
})

/** An emulator that has all of its models. */
export const featureCpuCapabilities = (from: QemuCapabilities): QemuCapabilities => ({
  ...from,
  cpus: Object.keys(models).map((name) => ({ name, typename: `${name}-toy-cpu` })),
})
