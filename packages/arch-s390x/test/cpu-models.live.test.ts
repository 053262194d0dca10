import { existsSync } from 'node:fs'
import { domainXml, startQemu, targetsOf } from '@polyvirt/conformance'
import type { Cpu } from '@polyvirt/core/arch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cpu } from '../src/cpu-driver.ts'
import { processors } from '../src/cpu-models.ts'
import { condensed, featuresOf, featuresOfModel } from '../src/feature-sets.ts'
import { s390x } from '../src/index.ts'
import { emulator, recorded } from './contexts.ts'

/** Why the tests of this file are not run; nothing where they are. */
const notRun = existsSync('/usr/bin/qemu-system-s390x')
  ? ''
  : ': not run, /usr/bin/qemu-system-s390x is not installed (qemu-system-misc)'

/** A CPU as QEMU writes it. */
interface Model {
  readonly name: string
  readonly props?: Readonly<Record<string, boolean>>
}

interface Answer {
  readonly model: Model
}

type Ask = (command: string, args: Readonly<Record<string, unknown>>) => Promise<unknown>

let ask: Ask
let stop: () => Promise<void> = () => Promise.resolve()

beforeAll(async () => {
  if (notRun !== '') return
  const [target] = targetsOf(s390x, s390x.guests[0], recorded(), emulator)
  if (target === undefined) throw new Error('no s390-ccw-virtio in the recording')
  const qemu = await startQemu(domainXml({}), target)
  ask = (command, args) => qemu.qmp.executeUnchecked(command, args)
  stop = async () => qemu[Symbol.asyncDispose]()
}, 120_000)

afterAll(() => stop())

/** Models that QEMU 7.2 has; the tables know newer ones. */
const known = new Set(recorded().cpus.map(({ name }) => name))
const here = processors.filter(({ name }) => known.has(name))

const toModel = ({ model = '', features = [] }: Cpu): Model => ({
  name: model,
  props: Object.fromEntries(features.map(({ name, policy }) => [name, policy !== 'disable'])),
})

const toCpu = ({ name, props = {} }: Model): Cpu => ({
  model: name,
  features: Object.entries(props).map(([feature, on]) => ({
    policy: on ? 'require' : 'disable',
    name: feature,
  })),
})

const namesOn = ({ props = {} }: Model): readonly string[] =>
  Object.keys(props)
    .filter((name) => props[name])
    .toSorted()

describe('what QEMU says of its CPU models', () => {
  it(`is what the tables say: features of every model, and of what all of its kind have${notRun}`, async () => {
    if (notRun !== '') return
    for (const { name } of here) {
      for (const model of [name, `${name}-base`]) {
        const answer = (await ask('query-cpu-model-expansion', {
          type: 'full',
          model: { name: model },
        })) as Answer
        const ours = condensed(featuresOf({ model }) ?? new Set())
        expect(ours.toSorted(), model).toEqual(namesOn(answer.model))
      }
    }
  })

  it(`is what the tables say: what a model may have, and nothing that came later${notRun}`, async () => {
    if (notRun !== '') return
    for (const name of ['z900', 'z990', 'z9EC', 'z10EC.2', 'z196', 'zEC12', 'z13', 'gen16b']) {
      const possible = featuresOfModel(name)?.possible ?? new Set()
      for (const feature of ['etf2', 'msa', 'dfp', 'msa3', 'ri', 'vx', 'gs', 'esort', 'nnpa']) {
        const question = { type: 'static', model: { name, props: { [feature]: true } } }
        const taken = await ask('query-cpu-model-expansion', question).then(
          () => true,
          () => false,
        )
        const asked = featuresOf({ model: name, features: [{ name: feature }] }) ?? new Set()
        expect(
          [...asked].every((one) => possible.has(one)),
          `${feature} of ${name}`,
        ).toBe(taken)
      }
    }
  })
})

/** CPUs that differ in machine, size, level and features. */
const samples: readonly Cpu[] = [
  ...['z900-base', 'z10EC.3', 'z196', 'zEC12.2', 'zBC12', 'z13', 'z13s-base', 'z14ZR1'].map(
    (model) => ({ model }),
  ),
  {
    model: 'z14',
    features: [
      { policy: 'disable', name: 'te' },
      { policy: 'disable', name: 'cte' },
    ],
  },
  { model: 'z14.2', features: [{ policy: 'require', name: 'etoken' }] },
  { model: 'gen15a', features: [{ policy: 'disable', name: 'dfp' }] },
  { model: 'gen15b' },
  { model: 'gen16a', features: [{ policy: 'disable', name: 'zpci' }] },
]

const pairs = samples.flatMap((a) => samples.map((b) => [a, b] as const))

describe('QEMU’s own judgement of two CPUs', () => {
  it(`is ours: which of them can run the other${notRun}`, async () => {
    if (notRun !== '') return
    const answers = { identical: 'identical', superset: 'superset', subset: 'incompatible' }
    for (const [a, b] of pairs) {
      const { result } = (await ask('query-cpu-model-comparison', {
        modela: toModel(a),
        modelb: toModel(b),
      })) as { readonly result: string }
      const wanted = Object.hasOwn(answers, result)
        ? answers[result as keyof typeof answers]
        : 'incompatible'
      expect(cpu.compare(a, { ...b, mode: 'custom' }).result, JSON.stringify([a, b])).toBe(wanted)
    }
  })

  it(`is ours: what both can run${notRun}`, async () => {
    if (notRun !== '') return
    for (const [a, b] of pairs) {
      const answer = await ask('query-cpu-model-baseline', {
        modela: toModel(a),
        modelb: toModel(b),
      })
      const { model } = answer as Answer
      const found = cpu.baseline([a, b])
      if (!('cpu' in found)) throw new Error(`no baseline of ${JSON.stringify([a, b])}`)
      expect(found.cpu.model, JSON.stringify([a, b])).toBe(model.name)
      const ours = condensed(featuresOf(found.cpu) ?? new Set())
      expect(ours).toEqual(condensed(featuresOf(toCpu(model)) ?? new Set()))
    }
  })
})
