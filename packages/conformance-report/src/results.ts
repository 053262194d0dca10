/**
 * What a run of the suite leaves behind: plain data, which is also the JSON report. Written by the
 * runner, read by every form of report, by `--rerun failed` and by whoever compares two runs.
 */

/**
 * From the cheapest to the dearest: tables that agree, plans, recorded command lines, a QEMU that is
 * started paused, a guest that boots, a host that runs guests of its own.
 */
export const tiers = ['laws', 'model', 'golden', 'live', 'guest', 'nested'] as const
export type Tier = (typeof tiers)[number]

/** `not-run` is what this machine could not try; it counts as neither passed nor failed. */
export type Outcome = 'passed' | 'failed' | 'not-run'

/**
 * What was looked for: `offered`, the architecture says that it has this, so it must hold; or
 * `refused`, it does not, so the same document must be turned down with a code, at the right place.
 */
export type Face = 'offered' | 'refused'

/** A problem that a document was refused for, as the user sees it. */
export interface Refused {
  readonly code: string
  readonly path?: string
  readonly line?: number
  readonly message: string
}

/** What a reader opens to see why. Everything is optional: each tier leaves what it has. */
export interface Evidence {
  /** The domain document that was asked for. */
  readonly xml?: string
  /** The definition it became, with all defaults and addresses. */
  readonly stored?: string
  /** QEMU's command line. */
  readonly argv?: readonly string[]
  readonly refusal?: readonly Refused[]
  /** What QEMU answered over QMP, by command. */
  readonly live?: Readonly<Record<string, unknown>>
  /** What the guest printed on its console, control characters made visible, cut to 64 KiB. */
  readonly console?: string
  /** What became of each act that was played in one guest, a line each. */
  readonly acts?: string
  /** What the guest reported from inside. */
  readonly guest?: unknown
  /** Pictures as `data:image/png;base64,…`. */
  readonly screenshots?: readonly { readonly title: string; readonly url: string }[]
}

export interface Failure {
  readonly message: string
  readonly stack?: string
}

/** One scenario (or law) on one machine in one tier. */
export interface CaseResult {
  /** `GUEST/MACHINE/TIER/SCENARIO`; unique in a run, and the same on every machine. */
  readonly id: string
  /** Name of the architecture's driver: `ppc64`. */
  readonly arch: string
  /** Guest architecture: `ppc64le`. */
  readonly guest: string
  /** Machine profile: `pseries`. */
  readonly machine: string
  readonly tier: Tier
  /** `disk/two-on-virtio`: its first part is the chapter. */
  readonly scenario: string
  /** A sentence about the domain. */
  readonly title: string
  readonly face: Face
  readonly outcome: Outcome
  /** Why it was not run, or what refused it: one line. */
  readonly reason?: string
  readonly failure?: Failure
  readonly durationMs: number
  readonly evidence?: Evidence
}

/** What an architecture's tables offer, and which scenarios reached it. */
export interface CoverageResult {
  readonly guest: string
  readonly machine: string
  /** `device:disk/virtio`, `feature:acpi`, `timer:rtc`. */
  readonly offered: readonly string[]
  /** Of those, what no scenario reached. */
  readonly unreached: readonly string[]
}

/** The emulator that a target's live tiers ran on. */
export interface EmulatorResult {
  readonly guest: string
  readonly path: string
  /** `7.2.22`; absent where none was found. */
  readonly version?: string
}

export interface ConformanceRun {
  readonly format: 1
  /** Label of the column where runs stand side by side: `QEMU 7.2`, `libvirt 9.0.0`. */
  readonly label: string
  /** What was tried: `polyvirt 0.1.0` or `libvirt 9.0.0 at qemu:///session`. */
  readonly subject: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
  /** What the machine is: `Linux 6.1 x86_64, 2 CPUs, no usable KVM (…)`. */
  readonly host: string
  readonly shard?: { readonly index: number; readonly of: number }
  readonly emulators: readonly EmulatorResult[]
  readonly cases: readonly CaseResult[]
  readonly coverage: readonly CoverageResult[]
  /** Says that the run was stopped before its end. */
  readonly interrupted?: boolean
}
