import { quote } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { childNamed } from './element.ts'
import type { XmlElement } from './element.ts'
import { join } from './field.ts'
import type { ReadScope, XmlField } from './field.ts'
import { mapped } from './mapped.ts'

/** How one piece of text becomes a value and back. `undefined` from `parse` means: not valid. */
interface Codec<T> {
  parse(text: string): T | undefined
  format(value: T): string
  /** What would have been valid, for the message. */
  offered: string
  code?: ErrorCode
  suggest?(text: string): string | undefined
}

function value<T>(path: string, codec: Codec<T>): XmlField<T> {
  const steps = path.split('/')
  const way = wayTo(steps)
  return {
    knows: [path],
    read(scope) {
      const found = locate(scope, way)
      if (found === undefined) return undefined
      const parsed = codec.parse(found.text)
      if (parsed === undefined) {
        const near = codec.suggest?.(found.text)
        scope.report.problems.push({
          code: codec.code ?? 'ERR_XML_ERROR',
          message: `${quote(found.text)} is not ${codec.offered}${near === undefined ? '' : `; did you mean '${near}'?`}`,
          path: join(scope.path, path),
          place: found.element.place,
        })
      }
      return parsed
    },
    write(v, writer) {
      writer.put(steps, codec.format(v))
    },
  }
}

interface Located {
  readonly text: string
  readonly element: XmlElement
}

/** The children on a path, and the attribute at its end; without one, the last child's text is meant. */
interface Way {
  readonly children: readonly string[]
  readonly attribute: string | undefined
}

function wayTo(steps: readonly string[]): Way {
  const attribute = steps.find((step) => step.startsWith('@'))?.slice(1)
  return { children: steps.filter((step) => step !== '.' && !step.startsWith('@')), attribute }
}

/** The text at the end of a way, or nothing. A single element that stands twice is an error (first wins). */
function locate({ element: from }: ReadScope, { children, attribute }: Way): Located | undefined {
  let element = from
  for (const name of children) {
    const child = childNamed(element, name)
    if (child === undefined) return undefined
    element = child
  }
  const text = attribute === undefined ? element.text : element.attributes.get(attribute)
  return text === undefined ? undefined : { text, element }
}

const asText: Codec<string> = { parse: (t) => t, format: (v) => v, offered: 'text' }

/** Text as it is written. */
export function text(path: string): XmlField<string> {
  return value(path, asText)
}

/** Text, where an empty element or attribute says the same as a missing one. */
export function nonEmpty(path: string): XmlField<string> {
  return mapped(
    text(path),
    (v) => (v === '' ? undefined : v),
    (v) => v,
  )
}

/** One of a closed list of words; a near miss is named. */
export function oneOf<const T extends string>(
  path: string,
  words: readonly T[],
  code: ErrorCode = 'ERR_XML_ERROR',
): XmlField<T> {
  return value<T>(path, {
    parse: (t) => words.find((word) => word === t),
    format: (v) => v,
    offered: `one of ${words.join(', ')}`,
    suggest: (t) => nearest(t, words),
    code,
  })
}

/** `yes` and `no`. */
export function yesNo(path: string): XmlField<boolean> {
  return value(path, {
    parse: (t) => (t === 'yes' ? true : t === 'no' ? false : undefined),
    format: (v) => (v ? 'yes' : 'no'),
    offered: `'yes' or 'no'`,
  })
}

/** `on` and `off`. */
export function onOff(path: string): XmlField<boolean> {
  return value(path, {
    parse: (t) => (t === 'on' ? true : t === 'off' ? false : undefined),
    format: (v) => (v ? 'on' : 'off'),
    offered: `'on' or 'off'`,
  })
}

/** What a number may be; the bounds are inclusive. */
export interface NumberRange {
  readonly min?: number
  readonly max?: number
  /** For the message: `a port`, `a number of vCPUs`. */
  readonly what?: string
  readonly code?: ErrorCode
}

const digits = /^(?:0|[1-9][0-9]*)$/
const signedDigits = /^-?(?:0|[1-9][0-9]*)$/

/** A decimal whole number: digits only, no sign, no blanks, no exponent; one rule everywhere. */
export function integer(path: string, range: NumberRange = {}): XmlField<number> {
  const min = range.min ?? 0
  const max = range.max ?? Number.MAX_SAFE_INTEGER
  const pattern = min < 0 ? signedDigits : digits
  return value(path, {
    parse(t) {
      if (!pattern.test(t)) return undefined
      const number = Number(t)
      return Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined
    },
    format: String,
    offered: `${range.what ?? 'a number'} from ${min} to ${max === Number.MAX_SAFE_INTEGER ? '2^53-1' : max}`,
    ...(range.code && { code: range.code }),
  })
}

/** A whole number, decimal or `0x…`, written back as `0x` and `width` digits. */
export function hex(path: string, width: number, range: NumberRange = {}): XmlField<number> {
  const min = range.min ?? 0
  const max = range.max ?? 2 ** 48
  return value(path, {
    parse(t) {
      if (!/^(?:0[xX][0-9a-fA-F]{1,13}|0|[1-9][0-9]{0,14})$/.test(t)) return undefined
      const number = Number(t)
      return number >= min && number <= max ? number : undefined
    },
    format: (v) => `0x${v.toString(16).padStart(width, '0')}`,
    offered: `${range.what ?? 'a number'} from 0x${min.toString(16)} to 0x${max.toString(16)}`,
  })
}

/** The child exists: `<readonly/>`, or deeper: `source/pmem`. */
export function present(path: string): XmlField<boolean> {
  const steps = path.split('/')
  const way = wayTo(steps)
  return {
    knows: [path],
    read: (scope) => (locate(scope, way) === undefined ? undefined : true),
    write: (v, writer) => {
      if (v) writer.open(steps)
    },
  }
}
