import type { Domain } from '../../domain/domain.ts'
import { pciText } from '../../qemu/devices/block-source.ts'

/** A PCI device of the host that a document gives to its guest. */
export interface WantedDevice {
  /** Path of its element in the document. */
  readonly path: string
  readonly address: string
  /** It is taken from its driver at the start, and given back in the end. */
  readonly managed: boolean
}

/** The PCI devices of the host in a domain: devices, cards, and NVMe controllers that QEMU itself drives. */
export function wantedDevices({ devices }: Pick<Domain, 'devices'>): readonly WantedDevice[] {
  const found: WantedDevice[] = []
  for (const [i, { hostAddress: at, managed }] of (devices.hostdev ?? []).entries()) {
    if (at?.kind !== 'pci') continue
    const path = `devices/hostdev[${i + 1}]`
    found.push({ path, address: pciText(at), managed: managed === true })
  }
  for (const [i, { hostAddress: at, managed }] of (devices.interface ?? []).entries()) {
    if (at?.type !== 'pci') continue
    const path = `devices/interface[${i + 1}]`
    found.push({ path, address: pciText(at), managed: managed === true })
  }
  for (const [i, { type, source }] of (devices.disk ?? []).entries()) {
    if (type !== 'nvme' || source?.hostAddress === undefined) continue
    const path = `devices/disk[${i + 1}]`
    found.push({ path, address: pciText(source.hostAddress), managed: source.managed === true })
  }
  return found
}
