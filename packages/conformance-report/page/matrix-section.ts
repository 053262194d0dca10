import { arrowKeys } from './arrow-keys.ts'
import { caseFilter, hasFilters } from './case-filter.ts'
import type { CaseModel, ShownCase } from './case-model.ts'
import { element } from './element.ts'
import type { FilterBar } from './filter-bar.ts'
import { matrixLayout, type MatrixTable } from './matrix-layout.ts'
import { matrixTable } from './matrix-table.ts'
import type { PageState } from './page-state.ts'

export interface MatrixSection {
  /** Draws what a state asks for. */
  show(state: PageState): void
  /** The cases that the state leaves, as they are read: row by row. */
  shown(): readonly ShownCase[]
  /** Opens every chapter; closes them where all are open. */
  openAll(): void
}

/** A table with no more marks is shown whole. */
const maxOpenMarks = 1500

export function matrixSection(model: CaseModel, bar: FilterBar, place: HTMLElement): MatrixSection {
  const opened = new Map<string, boolean>()
  let tables: readonly MatrixTable[] = []
  let last: PageState | undefined
  let shown: readonly ShownCase[] = []
  const chapterNames = (): readonly string[] =>
    tables.flatMap(({ chapters }) => chapters.map(({ name }) => name))

  const draw = (state: PageState): void => {
    const fits = caseFilter(state)
    const cases = model.cases.filter(
      ({ guest, tier }) =>
        (state.guests.length === 0 || state.guests.includes(guest)) &&
        (state.tiers.length === 0 || state.tiers.includes(tier)),
    )
    tables = matrixLayout(cases, { tiers: model.tiers, fits })
    shown = tables.flatMap(inRows).filter(fits)
    const isOpen = openByDefault(state, tables)
    const view = {
      labels: model.labels,
      fits,
      isOpen: (chapter: string) => opened.get(chapter) ?? isOpen,
      setOpen: (chapter: string, open: boolean) => {
        opened.set(chapter, open)
        label()
      },
    }
    const label = (): void => {
      const areOpen = chapterNames().every(view.isOpen)
      bar.openAll.textContent = areOpen ? 'Close all chapters' : 'Open all chapters'
      bar.openAll.hidden = tables.length === 0
    }
    place.replaceChildren(
      ...tables.map((table) => {
        const made = matrixTable(table, view)
        arrowKeys(made)
        return element(
          'div',
          { class: 'matrix-scroll', role: 'region', 'aria-label': table.name, tabindex: '0' },
          [made],
        )
      }),
      ...(tables.length === 0 ? [element('p', { class: 'rest' }, ['No case is like this.'])] : []),
    )
    label()
    bar.status.textContent = statusWords(tables, shown)
    bar.reset.hidden = !hasFilters(state)
  }
  return {
    show(state) {
      const isSame = last !== undefined && sameFilters(last, state)
      last = state
      if (isSame) return
      opened.clear()
      bar.show(state)
      draw(state)
    },
    shown: () => shown,
    openAll() {
      const isOpen = bar.openAll.textContent !== 'Close all chapters'
      for (const name of chapterNames()) opened.set(name, isOpen)
      if (last !== undefined) draw(last)
    },
  }
}

/** What is looked for is shown; all of it at once is an overview. */
function openByDefault(state: PageState, tables: readonly MatrixTable[]): boolean {
  const marks = tables.reduce((sum, table) => sum + inRows(table).length, 0)
  const isSearch = state.wanted !== 'all' || state.text.trim() !== ''
  return marks <= maxOpenMarks || (isSearch && marks <= 10 * maxOpenMarks)
}

const inRows = ({ chapters }: MatrixTable): readonly ShownCase[] =>
  chapters.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap((cell) => cell.filter((one) => one !== undefined))),
  )

function statusWords(tables: readonly MatrixTable[], shown: readonly ShownCase[]): string {
  const rows = tables.flatMap(({ chapters }) => chapters.flatMap((chapter) => chapter.rows)).length
  const cases = shown.length === 1 ? '1 case' : `${shown.length} cases`
  return `${cases} of ${rows === 1 ? '1 scenario' : `${rows} scenarios`}`
}

const sameFilters = (one: PageState, other: PageState): boolean =>
  one.wanted === other.wanted &&
  one.text === other.text &&
  one.guests.join('\0') === other.guests.join('\0') &&
  one.tiers.join('\0') === other.tiers.join('\0')
