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
      this.#at(steps, steps.length - 1).attributes.push([last.slice(1), value])
    } else {
      this.#at(steps, last === '.' ? steps.length - 1 : steps.length).text = value
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
    const draft = this.#at(steps, steps.length)
    return new XmlWriter(draft.name, draft)
  }

  /** A new child at the end of a path, even where one of that name exists. */
  append(steps: readonly string[]): XmlWriter {
    const parent = this.#at(steps, steps.length - 1)
    const child: Draft = { name: steps.at(-1) ?? '', attributes: [], children: [], text: '' }
    parent.children.push(child)
    return new XmlWriter(child.name, child)
  }

  /** The element that the first steps of a path lead to, made where it is missing. */
  #at(steps: readonly string[], count: number): Draft {
    let draft = this.#draft
    for (let i = 0; i < count; i++) draft = childNamed(draft, steps[i] ?? '')
    return draft
  }

  /** The document in libvirt's form: two blanks per level, single quotes, one element a line. */
  toString(): string {
    return print(this.#draft, '')
  }
}

/** The last child of a name, made where there is none. */
function childNamed(draft: Draft, name: string): Draft {
  const { children } = draft
  for (let i = children.length - 1; i >= 0; i--) {
    const child = children[i]
    if (typeof child === 'object' && child.name === name) return child
  }
  const child: Draft = { name, attributes: [], children: [], text: '' }
  children.push(child)
  return child
}

function print({ name, attributes, children, text }: Draft, indent: string): string {
  let printed = `${indent}<${name}`
  for (const [key, value] of attributes) printed += ` ${key}='${escapeAttribute(value)}'`
  if (children.length === 0 && text === '') return `${printed}/>\n`
  printed += text === '' ? '>' : `>${escapeText(text)}`
  if (children.length === 0) return `${printed}</${name}>\n`
  printed += '\n'
  const deeper = `${indent}  `
  for (const child of children) {
    printed += typeof child === 'string' ? `${deeper}${child}\n` : print(child, deeper)
  }
  return `${printed}${indent}</${name}>\n`
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
