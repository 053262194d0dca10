import type { AskedFamily } from './emulator-facts.ts'

/** The part of a machine's PCI that QEMU itself tells. */
export interface PciChoice {
  readonly root: 'pci-root' | 'pcie-root'
  readonly grow: 'pci-bridge' | 'pcie-root-port'
  /** QEMU's name of the root bus, where it is not the usual one. */
  readonly bus?: string
  readonly occupied: readonly { readonly slot: number; readonly function: number }[]
}

/** Nothing where the board has no PCI, or was not asked. */
export function pciLayoutOf(
  family: AskedFamily | undefined,
  devices: readonly string[],
): PciChoice | undefined {
  const pci = family?.board?.pci
  if (pci === undefined) return undefined
  // Without root ports nothing plugs into a bus of PCI Express but what sits on the bus itself.
  const express = pci.express && devices.includes('pcie-root-port')
  const usual = express ? 'pcie.0' : 'pci.0'
  return {
    root: express ? 'pcie-root' : 'pci-root',
    grow: express ? 'pcie-root-port' : 'pci-bridge',
    ...(pci.bus === usual ? {} : { bus: pci.bus }),
    occupied: pci.occupied,
  }
}
