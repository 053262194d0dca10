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
  return cpus.find((one) =>
    upper ? one.name.toUpperCase() === wanted : documentName(one) === wanted,
  )
}

/**
 * Does the machine take this CPU? `pseries` plugs cores, and has a type of core for some models
 * only. A recording without any tells nothing.
 */
export function hasCore({ name, typename = '' }: QemuCpu, { devices }: QemuCapabilities): boolean {
  if (!devices.some((device) => device.endsWith('-spapr-cpu-core'))) return true
  // Only aliases name their type; a revision is its own.
  const revision = typename === '' ? name : typename.replace(/-powerpc(?:64)?-cpu$/, '')
  return devices.includes(`${revision}-spapr-cpu-core`)
}

/** Generations that this QEMU emulates, oldest first. */
export function generationsIn({ cpus }: QemuCapabilities): readonly number[] {
  const found = cpus.flatMap(({ name }) => generationOf(name) ?? [])
  return [...new Set(found)].toSorted((a, b) => a - b)
}
