import { hasDevice } from '@polyvirt/core/arch'
import type { QemuCapabilities, QemuCpu } from '@polyvirt/core/arch'
import { currentName, generationOf, isVariant } from './cpu-models.ts'

/** What QEMU calls a model that libvirt gave another name. */
const qemuNames: Readonly<Record<string, string>> = {
  POWERPC_e5500: 'e5500',
  POWERPC_e6500: 'e6500',
}

/** QEMU's models by the document's names: generations in upper case, everything else as it is. */
export function documentName({ name }: QemuCpu): string {
  return generationOf(name) === undefined ? name : name.toUpperCase()
}

/** QEMU's CPU for a model of a document. QEMU does not care for case, documents do. */
export function findCpu(model: string, { cpus }: QemuCapabilities): QemuCpu | undefined {
  const current = currentName(model)
  const wanted = Object.hasOwn(qemuNames, current) ? qemuNames[current] : current
  const upper = isVariant(current) || current === 'POWER5+'
  const named = namesOf(cpus)
  return wanted === undefined ? undefined : (upper ? named.upper : named.document).get(wanted)
}

interface CpuNames {
  readonly upper: ReadonlyMap<string, QemuCpu>
  readonly document: ReadonlyMap<string, QemuCpu>
}

/** QEMU has hundreds of models for Power, and each plan looks for one several times. */
const knownNames = new WeakMap<readonly QemuCpu[], CpuNames>()

function namesOf(cpus: readonly QemuCpu[]): CpuNames {
  let names = knownNames.get(cpus)
  if (names === undefined) {
    names = { upper: byName(cpus, upperName), document: byName(cpus, documentName) }
    knownNames.set(cpus, names)
  }
  return names
}

/** The first of a name counts. */
function byName(cpus: readonly QemuCpu[], nameOf: (cpu: QemuCpu) => string): CpuNames['upper'] {
  return new Map(cpus.toReversed().map((one) => [nameOf(one), one]))
}

function upperName({ name }: QemuCpu): string {
  return name.toUpperCase()
}

/**
 * Does the machine take this CPU? `pseries` plugs cores, and has a type of core for some models
 * only. A recording without any tells nothing.
 */
export function hasCore({ name, typename = '' }: QemuCpu, capabilities: QemuCapabilities): boolean {
  // Only aliases name their type; a revision is its own.
  const revision = typename === '' ? name : typename.replace(/-powerpc(?:64)?-cpu$/, '')
  return (
    hasDevice(capabilities, `${revision}-spapr-cpu-core`) ||
    !capabilities.devices.some((device) => device.endsWith('-spapr-cpu-core'))
  )
}

/** Generations that this QEMU emulates, oldest first. */
export function generationsIn({ cpus }: QemuCapabilities): readonly number[] {
  const found = cpus.flatMap(({ name }) => generationOf(name) ?? [])
  return [...new Set(found)].toSorted((a, b) => a - b)
}
