/** The page of a report: draws the matrix, keeps its state in the address, opens cases. */
import type { PageIndex } from '../src/html/page-index.ts'
import { caseDialog } from './case-dialog.ts'
import { caseModel, type CaseModel, type ShownCase } from './case-model.ts'
import type { Surroundings } from './case-panel.ts'
import { element } from './element.ts'
import { filterBar } from './filter-bar.ts'
import { matrixSection } from './matrix-section.ts'
import { readIndex } from './packed-data.ts'
import { formatHash, noFilters, parseHash, type PageState } from './page-state.ts'

const body = document.getElementById('matrix-body')
if (body !== null) {
  readIndex().then(
    (index) => startPage(index, body),
    (error: unknown) => {
      body.textContent = `This browser cannot read the matrix: ${String(error)}`
    },
  )
}

function startPage(index: PageIndex, place: HTMLElement): void {
  const model = caseModel(index)
  let state = parseHash(location.hash)
  const bar = filterBar(model, (filters) => go({ ...state, ...filters }, 'replace'))
  const tables = element('div', { class: 'tables' })
  const matrix = matrixSection(model, bar, tables)
  const dialog = caseDialog(index, {
    leave: () => {
      // Back, where opening was a step of its own, so that forward opens it again.
      if (history.state === 'opened') history.back()
      else go(closed(state), 'replace')
    },
    step: (by) => {
      const all = matrix.shown()
      const at = all.findIndex(({ id, run }) => id === state.caseId && run === (state.run ?? 0))
      const next = at === -1 ? undefined : all[at + by]
      if (next !== undefined) go(opening(state, next), 'replace')
    },
  })
  place.replaceChildren(bar.form, tables)

  const show = (): void => {
    matrix.show(state)
    const one = openCase(model, state)
    if (one !== undefined) void dialog.open(one, surroundings(model, one))
    else if (dialog.isOpen) dialog.close()
  }
  const go = (next: PageState, how: 'push' | 'replace'): void => {
    state = next
    const address = `#${formatHash(next)}`
    if (how === 'push') history.pushState('opened', '', address)
    else history.replaceState(history.state, '', address)
    show()
  }
  globalThis.addEventListener('popstate', () => {
    state = parseHash(location.hash)
    show()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)
      return
    if (link.dataset['jump'] !== undefined) {
      event.preventDefault()
      const target = document.getElementById(link.hash.slice(1))
      target?.scrollIntoView()
      return
    }
    const { caseId, run } = parseHash(link.hash)
    const one =
      caseId === undefined ? undefined : openCase(model, { ...noFilters, caseId, run: run ?? 0 })
    if (one === undefined) return
    event.preventDefault()
    go(opening(state, one), dialog.isOpen ? 'replace' : 'push')
  })
  bar.reset.addEventListener('click', () => go({ ...state, ...noFilters }, 'replace'))
  bar.openAll.addEventListener('click', () => matrix.openAll())
  show()
}

const opening = (state: PageState, { id, run }: ShownCase): PageState => ({
  ...state,
  caseId: id,
  run,
})

const closed = ({ wanted, text, guests, tiers }: PageState): PageState => ({
  wanted,
  text,
  guests,
  tiers,
})

/** The case that an address names: in the first run that has it, unless it names one. */
function openCase({ byId }: CaseModel, { caseId, run }: PageState): ShownCase | undefined {
  if (caseId === undefined) return undefined
  const cases = byId.get(caseId) ?? []
  return cases[run ?? -1] ?? cases.find((one) => one !== undefined)
}

function surroundings({ cases, byId, labels, tiers }: CaseModel, one: ShownCase): Surroundings {
  const sameRow = cases.filter(
    ({ scenario, guest, machine, run }) =>
      scenario === one.scenario &&
      guest === one.guest &&
      machine === one.machine &&
      run === one.run,
  )
  return {
    labels,
    tiers: sameRow.toSorted((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier)),
    runs: (byId.get(one.id.toWellFormed()) ?? []).filter((other) => other !== undefined),
  }
}
