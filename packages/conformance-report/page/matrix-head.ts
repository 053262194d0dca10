import type { Attributes } from './element.ts'
import { element } from './element.ts'
import type { MatrixColumn, MatrixTable } from './matrix-layout.ts'

/** The head of a matrix: guests, machines, runs where there are several, and the tiers of each. */
export function matrixHead(table: MatrixTable, labels: readonly string[]): HTMLTableSectionElement {
  const { columns, tiers } = table
  const levels: readonly { readonly name: string; readonly of: (one: MatrixColumn) => string }[] = [
    { name: 'guest', of: ({ guest }) => guest },
    ...(columns.some(({ machine }) => machine !== 'any')
      ? [{ name: 'machine', of: ({ machine }: MatrixColumn) => machine }]
      : []),
    ...(labels.length > 1
      ? [{ name: 'run', of: ({ run }: MatrixColumn) => labels[run] ?? '' }]
      : []),
  ]
  const rows = levels.map(({ name }, level) => {
    const groups = neighbours(columns, (one) =>
      levels
        .slice(0, level + 1)
        .map(({ of }) => of(one))
        .join('\0'),
    )
    return element('tr', { class: name }, [
      level === 0 ? corner(levels.length + 1) : undefined,
      ...groups.map((own) => headCell(own, levels[level]?.of)),
    ])
  })
  const tierRow = element('tr', { class: 'tier' }, [
    ...columns.map((_, at) =>
      element('td', { class: starts(columns, at) ? 'start' : undefined }, [
        element(
          'span',
          { class: 'marks' },
          tiers.map((tier) => element('span', { class: 'tier-name' }, [tier])),
        ),
      ]),
    ),
  ])
  return element('thead', {}, [...rows, tierRow])
}

const corner = (rows: number): HTMLElement =>
  element('th', { scope: 'col', class: 'corner', rowspan: rows }, ['scenario'])

function headCell(
  own: readonly MatrixColumn[],
  of: ((one: MatrixColumn) => string) | undefined,
): HTMLElement {
  const [first] = own
  const name = first === undefined || of === undefined ? '' : of(first)
  const attributes: Attributes = {
    scope: own.length > 1 ? 'colgroup' : 'col',
    colspan: own.length,
    class: 'start',
    title: name,
  }
  return element('th', attributes, [element('span', {}, [name])])
}

/** Whether a line goes before this column: the runs of one machine have none between them. */
export const starts = (columns: readonly MatrixColumn[], at: number): boolean => {
  const [previous, own] = [columns[at - 1], columns[at]]
  return previous?.guest !== own?.guest || previous?.machine !== own?.machine
}

function neighbours(
  columns: readonly MatrixColumn[],
  key: (one: MatrixColumn) => string,
): readonly (readonly MatrixColumn[])[] {
  const groups: MatrixColumn[][] = []
  for (const column of columns) {
    const last = groups.at(-1)
    const [first] = last ?? []
    if (last !== undefined && first !== undefined && key(first) === key(column)) last.push(column)
    else groups.push([column])
  }
  return groups
}
