import { caseHash } from '../src/html/case-hash.ts'
import type { CaseParts } from '../src/html/page-index.ts'
import { formatDuration } from '../src/format-duration.ts'
import { outcomeMark } from '../src/outcome-marks.ts'
import { visibleText } from '../src/visible-text.ts'
import type { ShownCase } from './case-model.ts'
import { element, type Child } from './element.ts'
import { shownText } from './shown-text.ts'
import { evidenceViews } from './evidence-views.ts'
import { markSpan } from './mark-elements.ts'
import { tabs } from './tabs.ts'

/** What is around the case that is open. */
export interface Surroundings {
  readonly labels: readonly string[]
  /** The same scenario on the same machine, in every tier of this run. */
  readonly tiers: readonly ShownCase[]
  /** The same case in every run that has it. */
  readonly runs: readonly ShownCase[]
}

/** What is known of a case before its evidence is read. */
export function caseHead(one: ShownCase, around: Surroundings): readonly HTMLElement[] {
  const { name, words } = outcomeMark(one.outcome, one.face)
  return [
    element('h2', { id: 'case-title' }, [visibleText(one.title)]),
    element('p', { class: 'case-place' }, [
      element('code', {}, [visibleText(one.scenario)]),
      ' on ',
      element('code', {}, [visibleText(`${one.guest}/${one.machine}`)]),
      ` · ${formatDuration(one.durationMs)}`,
    ]),
    element('nav', { class: 'beside', 'aria-label': 'Other tiers and runs' }, [
      links(around.tiers, one, ({ tier }) => tier),
      around.labels.length > 1
        ? links(around.runs, one, ({ run }) => around.labels[run] ?? '')
        : undefined,
    ]),
    element('p', { class: `outcome ${name}` }, [
      markSpan(outcomeMark(one.outcome, one.face)),
      element('b', {}, [words]),
      ` — ${faceWords(one)}`,
    ]),
  ]
}

/** Why it came out as it did, and everything it left. */
export function caseEvidence(
  one: ShownCase,
  parts: CaseParts,
  choice: { chosen?: string },
): readonly HTMLElement[] {
  const views = evidenceViews(parts)
  return [
    ...reasonBlock(one, parts),
    ...failureBlock(parts),
    ...refusalBlock(parts),
    views.length === 0
      ? element('p', { class: 'rest' }, ['This case left no evidence.'])
      : tabs(views, {
          chosen: choice.chosen ?? firstTab(one),
          choose: (name) => (choice.chosen = name),
        }),
  ]
}

function faceWords({ face, outcome, guest, tier }: ShownCase): string {
  if (outcome === 'not-run') return 'counts as neither passed nor failed'
  if (tier === 'laws') return `must hold for ${guest}`
  return face === 'offered'
    ? `${guest} offers this, so it must hold`
    : `${guest} does not offer this, so the document must be refused`
}

/** What a reader of a failure looks at first. */
const firstTab = ({ outcome, tier }: ShownCase): string => {
  if (outcome !== 'failed') return 'xml'
  return (
    { live: 'live', guest: 'console', nested: 'console', golden: 'argv' }[tier as string] ?? 'xml'
  )
}

function links(
  cases: readonly ShownCase[],
  current: ShownCase,
  nameOf: (one: ShownCase) => string,
): HTMLElement {
  return element(
    'ul',
    {},
    cases.map((one) =>
      element('li', {}, [
        element(
          'a',
          {
            href: `#${caseHash(one.id)}${one.run === 0 ? '' : `?run=${one.run}`}`,
            'aria-current': one === current ? 'true' : undefined,
          },
          [markSpan(outcomeMark(one.outcome, one.face)), ` ${visibleText(nameOf(one))}`],
        ),
      ]),
    ),
  )
}

const reasonBlock = ({ reason }: ShownCase, { refusal }: CaseParts): readonly HTMLElement[] =>
  reason === undefined || refusal?.some(({ message }) => message === reason) === true
    ? []
    : [element('p', { class: 'reason' }, [visibleText(reason)])]

function failureBlock({ failure }: CaseParts): readonly HTMLElement[] {
  if (failure === undefined) return []
  const { message, stack } = failure
  const block: Child[] = [element('pre', { class: 'message', tabindex: '0' }, [shownText(message)])]
  if (stack !== undefined) {
    block.push(
      element('details', { class: 'stack' }, [
        element('summary', {}, ['Stack']),
        element('pre', { tabindex: '0' }, [shownText(stack)]),
      ]),
    )
  }
  return [element('div', { class: 'failure' }, block)]
}

function refusalBlock({ refusal }: CaseParts): readonly HTMLElement[] {
  if (refusal === undefined || refusal.length === 0) return []
  const items = refusal.map(({ code, path, line, message }) =>
    element('li', {}, [
      element('p', {}, [visibleText(message)]),
      element('p', { class: 'about' }, [
        element('code', {}, [visibleText(code)]),
        ...(path === undefined ? [] : [' at ', element('code', {}, [visibleText(path)])]),
        line === undefined ? '' : `, line ${line}`,
      ]),
    ]),
  )
  return [element('ul', { class: 'refusal', 'aria-label': 'Refused because' }, items)]
}
