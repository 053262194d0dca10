/** An element under construction. */
interface Draft {
  readonly name: string
  readonly attributes: [string, string][]
  readonly children: (Draft | string)[]
  text: string
}

/**
 * Builds the elements that fields write. Paths find or make children, so `driver/@name` and
 * `driver/@cache` end up on one `<driver>`.
 */
export class XmlWriter {
  readonly #draft: Draft

  constructor(name: string, draft?: Draft) {
    this.#draft = draft ?? { name, attributes: [], children: [], text: '' }
  }

  /** Sets the attribute or the text that the path names. */
  put(steps: readonly string[], value: string): void {
    const last = steps.at(-1) ?? '.'
    if (last.startsWith('@')) {
      this.open(steps.slice(0, -1)).attribute(last.slice(1), value)
    } else {
      this.open(last === '.' ? steps.slice(0, -1) : steps).text(value)
    }
  }

  attribute(name: string, value: string): void {
    this.#draft.attributes.push([name, value])
  }

  text(value: string): void {
    this.#draft.text = value
  }

  /** A child that is already text, such as kept metadata. */
  raw(source: string): void {
    this.#draft.children.push(source)
  }

  /** The child at a path, made where it is missing. */
  open(steps: readonly string[]): XmlWriter {
    let draft = this.#draft
    for (const step of steps) {
      let child = draft.children.findLast(
        (one): one is Draft => typeof one !== 'string' && one.name === step,
      )
      if (child === undefined) {
        child = { name: step, attributes: [], children: [], text: '' }
        draft.children.push(child)
      }
      draft = child
    }
    return new XmlWriter(draft.name, draft)
  }

  /** A new child at the end of a path, even where one of that name exists. */
  append(steps: readonly string[]): XmlWriter {
    const parent = this.open(steps.slice(0, -1))
    const child: Draft = { name: steps.at(-1) ?? '', attributes: [], children: [], text: '' }
    parent.#draft.children.push(child)
    return new XmlWriter(child.name, child)
  }

  /** The document in libvirt's form: two blanks per level, single quotes, one element a line. */
  toString(): string {
    const lines: string[] = []
    print(this.#draft, '', lines)
    return `${lines.join('\n')}\n`
  }
}

function print(draft: Draft, indent: string, lines: string[]): void {
  const attributes = draft.attributes
    .map(([name, v]) => ` ${name}='${escapeAttribute(v)}'`)
    .join('')
  const tag = `${indent}<${draft.name}${attributes}`
  if (draft.children.length === 0) {
    lines.push(draft.text === '' ? `${tag}/>` : `${tag}>${escapeText(draft.text)}</${draft.name}>`)
    return
  }
  lines.push(draft.text === '' ? `${tag}>` : `${tag}>${escapeText(draft.text)}`)
  for (const child of draft.children) {
    if (typeof child === 'string') lines.push(`${indent}  ${child}`)
    else print(child, `${indent}  `, lines)
  }
  lines.push(`${indent}</${draft.name}>`)
}

function escapeText(value: string): string {
  return value.replace(/[&<>\r]/g, (c) => textEscapes[c] ?? c)
}

function escapeAttribute(value: string): string {
  return value.replace(/[&<>'"\t\n\r]/g, (c) => attributeEscapes[c] ?? c)
}

const textEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
}

// White space in an attribute would be read back as blanks.
const attributeEscapes: Readonly<Record<string, string>> = {
  ...textEscapes,
  "'": '&apos;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
}
