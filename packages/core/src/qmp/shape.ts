/**
 * Shapes of the data a peer sends, checked once where it enters.
 *
 * A compromised or merely different QEMU may answer with anything; a shape turns that into one
 * error naming the place, instead of a `TypeError` somewhere later. Fields a shape does not name
 * are let through: newer QEMUs add some.
 */
export interface Shape<T> {
  /** The place and the reason, as `return.status: expected a string`; undefined where it fits. */
  readonly problem: (value: unknown, path: string) => string | undefined
  readonly optional?: boolean
  /** Never set: carries the type. */
  readonly type?: T
}

/** A field that may be absent; only {@link object} looks at it. */
export interface OptionalShape<T> extends Shape<T> {
  readonly optional: true
}

/** Optional fields must be written with {@link optional}, the others must not. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? OptionalShape<Exclude<T[K], undefined>>
    : RequiredShape<T[K]>
}

/** A field that must be there. */
export type RequiredShape<T> = Shape<T> & { readonly optional?: false }

function primitive<T>(name: string, fits: (value: unknown) => boolean): RequiredShape<T> {
  return { problem: (value, path) => (fits(value) ? undefined : `${path}: expected ${name}`) }
}

export const string: RequiredShape<string> = primitive('a string', (v) => typeof v === 'string')
export const boolean: RequiredShape<boolean> = primitive(
  'true or false',
  (v) => typeof v === 'boolean',
)
export const number: RequiredShape<number> = primitive('a number', (v) => typeof v === 'number')
export const unknownValue: RequiredShape<unknown> = primitive('a value', () => true)
/** What a command returns that returns nothing: QEMU sends `{}`. */
export const nothing: RequiredShape<unknown> = primitive('an object', isRecord)

/** Any object; its fields are unknown. */
export const record: RequiredShape<Readonly<Record<string, unknown>>> = primitive(
  'an object',
  isRecord,
)

export function array<T>(item: RequiredShape<T>): RequiredShape<readonly T[]> {
  return {
    problem(value, path) {
      if (!Array.isArray(value)) return `${path}: expected an array`
      // Hundreds of names fit and none needs its place.
      const index = value.findIndex((entry) => item.problem(entry, '') !== undefined)
      return index < 0 ? undefined : item.problem(value[index], `${path}[${index}]`)
    },
  }
}

export function object<T extends object>(fields: Fields<T>): RequiredShape<T> {
  const entries = Object.entries<Shape<unknown>>(fields as Record<string, Shape<unknown>>)
  return {
    problem(value, path) {
      if (!isRecord(value)) return `${path}: expected an object`
      for (const [key, shape] of entries) {
        const field = Object.hasOwn(value, key) ? value[key] : undefined
        if (field === undefined && shape.optional === true) continue
        const found = shape.problem(field, `${path}.${key}`)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}

export function optional<T>(shape: RequiredShape<T>): OptionalShape<T> {
  return { problem: shape.problem, optional: true }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
