/**
 * What one setting becomes on QEMU's command line. Core puts the pieces where they belong, in
 * QEMU's order; a table row says which pieces there are.
 */
export interface Effects {
  /** Properties of `-machine`. */
  readonly machine?: Readonly<Record<string, string>>
  /** `name=value` behind the CPU model. */
  readonly cpu?: Readonly<Record<string, string>>
  /** `-global driver.property=value`. */
  readonly global?: readonly string[]
  /** Options of their own, such as `-no-hpet`. */
  readonly options?: readonly string[]
  /** `-device`s that no element of a document stands for: a type, or a type with its properties. */
  readonly devices?: readonly (string | DeviceEffect)[]
}

/** A device of the machine's own; its properties are given as JSON. */
export interface DeviceEffect {
  readonly driver: string
  readonly [property: string]: string | number | boolean
}
