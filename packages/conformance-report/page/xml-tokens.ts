export interface XmlToken {
  readonly kind: 'text' | 'comment' | 'tag' | 'attribute' | 'value'
  readonly text: string
}

/** The next thing worth a colour, in text and within a tag. Whatever fits nothing stays text. */
const outside = /<!--[^]*?(?:-->|$)|<[/?!]?[^\s<>/?]*/g
const inside = /[/?]?>|"[^"]*"|'[^']*'|[^\s=>"'/?]+/g

/** Colours for a reader, not a parser: every character comes out again, in its order. */
export function xmlTokens(xml: string): readonly XmlToken[] {
  const tokens: XmlToken[] = []
  let at = 0
  let isInside = false
  while (at < xml.length) {
    const pattern = isInside ? inside : outside
    pattern.lastIndex = at
    const found = pattern.exec(xml)
    if (found === null) break
    const [text] = found
    if (found.index > at) tokens.push({ kind: 'text', text: xml.slice(at, found.index) })
    at = found.index + text.length
    if (text.startsWith('<!--')) tokens.push({ kind: 'comment', text })
    else if (!isInside || text.endsWith('>')) {
      tokens.push({ kind: 'tag', text })
      isInside = !isInside
    } else tokens.push({ kind: /^["']/.test(text) ? 'value' : 'attribute', text })
  }
  if (at < xml.length) tokens.push({ kind: 'text', text: xml.slice(at) })
  return tokens
}
