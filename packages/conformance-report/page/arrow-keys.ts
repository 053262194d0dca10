const steps: Readonly<Record<string, readonly [row: number, mark: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
}

/**
 * Makes the marks of a table one tab stop: arrow keys go from mark to mark, Home and End to the ends
 * of a row. A mark stays where it was left.
 */
export function arrowKeys(table: HTMLTableElement): void {
  const all = (): readonly HTMLAnchorElement[] => [
    ...table.querySelectorAll<HTMLAnchorElement>('a.mark'),
  ]
  const stop = (mark: HTMLAnchorElement | undefined): void => {
    for (const other of table.querySelectorAll('a.mark[tabindex="0"]')) {
      other.setAttribute('tabindex', '-1')
    }
    mark?.setAttribute('tabindex', '0')
  }
  stop(all()[0])
  // Rows are made when a chapter opens, and may take the tab stop with them when it closes.
  table.addEventListener('click', () => {
    if (table.querySelector('a.mark[tabindex="0"]') === null) stop(all()[0])
  })
  table.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLAnchorElement && target.matches('a.mark')) stop(target)
  })
  table.addEventListener('keydown', (event) => {
    const { target } = event
    if (!(target instanceof HTMLAnchorElement) || event.ctrlKey || event.altKey || event.metaKey)
      return
    const next = nextMark(table, target, event.key)
    if (next === undefined) return
    event.preventDefault()
    next.focus()
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
}

function nextMark(
  table: HTMLTableElement,
  from: HTMLAnchorElement,
  key: string,
): HTMLElement | undefined {
  const row = from.closest('tr')
  if (row === null) return undefined
  const marks = marksOf(row)
  const at = marks.indexOf(from)
  if (key === 'Home') return marks.find(isLink)
  if (key === 'End') return marks.findLast(isLink)
  const [rowStep, markStep] = steps[key] ?? [0, 0]
  if (markStep !== 0) {
    return markStep > 0 ? marks.slice(at + 1).find(isLink) : marks.slice(0, at).findLast(isLink)
  }
  if (rowStep === 0) return undefined
  const rows = [...table.rows]
  const start = rows.indexOf(row)
  const others = rowStep > 0 ? rows.slice(start + 1) : rows.slice(0, start).toReversed()
  return others
    .map((other) => marksOf(other)[at])
    .find((mark) => mark !== undefined && isLink(mark))
}

const marksOf = (row: HTMLTableRowElement): readonly HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('.marks > *'),
]

const isLink = (mark: HTMLElement): boolean => mark instanceof HTMLAnchorElement
