import { visibleText } from '../visible-text.ts'

/** HTML that was made here, not text from elsewhere. */
export interface Markup {
  readonly markup: string
}

export type MarkupValue = string | number | undefined | Markup | readonly Markup[]

/**
 * A template of HTML. Whatever is put into it is text and is escaped, in elements and in quoted
 * attributes alike, unless it was made by this function.
 */
export const markup = (texts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup => ({
  markup: texts.map((text, at) => text + written(values[at])).join(''),
})

function written(value: MarkupValue): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map((one) => one.markup).join('')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  visibleText(text).replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one)
