import type { BoardWord, DeviceKind, FeatureName, TimerName } from '@polyvirt/core/arch'
import type { GuestReport } from './guest/guest-report.ts'
import type { FirmwareSession, GuestSession } from './guest-session.ts'
import type { HostNeed } from './host-needs.ts'
import type { Life } from './life/life.ts'
import type { LiveMachine } from './live-machine.ts'
import type { Planned } from './plan-scenario.ts'
import type { Target } from './target.ts'

/**
 * Something an architecture may offer, as its own tables say: a row of the device allow-list
 * (`device:watchdog`), a model in one (`device:controller:scsi/virtio-scsi`), a feature, a timer,
 * room on the board for so many virtio devices of one kind (`places:disk:30`), or what a board has that
 * does not say that it lacks it (`board:fw-cfg`).
 */
export type Capability =
  | `device:${string}`
  | `feature:${FeatureName}`
  | `timer:${TimerName}`
  | `places:${DeviceKind}:${number}`
  | `board:${BoardWord}`

/** How a document that cannot be accepted anywhere is refused. */
export interface Refusal {
  /** One of the two codes for a wrong document, where it is left open. */
  readonly code?: string
  /** Start of the path of one of the problems. */
  readonly path: string
  /** It is about the document as a whole, so that there is no place to name. */
  readonly nowhere?: boolean
}

/**
 * One domain, and what must become of it on every architecture.
 *
 * A scenario names no architecture, machine or address unless that is what it is about: defaults
 * fill them in. Whether it applies is not for the scenario to say: `uses` is looked up in the
 * architecture, and where something is not offered, the same document must be refused.
 */
export interface Scenario {
  /** Chapter and name, `disk/two-on-virtio`: also the golden file's name. */
  readonly id: string
  /** A sentence about the domain. */
  readonly title: string
  readonly uses: readonly Capability[]
  readonly domain: string
  /** Refused everywhere. */
  readonly refused?: Refusal
  /** A rule of the machine may refuse it, and then at one of these paths; where none does, it holds. */
  readonly mayRefuse?: string | readonly string[]
  /** Start of a path at which what is not offered may be refused as well: what would have stood on it. */
  readonly missingAt?: string
  /** Members of the definition that are set right rather than kept, as libvirt does. */
  readonly corrects?: readonly string[]
  readonly expect?: Expectations
  /** Has a golden command line. Default: true, except for generated scenarios. */
  readonly golden?: boolean
  /** Is started paused in the live tier. Default: true. */
  readonly live?: boolean
  /** Many boots' work in one: it is begun before others and has twice their time. */
  readonly isLong?: boolean
  /** Kernel modules that its guest cannot do without; where the kernel has none, it is not booted. */
  readonly drivers?: (planned: Planned) => readonly string[]
  /** Why there is nothing to see with the emulator at hand; then no guest is booted for it. */
  readonly notRun?: (target: Target) => string | undefined
  /** What of the machine at hand it takes to start it; where that is missing, it is not run. */
  readonly needs?: readonly HostNeed[]
}

/** What a chapter adds to the traits that hold for every scenario. */
export interface Expectations {
  readonly plan?: (planned: Planned) => void
  readonly live?: (machine: LiveMachine, planned: Planned) => void | Promise<void>
  /** On what the guest reports; like {@link inside}, it makes the scenario part of the guest tier. */
  readonly guest?: (report: GuestReport, planned: Planned) => void
  /** With the guest while it runs: it obeys commands, and its QEMU answers. */
  readonly inside?: (session: GuestSession) => Promise<void>
  /** With a guest that a hypervisor keeps, to be changed by libvirt's verbs. Part of the guest tier as well. */
  readonly life?: (life: Life) => Promise<void>
  /** With the machine before it begins, without a kernel: firmware is all that will run. Part of the guest tier as well. */
  readonly firmware?: (session: FirmwareSession) => Promise<void>
}

/** vCPUs of a document that does not say: two, because one hides what goes wrong between them. */
export const usualVcpus = 2

/** Parts of a domain document; what is left out has a small default. */
export interface DomainParts {
  /** Accelerator: `qemu` unless given. */
  readonly type?: string
  /** Machine type; without one the target's is taken. */
  readonly machine?: string
  readonly name?: string
  /** Children of `<domain>` before `<os>`: `<memory>` and `<vcpu>` unless given here. */
  readonly head?: string
  readonly memory?: string
  readonly vcpu?: string
  /** Children of `<os>` behind `<type>`. */
  readonly os?: string
  readonly features?: string
  readonly cpu?: string
  readonly clock?: string
  /** Children of `<domain>` before `<devices>`. */
  readonly middle?: string
  readonly devices?: string
  /** Children of `<domain>` behind `<devices>`. */
  readonly tail?: string
  /** Attributes of `<domain>`. */
  readonly attributes?: string
}

/**
 * A document from its parts. The memory is what the smallest machine needs in whole steps, so that
 * one document suits all.
 */
export function domainXml(parts: DomainParts = {}): string {
  const optional = (name: string, inner: string | undefined): string =>
    inner === undefined ? '' : `  <${name}>${inner}</${name}>\n`
  const machine = parts.machine === undefined ? '' : ` machine='${parts.machine}'`
  return (
    `<domain type='${parts.type ?? 'qemu'}'${parts.attributes === undefined ? '' : ` ${parts.attributes}`}>\n` +
    `  <name>${parts.name ?? 'conformance'}</name>\n` +
    (parts.head ?? '') +
    `  ${parts.memory ?? "<memory unit='MiB'>512</memory>"}\n` +
    `  ${parts.vcpu ?? `<vcpu>${usualVcpus}</vcpu>`}\n` +
    `  <os><type${machine}>hvm</type>${parts.os ?? ''}</os>\n` +
    optional('features', parts.features) +
    (parts.cpu ?? '') +
    (parts.clock ?? '') +
    (parts.middle ?? '') +
    optional('devices', parts.devices ?? '') +
    (parts.tail ?? '') +
    '</domain>\n'
  )
}

/**
 * A disk image by what it is: the live and guest tiers make such files, the others only name them.
 * `/images/` stands for the folder they are made in.
 */
export const image = (name: string, mebibytes: number, format: 'raw' | 'qcow2' = 'raw'): string =>
  `/images/${name}-${mebibytes}M.${format}`
