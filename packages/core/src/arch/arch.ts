import type { CpuDriver } from './cpu-driver.ts'
import type { DeviceAllowList } from './device-allow-list.ts'
import type { FeaturePolicy } from './feature-policy.ts'
import type { HostInfoReader } from './host-info.ts'
import type { MachineBuilder } from './machine-builder.ts'

/**
 * One CPU architecture as core sees it: data first, behaviour only where a table cannot say it.
 *
 * A package exports one such value; `createRegistry` takes it. Core asks it questions and never
 * asks its name. Nothing in it may read files, start processes or look at the machine polyvirt
 * runs on: the guest's architecture is not the host's.
 */
export interface Arch {
  /** Names this driver in messages and files: one short word. Core never branches on it. */
  readonly name: string
  /** The npm package it comes from; `explain` shows it as the owner of a rule. */
  readonly package: string
  /** Values of `<type arch='…'>` it serves, default first. */
  readonly guests: readonly [GuestArch, ...GuestArch[]]
  readonly cpu: CpuDriver
  readonly host: HostInfoReader
  readonly features: FeaturePolicy
  readonly devices: DeviceAllowList
  readonly machine: MachineBuilder
}

/** One guest architecture: what libvirt calls an arch. */
export interface GuestArch {
  /** libvirt's name, as `<type arch>` has it. */
  readonly name: string
  /** QEMU binaries that run it, best first, as names without a path. */
  readonly emulators: readonly [string, ...string[]]
  /** Debian's package with such a binary, for the message that says what to install. */
  readonly emulatorPackage: string
  /** QEMU's name of the target in firmware descriptors; none where there is no such firmware. */
  readonly firmwareName?: string
  /** Debian's package with such firmware, for the message that says what to install. */
  readonly firmwarePackage?: string
  /** The first QEMU that runs this guest at all; an older one is refused by name. */
  readonly oldestEmulator?: {
    readonly version: readonly [major: number, minor: number]
    /** Completes the message: what older ones cannot do. */
    readonly reason: string
  }
  readonly wordSize: 32 | 64
  readonly endian: 'little' | 'big'
  /** Kernel's `uname -m` of hosts that run this guest under KVM. */
  readonly kvmHosts: readonly string[]
  /** `<features>` of the guest in `capabilities`, by name, with libvirt's default and toggle. */
  readonly capabilityFeatures?: readonly CapabilityFeature[]
}

export interface CapabilityFeature {
  readonly name: string
  readonly default?: boolean
  readonly toggle?: boolean
}
