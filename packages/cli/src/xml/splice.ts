import type { XmlElement } from '../core.ts'

/** A piece of a text to be replaced; nothing of it remains. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text that core's reader counts places in. */
export function normalizeText(source: string): string {
  return source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
}

/** Makes edits that do not overlap; lines keep their numbers as long as the edits have none. */
export function splice(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end), text)
}

/** Where an element begins and ends in the text it was read from. */
export function rangeOf(text: string, { place, source }: XmlElement): Omit<Edit, 'text'> {
  let start = 0
  for (let line = 1; line < place.line; line++) start = text.indexOf('\n', start) + 1
  start += place.column - 1
  return { start, end: start + source.length }
}

/** Puts text right behind an element. */
export function insertAfter(text: string, element: XmlElement, put: string): Edit {
  const { end } = rangeOf(text, element)
  return { start: end, end, text: put }
}

/** Replaces what is inside an element. */
export function replaceContent(text: string, element: XmlElement, put: string): Edit {
  const { start, end } = rangeOf(text, element)
  const tag = startTag(element)
  return { start, end, text: `${openTag(tag)}${put}</${nameIn(tag)}>` }
}

/** Puts text first inside an element. */
export function insertInside(text: string, element: XmlElement, put: string): Edit {
  const { start, end } = rangeOf(text, element)
  const tag = startTag(element)
  if (tag === element.source) return { start, end, text: `${openTag(tag)}${put}</${nameIn(tag)}>` }
  return { start: start + tag.length, end: start + tag.length, text: put }
}

/** Gives an element one more attribute. */
export function addAttribute(text: string, element: XmlElement, put: string): Edit {
  const at = rangeOf(text, element).start + 1 + nameIn(element.source).length
  return { start: at, end: at, text: ` ${put}` }
}

/** `<a b='>'>`: an end inside quotes is none. */
function startTag({ source }: XmlElement): string {
  return /^<(?:[^>'"]|'[^']*'|"[^"]*")*>/.exec(source)?.[0] ?? source
}

function openTag(tag: string): string {
  return tag.replace(/\s*\/>$/, '>')
}

function nameIn(tag: string): string {
  return /^<([^\s/>]+)/.exec(tag)?.[1] ?? ''
}
