import type { Timer, TimerName } from '../domain/clock.ts'
import type { FeatureName, Features } from '../domain/features.ts'
import type { Effects } from './effects.ts'
import type { RuleContext } from './machine-builder.ts'

/**
 * One feature an architecture knows. Most rows are a constant: the property it sets on `-machine`
 * or the flag it sets on `-cpu`, with the feature's own value (`on`, `off`, a word).
 */
export type FeatureRow =
  /** Accepted, and nothing to say to QEMU: the machine has it anyway. */
  | { readonly to: 'nothing'; readonly only?: FeatureCondition }
  | { readonly to: 'machine'; readonly property: string; readonly only?: FeatureCondition }
  | { readonly to: 'cpu'; readonly flag: string; readonly only?: FeatureCondition }
  | { readonly to: 'device'; readonly driver: string; readonly only?: FeatureCondition }
  | {
      readonly to: 'effects'
      effects(features: Features, context: RuleContext): Effects
      readonly only?: FeatureCondition
    }

/** Narrows a row: other machines, values or accelerators of the same architecture refuse it. */
export interface FeatureCondition {
  /** The condition is for these values; for any when missing. What is off need not be offered. */
  readonly when?: readonly (string | boolean | number)[]
  /** Names of machine profiles. */
  readonly machines?: readonly string[]
  /** Values that are offered; others are refused. */
  readonly values?: readonly (string | boolean | number)[]
  readonly virtType?: 'kvm' | 'qemu'
  /** The first QEMU whose machines take it, where older ones end at their start: major, minor. */
  readonly since?: readonly [major: number, minor: number]
  /** Completes the message: `… is refused: <reason>`; `since` gives its own. */
  readonly reason?: string
}

/** A clock the architecture has. A timer without a row is refused. */
export interface TimerRow {
  effects?(timer: Timer, context: RuleContext): Effects
  /** Tick policies that are offered; any when missing. */
  readonly tickpolicies?: readonly NonNullable<Timer['tickpolicy']>[]
  /** Values of `present` that are offered; any when missing. */
  readonly present?: readonly boolean[]
  /** Narrows the row: other machines or accelerators refuse the timer. */
  readonly only?: Pick<FeatureCondition, 'machines' | 'virtType' | 'since' | 'reason'>
}

/**
 * The platform's features: what `<features>` and `<clock>` may ask for, what each becomes, and what
 * the architecture does when nothing is asked. A feature without a row is refused by name.
 */
export interface FeaturePolicy {
  /** In the order in which their properties stand on `-machine`. */
  readonly supported: { readonly [K in FeatureName]?: FeatureRow }
  /** Added to every definition that does not say otherwise. */
  defaults(context: RuleContext): Features
  /**
   * What leaving a feature out means to QEMU, where that is not nothing; properties stand where those
   * of the feature would.
   */
  readonly whenAbsent?: {
    readonly [K in FeatureName]?: Effects | ((context: RuleContext) => Effects)
  }
  readonly timers: { readonly [K in TimerName]?: TimerRow }
}
