import { Random } from '../../mutants/random.ts'
import type { CpuWords } from './cpu-words.ts'
import { domainCase, i686, pc, q35 } from './matrix-case.ts'
import type { MatrixCase, Target } from './matrix-case.ts'
import {
  checks,
  crossWays,
  everyNth,
  fallbacks,
  matches,
  modelWays,
  policies,
  turn,
  featureNames,
} from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'
import { x86Arrangements, x86Vendors, x86Widths } from './x86-extras.ts'
import { x86Features } from './x86-features.ts'
import { x86Modes } from './x86-modes.ts'

const targets = [pc, q35, i686] as const

/** CPUs of PC guests under TCG. */
export function x86Domains({ models, qemuCpus }: Vocabulary): readonly MatrixCase[] {
  const own = qemuCpus.x86.filter((name) => !models.x86.includes(name))
  return [
    ...models.x86.flatMap((model, at) => [
      ...modelCases(pc, model, at),
      // The machine matters little: elsewhere each is met in one way or none, by turns.
      ...modelCases(i686, model, at + 1).filter((_, way) => way === at % 6),
      ...modelCases(q35, model, at + 2).filter((_, way) => way * 2 === at % 12),
    ]),
    ...own.flatMap((model, at) =>
      crossWays(at).map((way, w) => modelCase(turn(targets, at + w), model, way)),
    ),
    ...unknownModels(),
    ...x86Modes(pc),
    ...everyNth(3, x86Modes(i686)),
    ...everyNth(4, x86Modes(q35)),
    ...x86Features(pc),
    ...everyNth(6, x86Features(i686)),
    ...x86Vendors(pc),
    ...everyNth(2, x86Vendors(i686)),
    ...x86Widths(pc),
    ...everyNth(6, x86Widths(i686)),
    ...x86Arrangements(pc),
    ...everyNth(3, x86Arrangements(q35)),
    ...mixtures(models.x86),
  ]
}

function modelCases(target: Target, model: string, at: number): readonly MatrixCase[] {
  return modelWays(at).map((way) => modelCase(target, model, way))
}

function modelCase(target: Target, model: string, way: CpuWords): MatrixCase {
  const { match = '', fallback = '', check = 'default' } = way
  const name = `model/${model}/${match}/${fallback}/${check}`
  return domainCase(target, name, { mode: 'custom', model, ...way })
}

function unknownModels(): readonly MatrixCase[] {
  return ['nosuchmodel', 'westmere', 'EPYC-Genoa', 'POWER9', 'cortex-a57'].flatMap((model, at) =>
    modelCases(turn(targets, at), model, at),
  )
}

/** Chance finds what a table does not: a few features at once, every word drawn. */
function mixtures(models: readonly string[]): readonly MatrixCase[] {
  return Array.from({ length: 100 }, (_, at) => {
    const random = new Random(9, at)
    const draw = <T>(list: readonly T[]): T => turn(list, random.below(list.length))
    const check = draw(checks)
    const names = new Set(Array.from({ length: 1 + random.below(4) }, () => draw(featureNames)))
    const words: CpuWords = {
      mode: 'custom',
      match: draw(matches),
      model: draw(models),
      fallback: draw(fallbacks),
      ...(check && { check }),
      ...(random.oneIn(4) && { vendor: draw(['Intel', 'AMD']) }),
      features: [...names].map((name) => [name, draw(policies)]),
    }
    return domainCase(draw(targets), `mixture/${at + 1}`, words)
  })
}
