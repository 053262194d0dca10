import { ok, strictEqual } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Domain } from '@polyvirt/core'
import type { HostFiles } from '@polyvirt/core/arch'
import { connectConsole } from './guest/boot-guest.ts'
import type { GuestFiles } from './guest/guest-files.ts'
import type { GuestImage } from './guest/guest-image.ts'
import type { ConsoleProgress } from './guest/patience.ts'
import { readReport, type ReceivedReport } from './guest/read-report.ts'
import { claims } from './claims.ts'
import { placedDevices } from './placed-device.ts'
import type { Planned } from './plan-scenario.ts'
import { startQemu } from './started-qemu.ts'
import type { Target } from './target.ts'

/** A guest that has reported, with the plan it was started from. */
export interface BootedReport extends ReceivedReport {
  readonly planned: Planned
}

export interface BootScenarioOptions {
  readonly emulator?: string
  readonly image: GuestImage
  readonly onProgress?: (progress: ConsoleProgress) => void
  readonly signal?: AbortSignal
}

/** Kernel parameters: both kinds of serial console, whichever there is, and no self-tests. */
const parameters = 'console=ttyS0 console=hvc0 quiet cryptomgr.notests'

/**
 * Plans a document with a real kernel and its first serial line on a socket, starts it, and waits
 * for what the guest has to say. The guest is switched off afterwards.
 */
export async function bootScenario(
  xml: string,
  target: Target,
  options: BootScenarioOptions,
): Promise<BootedReport> {
  const nonce = randomUUID()
  await using qemu = await startQemu(xml, target, {
    ...(options.emulator === undefined ? {} : { emulator: options.emulator }),
    adapt: (domain, folder) =>
      withKernel(withConsole(domain, join(folder, 'console')), options.image, nonce, target),
  })
  const console = await connectConsole(join(qemu.folder, 'console'))
  await qemu.qmp.execute('cont')
  const received = await readReport(console, {
    nonce,
    cpuMs: qemu.cpuMs,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return { ...received, planned: qemu.planned }
}

function withKernel(domain: Domain, image: GuestImage, nonce: string, target: Target): Domain {
  // Without ACPI a board that has it leaves its guest without power management and interrupts.
  const acpi = claims(target, 'feature:acpi') && domain.features?.acpi === undefined
  return {
    ...domain,
    os: {
      ...domain.os,
      kernel: image.kernel,
      initrd: image.initrd,
      cmdline: `${parameters} polyvirt.nonce=${nonce}`,
    },
    ...(acpi ? { features: { ...domain.features, acpi: true } } : {}),
  }
}

/** The first serial line on a socket, whatever the document had it on. */
function withConsole(domain: Domain, path: string): Domain {
  const { serial = [], console = [] } = domain.devices
  const [first, ...others] = serial
  const backend = { type: 'unix', sources: [{ mode: 'bind', path }] } as const
  // The first console is the first serial line; what is behind it stands for itself.
  const rest = console.filter(
    ({ targetType }) => targetType !== undefined && targetType !== 'serial',
  )
  return {
    ...domain,
    devices: { ...domain.devices, serial: [{ ...first, ...backend }, ...others], console: rest },
  }
}

/** A guest's own files, seen as those of a host. */
export function hostFilesOf(files: GuestFiles): HostFiles {
  const real = (path: string): string =>
    path.replace(/^\/proc\/device-tree/, '/sys/firmware/devicetree/base')
  return {
    read: (path) => files.bytes(real(path)),
    list: (path) => files.list(real(path)).toSorted(),
  }
}

/**
 * The architecture's own host reader, let loose on the guest: it must find the machine that was
 * planned. A guest is a host as good as any.
 */
export function checkAsHost({ report, files, planned }: BootedReport): void {
  const { host, guests } = planned.target.arch
  ok(
    host.machines.includes(report.kernel.machine),
    `the host reader does not know '${report.kernel.machine}', which its own guest is`,
  )
  const info = host.read(hostFilesOf(files))
  ok(
    guests.some(({ name }) => name === info.arch),
    `the guest, read as a host, is of architecture '${info.arch}'`,
  )
  strictEqual(info.topology.cpus, report.vcpus.online.length)
  strictEqual(info.cpu.registers?.['pvr'], report.cpu.pvr)
  strictEqual(info.memoryKiB, report.memory.totalKiB)
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
