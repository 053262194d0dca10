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
  /** `-device` types without properties. */
  readonly devices?: readonly string[]
}
