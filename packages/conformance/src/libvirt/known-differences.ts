import { scenarioPattern } from '../run/select-cases.ts'

/** What libvirt does otherwise than a scenario wants it. */
export type DifferenceKind =
  /** It refuses what is offered. */
  | 'refused'
  /** It accepts, and refuses when the command line is to be made: at a start. */
  | 'refused-late'
  /** It starts a QEMU that ends at once. */
  | 'not-started'
  /** It accepts what is to be refused. */
  | 'accepted'
  /** It accepts, and what becomes of the document is not what is expected. */
  | 'other'

export interface KnownDifference {
  /** Scenarios, as patterns. */
  readonly scenarios: readonly string[]
  readonly kind: DifferenceKind
  /** Where it is only so for some guest architectures. */
  readonly guests?: readonly string[]
  /** Why polyvirt means it as the scenario says. */
  readonly why: string
}

/**
 * Documents that end the daemon of libvirt 9.0, with every other client's connection: it makes room for
 * as many vCPUs as are written there, up to 2^32, before it looks whether there can be so many. They are
 * not put to it.
 */
export const deadlyScenarios: readonly string[] = ['vcpu/negative', 'hostile/vcpus-many']

/** Differences of libvirt 9.0 that are known, and meant. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    scenarios: [
      'cpu/unknown-model',
      'cpu/foreign-model',
      'cpu/host-passthrough-tcg',
      'cpu/host-model-tcg',
    ],
    kind: 'refused-late',
    why: 'a CPU that can never run is refused when it is defined, not when it is started',
  },
  {
    scenarios: ['cpu/unknown-model', 'cpu/foreign-model'],
    kind: 'accepted',
    why: 'a CPU that nobody has is refused by name; libvirt leaves it to QEMU on this architecture',
  },
  {
    scenarios: ['identity/name-dots'],
    kind: 'accepted',
    why: 'files are named after a guest; libvirt 9.0 refuses such a name only while folders of its own are missing',
  },
  {
    scenarios: ['identity/unicode'],
    kind: 'refused-late',
    why: 'a name may have any letter in any locale; a libvirt whose locale is C makes no command line of it',
  },
  {
    scenarios: ['vcpu/threads'],
    kind: 'accepted',
    guests: ['ppc64le', 'ppc64'],
    why: 'TCG gives a pseries machine one thread a core, and QEMU ends at the start',
  },
  {
    scenarios: ['feature/*', 'timer/*', 'lifecycle/power-button'],
    kind: 'accepted',
    why: 'a feature that the machine does not have is refused rather than kept without effect',
  },
  {
    scenarios: ['feature/*', 'timer/*'],
    kind: 'refused-late',
    why: 'a feature that the machine does not have is refused when it is defined',
  },
  {
    scenarios: [
      'feature/largeDecr',
      'feature/rptInvalidate',
      'feature/fwnmi',
      'feature/ailMode3',
      'feature/aia',
    ],
    kind: 'refused',
    why: 'libvirt 9.0 has no word for this feature, which its QEMU has',
  },
  {
    scenarios: ['model/*', 'video/*', 'watchdog/*', 'cdrom/*', 'disk/*', 'tpm/*'],
    kind: 'refused-late',
    why: 'a device that the architecture does not have is refused when it is defined',
  },
  {
    scenarios: ['model/*', 'watchdog/*-fires'],
    kind: 'accepted',
    why: 'a device that the machine has no bus for is refused; QEMU ends on it, or nothing finds it',
  },
  {
    scenarios: ['tpm/emulated', 'model/tpm/*'],
    kind: 'refused',
    why: 'libvirt 9.0 knows TPMs that are served from outside on some architectures only',
  },
  {
    scenarios: ['model/memory/sgx-epc'],
    kind: 'refused',
    why: 'what the host has not is refused at the start; libvirt asks QEMU for the host’s SGX when it is defined',
  },
  {
    scenarios: ['model/controller-scsi/dc390'],
    kind: 'not-started',
    why: 'QEMU’s name of it is dc390, and libvirt 9.0 asks for dc-390',
  },
  {
    scenarios: ['model/controller-pci/pcie-to-pci-bridge'],
    kind: 'not-started',
    why: 'a bridge is made after the port that it stands on; libvirt 9.0 makes a port that it has added itself too late',
  },
  {
    scenarios: ['memory/none'],
    kind: 'accepted',
    why: 'less memory than firmware needs is refused rather than a guest that hangs',
  },
  {
    scenarios: ['firmware/flash', 'firmware/relative', 'disk/relative-path', 'boot/initrd-alone'],
    kind: 'accepted',
    why: 'what would be passed over in silence, or be looked for in a folder that nobody knows, is refused',
  },
  {
    scenarios: ['channel/same-name'],
    kind: 'accepted',
    why: 'a guest finds a channel by its name, and of two it finds one',
  },
  {
    scenarios: ['identity/named', 'command-line/arguments', 'memory/no-merging', 'clock/variable'],
    kind: 'other',
    why: 'the same thing in other words: white space, places on the command line, another moment',
  },
  {
    scenarios: ['interface/default-model'],
    kind: 'other',
    why: 'what libvirt translates has each card on a tap, whatever it is on (domxml-to-native of 9.0)',
  },
  {
    scenarios: [
      'hostile/declared-encoding',
      'hostile/namespace-unbound',
      'hostile/number-digits',
      'hostile/name-line',
    ],
    kind: 'accepted',
    why: 'what a reader could take for something else is refused',
  },
]

/** The difference as it is known, where it is. */
export function knownDifference(
  scenario: string,
  guest: string,
  kind: DifferenceKind,
): KnownDifference | undefined {
  return knownDifferences.find(
    (one) =>
      one.kind === kind &&
      (one.guests === undefined || one.guests.includes(guest)) &&
      one.scenarios.some((pattern) => scenarioPattern(pattern).test(scenario)),
  )
}
