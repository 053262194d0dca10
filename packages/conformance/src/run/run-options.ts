import type { Arch, QemuCapabilities } from '@polyvirt/core/arch'
import type { Tier } from '@polyvirt/conformance-report'
import type { GuestRecipe } from '../guest/guest-recipe.ts'
import type { NestedRecipe } from '../nested/nested-recipe.ts'
import type { ConformanceEvent } from './conformance-case.ts'

/** An architecture to be tried. */
export interface ArchSubject {
  readonly arch: Arch
  /** The package's recordings; without them there is no golden tier, and the emulator is asked instead. */
  readonly fixtures?: URL
  /** Capabilities by emulator, for an architecture whose emulator does not exist. */
  readonly capabilities?: Readonly<Record<string, QemuCapabilities>>
  /** How to make guests that nobody knows yet, by guest architecture. */
  readonly recipes?: Readonly<Record<string, GuestRecipe>>
  /** How to emulate hosts that nobody knows yet, by guest architecture. */
  readonly nestedHosts?: Readonly<Record<string, NestedRecipe>>
  /**
   * Folders of the packages that make polyvirt for this architecture: the command, core, its own. A host
   * that is emulated gets them installed (tier `nested`).
   */
  readonly packages?: readonly string[]
  /** CPU models that the guest kernel runs on: one more boot each, on the first target. */
  readonly bootCpus?: readonly string[]
  /** A guest that goes through everything that can be done to it is among the few that are booted. */
  readonly bootLife?: boolean
}

/**
 * How many guests are booted: none; one a machine; also, on an architecture's first machine, those that
 * are told to do something; or every scenario that has something to ask a guest, everywhere.
 */
export type Boots = 'none' | 'few' | 'most' | 'all'

/** Which cases are wanted; what is left out means all. */
export interface CaseSelection {
  readonly tiers?: readonly Tier[]
  /** Guest architectures; laws go with the first guest of their architecture. */
  readonly guests?: readonly string[]
  /** Scenarios by id, by chapter (`disk`), or by pattern (`disk/*`, `*cdrom*`). */
  readonly scenarios?: readonly string[]
  /** Cases by their ids: those that failed last time. */
  readonly only?: readonly string[]
  /** A part of the cases, from 1: the same on every machine, whatever else is selected. */
  readonly shard?: { readonly index: number; readonly of: number }
  /** Default: `most`, or `all` where scenarios or cases are named. */
  readonly boots?: Boots
}

export interface ConcurrencyOptions {
  /** QEMUs that are started paused at a time. Default: one a core. */
  readonly live?: number
  /** Guests that boot at a time. Default: one a core. */
  readonly guest?: number
}

export interface RunConformanceOptions extends CaseSelection {
  readonly arches: readonly ArchSubject[]
  /** Other emulators than the installed ones, by guest architecture: everything is asked of those. */
  readonly emulator?: Readonly<Record<string, string>>
  /**
   * libvirt's connection to ask instead, by virsh: the same scenarios are defined there (tier model),
   * started paused (tier live), and booted (tier guest).
   */
  readonly connect?: string
  readonly concurrency?: ConcurrencyOptions
  /** Ends the run early: guests are stopped, and what is known so far is given. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ConformanceEvent) => void
  /** Of the column; from the emulators' version unless given. */
  readonly label?: string
  /** Of an earlier run, by case id: how long each took, to guess what is left. */
  readonly durationsMs?: ReadonlyMap<string, number>
  /** Whose evidence is kept. Default: of all cases. */
  readonly evidence?: 'all' | 'failed'
}
