import type { Arch, DeviceRow } from '@polyvirt/core/arch'
import { claims } from './claims.ts'
import type { Capability } from './scenario.ts'
import type { Target } from './target.ts'

/** What no small document can ask for: the machine's own root, or something of the host. */
const beyondReach: ReadonlySet<string> = new Set([
  'device:controller:pci/pci-root',
  'device:controller:pci/pcie-root',
  'device:input/virtio:passthrough',
  'device:channel/guestfwd',
])

/** Every model of an architecture's allow-list, every feature and every timer, as far as a document can ask for it. */
export function offeredByTables({ devices, features }: Arch): readonly Capability[] {
  const rows = Object.entries(devices as Readonly<Record<string, DeviceRow>>)
  const all = [
    ...rows.flatMap(([row, { models }]) =>
      Object.keys(models).map((key) => `device:${row}/${key}` as const),
    ),
    ...Object.keys(features.supported).map((name) => `feature:${name}` as Capability),
    ...Object.keys(features.timers).map((name) => `timer:${name}` as Capability),
  ]
  return all.filter((one) => !beyondReach.has(one))
}

/** Of that, what one target offers: some models are for certain machines, some features for KVM. */
export const offeredBy = (target: Target): readonly Capability[] =>
  offeredByTables(target.arch).filter((one) => claims(target, one))
