import { allMarks } from '../src/outcome-marks.ts'
import type { CaseModel } from './case-model.ts'
import { element } from './element.ts'
import { markSpan } from './mark-elements.ts'
import type { PageState, Wanted } from './page-state.ts'

export interface FilterBar {
  readonly form: HTMLFormElement
  /** Says in words what the filters leave. */
  readonly status: HTMLElement
  readonly openAll: HTMLButtonElement
  readonly reset: HTMLButtonElement
  /** Shows a state that came from the address. */
  show(state: PageState): void
}

type Filters = Pick<PageState, 'wanted' | 'text' | 'guests' | 'tiers'>

const typingMs = 120

/** The filters; `changed` is told what they say after each change. */
export function filterBar(model: CaseModel, changed: (filters: Filters) => void): FilterBar {
  const search = element('input', {
    type: 'search',
    name: 'q',
    placeholder: 'scenario, message, reason …',
    'aria-label': 'Search in scenarios, titles, messages and reasons',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const status = element('p', { class: 'status', role: 'status' })
  const openAll = element('button', { type: 'button', class: 'plain' })
  const reset = element('button', { type: 'button', class: 'plain', hidden: true }, [
    'Clear filters',
  ])
  const form = element('form', { class: 'filters', 'aria-label': 'Filters of the matrix' }, [
    element('div', { class: 'choices' }, [
      search,
      choices('show', 'radio', wantedChoices(model)),
      model.tiers.length > 1 ? choices('tier', 'checkbox', named(model.tiers)) : undefined,
      model.guests.length > 1 ? choices('guest', 'checkbox', named(model.guests)) : undefined,
    ]),
    element('div', { class: 'below' }, [status, reset, openAll, legend()]),
  ])
  const tell = (): void => changed(readForm(form))
  let typing: ReturnType<typeof setTimeout> | undefined
  form.addEventListener('input', ({ target }) => {
    clearTimeout(typing)
    typing = setTimeout(tell, target === search ? typingMs : 0)
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  return { form, status, openAll, reset, show: (state) => writeForm(form, state) }
}

const legend = (): HTMLElement =>
  element(
    'ul',
    { class: 'legend', 'aria-label': 'Marks' },
    allMarks.map((mark) =>
      element('li', {}, [
        markSpan(mark),
        ` ${mark.name === 'refused' ? 'not offered, refused' : mark.words}`,
      ]),
    ),
  )

const named = (words: readonly string[]): readonly Choice[] =>
  words.map((word) => ({ value: word, label: word }))

function wantedChoices({ labels, cases }: CaseModel): readonly Choice[] {
  const count = (fits: (one: CaseModel['cases'][number]) => boolean): string =>
    String(cases.filter(fits).length)
  const differ = cases.filter(({ differs }) => differs)
  return [
    { value: 'all', label: 'all', count: String(cases.length) },
    { value: 'failed', label: 'failed', count: count(({ outcome }) => outcome === 'failed') },
    { value: 'not-run', label: 'not run', count: count(({ outcome }) => outcome === 'not-run') },
    ...(labels.length > 1
      ? [
          {
            value: 'differs',
            label: 'differs',
            count: String(new Set(differ.map(({ id }) => id)).size),
          },
        ]
      : []),
  ]
}

interface Choice {
  readonly value: string
  readonly label: string
  readonly count?: string
}

const groupNames: Readonly<Record<string, string>> = {
  show: 'Outcome',
  tier: 'Tier',
  guest: 'Architecture',
}

const choices = (
  name: string,
  type: 'radio' | 'checkbox',
  own: readonly Choice[],
): HTMLFieldSetElement =>
  element('fieldset', { class: `choice ${type}` }, [
    element('legend', {}, [groupNames[name] ?? name]),
    ...own.map(({ value, label, count }) =>
      element('label', {}, [
        element('input', { type, name, value }),
        element('span', {}, [
          label,
          count === undefined ? undefined : element('span', { class: 'count' }, [count]),
        ]),
      ]),
    ),
  ])

function readForm(form: HTMLFormElement): Filters {
  const data = new FormData(form)
  const texts = (name: string): readonly string[] =>
    data.getAll(name).filter((value) => typeof value === 'string')
  return {
    wanted: (texts('show')[0] ?? 'all') as Wanted,
    text: texts('q')[0] ?? '',
    guests: texts('guest'),
    tiers: texts('tier'),
  }
}

function writeForm(form: HTMLFormElement, { wanted, text, guests, tiers }: PageState): void {
  for (const input of form.querySelectorAll('input')) {
    const { name, value } = input
    // A person who types is not interrupted by the echo of it.
    if (name === 'q' && input !== document.activeElement) input.value = text
    if (name === 'show') input.checked = value === wanted
    if (name === 'tier') input.checked = tiers.includes(value)
    if (name === 'guest') input.checked = guests.includes(value)
  }
}
