import { RunFormatError } from './run-format-error.ts'

/** Says whether a value is what is wanted at a place. @throws RunFormatError where it is not. */
export type Shape = (value: unknown, path: string) => void

export type Fields = Readonly<Record<string, Shape>>

const wanted =
  (what: string, fits: (value: unknown) => boolean): Shape =>
  (value, path) => {
    if (!fits(value)) throw new RunFormatError(path, `found ${named(value)}, wanted ${what}`)
  }

export const text: Shape = wanted('text', (value) => typeof value === 'string')

export const flag: Shape = wanted('true or false', (value) => typeof value === 'boolean')

export const amount: Shape = wanted(
  'a number from 0',
  (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
)

export const ordinal: Shape = wanted(
  'a whole number from 1',
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
)

export const time: Shape = wanted(
  'a time in ISO 8601',
  (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !isNaN(Date.parse(value)),
)

/** Whatever JSON can hold. */
export const anything: Shape = () => {}

export const oneOf = (words: readonly unknown[]): Shape =>
  wanted(words.map(named).join(', '), (value) => words.includes(value))

export const list =
  (of: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value))
      throw new RunFormatError(path, `found ${named(value)}, wanted a list`)
    for (const [at, one] of value.entries()) of(one, `${path}[${at}]`)
  }

export const record =
  (of: Shape): Shape =>
  (value, path) => {
    for (const [name, one] of Object.entries(membersOf(value, path))) of(one, `${path}.${name}`)
  }

/** Members that are not named are kept: a later version may add some. */
export const object =
  (required: Fields, optional: Fields = {}): Shape =>
  (value, path) => {
    const members = membersOf(value, path)
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
    for (const [name, shape] of Object.entries(required)) {
      if (!Object.hasOwn(members, name)) throw new RunFormatError(at(name), 'is missing')
      shape(members[name], at(name))
    }
    for (const [name, shape] of Object.entries(optional)) {
      if (Object.hasOwn(members, name)) shape(members[name], at(name))
    }
  }

function membersOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw new RunFormatError(path, `found ${named(value)}, wanted an object`)
}

const maxNamed = 60

function named(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing'
  return written.length <= maxNamed ? written : `${written.slice(0, maxNamed)}…`
}
