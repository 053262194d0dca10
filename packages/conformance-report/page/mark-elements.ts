import { caseHash } from '../src/html/case-hash.ts'
import { outcomeMark, type OutcomeMark } from '../src/outcome-marks.ts'
import type { ShownCase } from './case-model.ts'
import { element } from './element.ts'

/** A mark that opens its case. In a table, arrow keys go from mark to mark: only one is a tab stop. */
export function markLink(one: ShownCase, isDimmed: boolean): HTMLAnchorElement {
  const { name, glyph, words } = outcomeMark(one.outcome, one.face)
  const link = document.createElement('a')
  link.className = `mark ${name}${isDimmed ? ' dimmed' : ''}`
  link.href = `#${caseHash(one.id)}${one.run === 0 ? '' : `?run=${one.run}`}`
  link.tabIndex = -1
  link.setAttribute('aria-label', `${one.tier}: ${words}`)
  link.title = `${one.tier}: ${words}${detail(one)}`
  link.textContent = glyph
  return link
}

const detail = ({ message, reason }: ShownCase): string =>
  message === undefined && reason === undefined ? '' : `\n${message ?? reason}`

export const markSpan = ({ name, glyph, words }: OutcomeMark): HTMLElement =>
  element('span', { class: `mark ${name}`, role: 'img', 'aria-label': words }, [glyph])

/** Keeps the place of a tier that has no case here. */
export function noMark(): HTMLElement {
  const span = document.createElement('span')
  span.className = 'mark absent'
  return span
}
