import { visibleText } from '../src/visible-text.ts'
import { element } from './element.ts'
import { shownText } from './shown-text.ts'

/** Levels that are open at first. */
const openLevels = 3
/** A list of more members opens when it is asked for. */
const maxOpenMembers = 60
const maxInlineLength = 80

/** A value as trees whose branches open: one for each of its members. */
export const jsonForest = (value: unknown): readonly HTMLElement[] =>
  membersOf(value)?.map(([name, one]) => jsonTree(one, name, 1)) ?? [jsonTree(value, undefined, 0)]

/** A branch is made when it is opened. */
function jsonTree(value: unknown, name: string | undefined, level: number): HTMLElement {
  const members = membersOf(value)
  const short = members === undefined ? undefined : inline(value)
  if (members === undefined || short !== undefined) {
    return element('div', { class: 'leaf' }, [...label(name), leaf(value, short)])
  }
  const isOpen = level < openLevels && members.length <= maxOpenMembers
  const branch = element('details', { class: 'branch' }, [
    element('summary', {}, [
      ...label(name),
      element('span', { class: 'count' }, [
        Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`,
      ]),
    ]),
  ])
  const fill = (): void => {
    if (branch.childElementCount > 1) return
    branch.append(...members.map(([key, one]) => jsonTree(one, key, level + 1)))
  }
  if (isOpen) {
    branch.open = true
    fill()
  }
  branch.addEventListener('toggle', fill)
  return branch
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined
}

/** What fits into a line and holds no branch of its own. */
function inline(value: unknown): string | undefined {
  const isFlat = Object.values(value ?? {}).every((one) => typeof one !== 'object' || one === null)
  if (!isFlat) return undefined
  const written = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ')
  return written.length <= maxInlineLength ? written : undefined
}

const label = (name: string | undefined): readonly (HTMLElement | string)[] =>
  name === undefined ? [] : [element('span', { class: 'attribute' }, [visibleText(name)]), ' ']

const leaf = (value: unknown, short: string | undefined): HTMLElement =>
  element('span', { class: short === undefined ? typeof value : 'flat' }, [
    shownText(short ?? (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))),
  ])
