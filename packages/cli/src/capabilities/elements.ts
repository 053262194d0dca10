import { childrenNamed, elementAt } from '../core.ts'
import type { XmlElement } from '../core.ts'

export { elementAt as inside }

/** The children of this name; none where there is no element. */
export function named(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element === undefined ? [] : childrenNamed(element, name)
}

/** The text at the end of a path; nothing where it is blank. */
export function textOf(
  element: XmlElement | undefined,
  ...path: readonly string[]
): string | undefined {
  const text = elementAt(element, ...path)?.text.trim()
  return text === '' ? undefined : text
}

export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.get(name)
}

/** An attribute that says yes or no. */
export function flagOf(element: XmlElement | undefined, name: string): boolean | undefined {
  const value = element?.attributes.get(name)
  return value === undefined ? undefined : value === 'yes' || value === 'on'
}

/** A whole number, or nothing where there is none or something else. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text.trim()) ? Number(text) : undefined
}

const unitKiB: Readonly<Record<string, number>> = { KiB: 1, MiB: 1024, GiB: 1024 ** 2 }

/** A size with a `unit`, in KiB, as libvirt's where none is given; bytes are rounded down. */
export function kibibytes(element: XmlElement | undefined, value?: string): number | undefined {
  const number = numberOf(value)
  const unit = element?.attributes.get('unit') ?? 'KiB'
  if (number === undefined) return undefined
  if (unit === 'B' || unit === 'bytes') return Math.floor(number / 1024)
  return Object.hasOwn(unitKiB, unit) ? number * (unitKiB[unit] ?? 1) : undefined
}

/** An object without the members that are not known. */
export type Defined<T> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & { readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

export function defined<T extends object>(value: T): Defined<T> {
  const known = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(known) as unknown as Defined<T>
}
