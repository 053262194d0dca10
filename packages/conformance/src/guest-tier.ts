import { ok, strictEqual } from 'node:assert'
import { placedDevices } from './placed-device.ts'
import { startGuest, type BootedReport, type BootScenarioOptions } from './started-guest.ts'
import type { Target } from './target.ts'

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
    // A card without a driver in the guest's kernel is still a PCI or virtual I/O device.
    if (!known) ok(report.pci.length + report.vio.length > 0, `the guest has no card ${mac}`)
  }
  for (const { kind, address } of placedDevices(planned.domain)) {
    if (address?.type === 'pci' && address.bus === 0 && target.profile.pci !== undefined) {
      const slot = `${address.slot.toString(16).padStart(2, '0')}.${address.function}`
      const seen = report.pci.some((one) => one.slot === `0000:00:${slot}`)
      ok(seen, `the guest has no PCI device in slot ${slot}, where a ${kind} should be`)
    }
    if (address?.type === 'spapr-vio' && address.reg !== undefined && kind !== 'console') {
      const unit = address.reg.toString(16)
      ok(
        report.vio.some((one) => one.unit === unit),
        `the guest has no virtual I/O device ${unit}, where a ${kind} should be`,
      )
    }
  }
}
