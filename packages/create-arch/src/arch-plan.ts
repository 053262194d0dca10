import type { ArchNames } from './arch-names.ts'
import type { AskedFamily, EmulatorFacts } from './facts/emulator-facts.ts'
import type { PackageHome } from './package-home.ts'
import type { QemuTarget } from './qemu-targets.ts'

/** Everything that the files of a new package are made from. */
export interface ArchPlan {
  readonly names: ArchNames
  readonly home: PackageHome
  /** npm's name of its license: `Apache-2.0`. */
  readonly license: string
  /** File names of the emulators, by guest architecture. */
  readonly emulators: Readonly<Record<string, string>>
  /** Where QEMU's target is known. */
  readonly target?: QemuTarget
  /** Where an emulator is installed and answered. */
  readonly facts?: EmulatorFacts
  /** The family of machines that the package starts with. */
  readonly family?: AskedFamily
}
