import { visibleText } from '../src/visible-text.ts'
import { element } from './element.ts'
import { shownText } from './shown-text.ts'
import { xmlTokens } from './xml-tokens.ts'

export interface Remark {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** An XML document with numbered lines; those with a remark show it. */
export function codeView(text: string, remarks: readonly Remark[] = []): HTMLElement {
  const lines: HTMLElement[] = [element('span', { class: 'line' })]
  for (const { kind, text: token } of xmlTokens(shownText(text.trimEnd()))) {
    for (const [at, piece] of token.split('\n').entries()) {
      if (at > 0) lines.push(element('span', { class: 'line' }))
      if (piece === '') continue
      lines.at(-1)?.append(kind === 'text' ? piece : element('span', { class: kind }, [piece]))
    }
  }
  for (const { line, text: remark } of remarks) {
    const marked = lines[line - 1]
    if (marked === undefined) continue
    marked.classList.add('remarked')
    marked.append(element('span', { class: 'remark' }, [visibleText(remark)]))
  }
  return element('pre', { class: 'code numbered', tabindex: '0' }, [element('code', {}, lines)])
}
