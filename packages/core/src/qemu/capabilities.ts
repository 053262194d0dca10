/**
 * What one QEMU binary can do, as it said itself over QMP. Plain data: it is cached as JSON, and a
 * recording of one machine's answer serves as well as the binary.
 */
export interface QemuCapabilities {
  readonly version: { readonly major: number; readonly minor: number; readonly micro: number }
  /** QEMU's own name for its target: `query-target`. */
  readonly target: string
  readonly machines: readonly QemuMachine[]
  readonly cpus: readonly QemuCpu[]
  /** Every concrete device type, sorted. */
  readonly devices: readonly string[]
  /** Types that `-object` makes, sorted; a recording may lack them. */
  readonly objects?: readonly string[]
  /** Properties of device types, where they were asked about. */
  readonly deviceProperties: Readonly<Record<string, readonly string[]>>
  readonly kvm: KvmStatus
  /**
   * Properties of the widest CPU that each accelerator can give (`max` of TCG, `host` of KVM):
   * `query-cpu-model-expansion`. Absent where the target cannot say.
   */
  readonly widestCpu?: { readonly qemu?: CpuProperties; readonly kvm?: CpuProperties }
  /** The model that QEMU names as the base of the widest CPU, where it names another one. */
  readonly widestModel?: { readonly qemu?: string; readonly kvm?: string }
}

/** Properties of a CPU by QEMU's names; a feature is a boolean. */
export type CpuProperties = Readonly<Record<string, boolean | number | string>>

/** A machine type: `query-machines`. */
export interface QemuMachine {
  readonly name: string
  readonly alias?: string
  readonly cpuMax: number
  /** QOM type of the machine's CPU where none is asked for. */
  readonly defaultCpuType?: string
  /** Id of the memory backend that is the machine's RAM. */
  readonly defaultRamId?: string
  readonly hotpluggableCpus: boolean
  readonly deprecated: boolean
  readonly isDefault: boolean
  /** Whether the machine has ACPI, and a property to switch it: since QEMU 8.2; absent before. */
  readonly acpi?: boolean
}

/** A CPU model: `query-cpu-definitions`. */
export interface QemuCpu {
  readonly name: string
  readonly typename?: string
  readonly deprecated?: boolean
  /** Features this host or accelerator cannot give; absent where QEMU does not say. */
  readonly unavailableFeatures?: readonly string[]
}

/** Whether hardware virtualization works for this binary and this user, and if not, why. */
export interface KvmStatus {
  readonly present: boolean
  readonly usable: boolean
  readonly reason?: string
  /** CPU models with features that KVM on this host cannot give as unavailable. */
  readonly cpus?: readonly QemuCpu[]
  /** When a trial guest found that out, in milliseconds since the epoch. */
  readonly sinceMs?: number
}

/** Is this QEMU at least that version? True where no version is asked for. */
export function isSince(
  { version }: Pick<QemuCapabilities, 'version'>,
  since: readonly [major: number, minor: number] | undefined,
): boolean {
  if (since === undefined) return true
  const [major, minor] = since
  return version.major > major || (version.major === major && version.minor >= minor)
}

/** `7.2`, for messages. */
export function versionText({ version }: Pick<QemuCapabilities, 'version'>): string {
  return `${version.major}.${version.minor}`
}

/** The machine type with this name or alias. */
export function findMachine(capabilities: QemuCapabilities, name: string): QemuMachine | undefined {
  // A versioned name wins over an alias of the same spelling.
  return (
    capabilities.machines.find((machine) => machine.name === name) ??
    capabilities.machines.find((machine) => machine.alias === name)
  )
}

/** Is this device type built in? */
export function hasDevice({ devices }: QemuCapabilities, type: string): boolean {
  let known = deviceSets.get(devices)
  if (known === undefined) deviceSets.set(devices, (known = new Set(devices)))
  return known.has(type)
}

/** An emulator has hundreds of types, and each plan asks for dozens. */
const deviceSets = new WeakMap<readonly string[], ReadonlySet<string>>()
