import type { Vendor } from './vendors.ts'

/** One CPU model as the tables write it: what differs from another one. */
export interface ModelRow {
  readonly name: string
  readonly vendor?: Vendor
  /**
   * Processors that are this model: `family/model`, or `family/model/first-last` where only some
   * steppings are. The first one stands for the model.
   */
  readonly signatures?: readonly string[]
  /** Whose CPU may be called so: a host's only, or nobody's. Everybody's when missing. */
  readonly decode?: 'host' | 'never'
  /** The model that this one is made from. */
  readonly base?: string
  /** Features beyond the base's, between blanks. */
  readonly add?: string
  /** Features of the base that this one lacks. */
  readonly drop?: string
  /**
   * Features that the model once had and QEMU's older machines still give it, so a guest must be
   * told not to.
   */
  readonly removed?: string
  /** The model came after libvirt 9.0: taken only for a processor of its own signature, or by name. */
  readonly newer?: boolean
  /** A numbered version of its base, whose vendor and signatures it has; nobody's CPU is called so unasked. */
  readonly version?: boolean
}
