import { visibleText } from '../src/visible-text.ts'
import type { ShownCase } from './case-model.ts'
import { chapterSum } from './chapter-sum.ts'
import { element } from './element.ts'
import { markLink, markSpan, noMark } from './mark-elements.ts'
import { matrixHead, starts } from './matrix-head.ts'
import type { MatrixChapter, MatrixRow, MatrixTable } from './matrix-layout.ts'

export interface MatrixView {
  readonly labels: readonly string[]
  /** What is not looked for is dimmed. */
  readonly fits: (one: ShownCase) => boolean
  readonly isOpen: (chapter: string) => boolean
  readonly setOpen: (chapter: string, isOpen: boolean) => void
}

/** A matrix; the rows of a chapter are made when it is opened. */
export function matrixTable(table: MatrixTable, view: MatrixView): HTMLTableElement {
  return element('table', { class: 'matrix', 'aria-label': table.name }, [
    matrixHead(table, view.labels),
    ...table.chapters.map((chapter) => chapterBody(chapter, table, view)),
  ])
}

function chapterBody(
  chapter: MatrixChapter,
  table: MatrixTable,
  view: MatrixView,
): HTMLTableSectionElement {
  const { name, rows } = chapter
  const body = element('tbody')
  const toggle = element('button', { type: 'button', class: 'chapter-name' }, [
    visibleText(name),
    element('span', { class: 'count' }, [String(rows.length)]),
  ])
  const sums = table.columns.map((_, column) =>
    element('td', { class: starts(table.columns, column) ? 'start' : undefined }, [
      sumMarks(chapter, table, column),
    ]),
  )
  body.append(
    element('tr', { class: 'chapter' }, [element('th', { scope: 'rowgroup' }, [toggle]), ...sums]),
  )
  const show = (isOpen: boolean): void => {
    toggle.setAttribute('aria-expanded', String(isOpen))
    body.classList.toggle('open', isOpen)
    while (body.rows.length > 1) body.rows[1]?.remove()
    if (isOpen) body.append(...rows.map((row) => rowElement(row, table, view)))
  }
  show(view.isOpen(name))
  toggle.addEventListener('click', () => {
    const isOpen = toggle.getAttribute('aria-expanded') !== 'true'
    view.setOpen(name, isOpen)
    show(isOpen)
  })
  return body
}

function sumMarks(chapter: MatrixChapter, table: MatrixTable, column: number): HTMLElement {
  return element(
    'span',
    { class: 'marks' },
    table.tiers.map((tier, at) => {
      const sum = chapterSum(chapter, column, at)
      if (sum === undefined) return noMark()
      const mark = markSpan(sum.mark)
      mark.setAttribute('aria-label', `${tier}: ${sum.words}`)
      mark.title = `${tier}: ${sum.words}`
      return mark
    }),
  )
}

function rowElement(row: MatrixRow, table: MatrixTable, view: MatrixView): HTMLTableRowElement {
  const name = row.scenario.slice(row.scenario.indexOf('/') + 1)
  const made = document.createElement('tr')
  const title = visibleText(row.title)
  made.append(
    element('th', { scope: 'row', title }, [
      element('span', { class: 'name' }, [visibleText(name)]),
      element('span', { class: 'title' }, [title]),
    ]),
  )
  for (const [column, cell] of row.cells.entries()) {
    const place = made.insertCell()
    if (starts(table.columns, column)) place.className = 'start'
    const marks = document.createElement('span')
    marks.className = 'marks'
    for (const one of cell) {
      marks.append(one === undefined ? noMark() : markLink(one, !view.fits(one)))
    }
    place.append(marks)
  }
  return made
}
