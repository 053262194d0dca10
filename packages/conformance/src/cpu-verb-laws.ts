import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import type { ArchLaw } from './arch-law.ts'
import { accepted, asGuest, contextsFor, exactly, pairedWith } from './law-cpus.ts'
import { nowhere } from './target.ts'

/** What holds for the verbs that a CPU driver may have, where it has them. */
export const cpuVerbLaws: readonly ArchLaw[] = [
  {
    name: 'a feature that nobody knows is found, and those of the models are not',
    check({ cpu }) {
      const { validateFeatures, expandFeatures } = cpu
      if (validateFeatures === undefined) return
      for (const { name } of cpu.models) {
        const odd = { ...exactly(name), features: [{ name: 'no-such-feature' }] }
        const [problem] = validateFeatures(odd)
        ok(problem?.path?.startsWith('feature[1]'), `no-such-feature of ${name} has no place`)
        if (expandFeatures === undefined) continue
        deepStrictEqual(validateFeatures(expandFeatures(exactly(name))), [], name)
      }
    },
  },
  {
    name: 'what registers say can run on the CPU they are of',
    check({ cpu }) {
      const { encode, decode } = cpu
      if (encode === undefined || decode === undefined) return
      for (const { name } of cpu.models) {
        const found = decode(encode(exactly(name)))
        if (found === undefined) continue
        const { result, reason } = cpu.compare(exactly(name), asGuest(found))
        ok(result !== 'incompatible', `${found.model} was read off ${name}: ${reason}`)
      }
    },
  },
  {
    name: 'a CPU that was read off registers is found again in its own',
    check({ cpu }) {
      const { encode, decode } = cpu
      if (encode === undefined || decode === undefined) return
      for (const { name } of cpu.models) {
        const found = decode(encode(exactly(name)))
        if (found === undefined) continue
        const again = decode(encode(found))
        strictEqual(again?.model, found.model, `${found.model}, read off ${name}`)
        strictEqual(cpu.compare(found, asGuest(again ?? {})).result, 'identical', name)
      }
    },
  },
  {
    name: 'registers are read as one of the models that are asked for',
    check({ cpu }) {
      const { encode, decode, models } = cpu
      if (encode === undefined || decode === undefined) return
      for (const [index, { name }] of models.entries()) {
        for (const { name: asked } of models.slice(index, index + pairedWith)) {
          const found = decode(encode(exactly(name)), [asked])
          if (found !== undefined) strictEqual(found.model, asked, `${name}, asked for ${asked}`)
        }
      }
    },
  },
  {
    name: 'a definition that was made exact stays as it is, and is accepted',
    check(arch, known) {
      const { cpu } = arch
      if (cpu.update === undefined) return
      for (const context of contextsFor(arch, known)) {
        for (const asked of accepted(cpu, context)) {
          const what = `${asked.model ?? asked.mode}, ${asked.match ?? 'exact'}`
          const once = cpu.update(asked, context)
          deepStrictEqual(cpu.update(once, context), once, what)
          deepStrictEqual(cpu.check(once, context), [], what)
        }
      }
    },
  },
  {
    name: 'the model of a host, as guests get it, is accepted',
    check(arch, known) {
      const { cpu } = arch
      for (const context of contextsFor(arch, known)) {
        const model = cpu.hostModel?.(context)
        if (model !== undefined) deepStrictEqual(cpu.check(model, context), [])
      }
    },
  },
  {
    name: 'a CPU with all its features listed is the same CPU',
    check({ cpu }) {
      const { expandFeatures } = cpu
      if (expandFeatures === undefined) return
      for (const { name } of cpu.models) {
        const expanded = expandFeatures(exactly(name))
        strictEqual(expanded.model, name)
        strictEqual(cpu.compare(exactly(name), expanded).result, 'identical', name)
        deepStrictEqual(expandFeatures(expanded), expanded, name)
      }
    },
  },
  {
    name: 'a translated CPU is of a model that was asked for, and runs where it ran',
    check({ cpu }) {
      const { translate } = cpu
      if (translate === undefined) return
      const names = cpu.models.map(({ name }) => name)
      for (const name of names) {
        deepStrictEqual(translate(exactly(name), names), exactly(name), `${name} is offered`)
        const others = names.filter((other) => other !== name)
        const found = translate(exactly(name), others)
        if (found === undefined) continue
        ok(others.includes(found.model ?? ''), `${name} became ${found.model}`)
        const { result, reason } = cpu.compare(exactly(name), found)
        ok(result !== 'incompatible', `${name} cannot run its translation: ${reason}`)
      }
    },
  },
  {
    name: 'its CPU driver makes nothing of nothing',
    check({ cpu }) {
      const found = cpu.host?.(nowhere)
      if (found?.model !== undefined) {
        ok(
          cpu.models.some(({ name }) => name === found.model),
          found.model,
        )
      }
      cpu.decode?.({})
      strictEqual(cpu.decode?.({}, []), undefined, 'no model was offered')
    },
  },
]
