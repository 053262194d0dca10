import { ok, strictEqual } from 'node:assert'
import type { Address, MachineProfile } from '@polyvirt/core/arch'
import { placedDevices } from './placed-device.ts'
import { startGuest, type BootedReport, type BootScenarioOptions } from './started-guest.ts'
import type { Target } from './target.ts'

type PciAddress = Extract<Address, { readonly type: 'pci' }>

/** Boots a document as {@link startGuest} does; the guest is switched off once it has reported. */
export async function bootScenario(
  xml: string,
  target: Target,
  options: BootScenarioOptions,
): Promise<BootedReport> {
  await using guest = await startGuest(xml, target, options)
  const { report, files, archive, planned } = guest
  return { report, files, archive, planned }
}

/** What every guest must find, whatever the scenario. */
export function checkReport({ report, planned }: BootedReport): void {
  const { domain, target } = planned
  strictEqual(report.vcpus.online.length, domain.vcpuCurrent ?? domain.vcpus)
  const macs = (domain.devices.interface ?? []).map(({ mac }) => mac)
  for (const mac of macs) {
    const known = report.net.some((one) => one.mac === mac)
    // A card without a driver in the guest's kernel is still a device of its bus.
    const others = report.pci.length + report.vio.length + report.ccw.length
    if (!known) ok(others > 0, `the guest has no card ${mac}`)
  }
  for (const { kind, address } of placedDevices(planned.domain)) {
    if (address?.type === 'pci' && address.bus === 0 && target.profile.pci !== undefined) {
      const slot = seenAt(address, target.profile)
      const seen = report.pci.some((one) => one.slot === slot)
      ok(seen, `the guest has no PCI device at ${slot}, where a ${kind} should be`)
    }
    if (address?.type === 'spapr-vio' && address.reg !== undefined && kind !== 'console') {
      const unit = address.reg.toString(16)
      ok(
        report.vio.some((one) => one.unit === unit),
        `the guest has no virtual I/O device ${unit}, where a ${kind} should be`,
      )
    }
    if (address?.type === 'ccw') {
      // A guest sees the subsystem of virtual devices as its first one.
      const busId = `0.${address.ssid}.${address.devno.toString(16).padStart(4, '0')}`
      const seen = report.ccw.some((one) => one.busId === busId)
      ok(seen, `the guest has no channel device ${busId}, where a ${kind} should be`)
    }
  }
}

/** Where Linux shows a function of the root bus: by its slot, or by its id where functions have ids. */
function seenAt({ slot, function: fn, uid }: PciAddress, { pci }: MachineProfile): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
  return pci?.idDevice !== undefined && uid !== undefined
    ? `${hex(uid, 4)}:00:00.0`
    : `0000:00:${hex(slot, 2)}.${fn}`
}
