import { randomUUID } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Domain } from '@polyvirt/core'
import type { EventfulMonitor } from './ask-live.ts'
import { connectConsole } from './guest/boot-guest.ts'
import type { GuestConsole, WaitOptions } from './guest/guest-console.ts'
import type { GuestImage } from './guest/guest-image.ts'
import type { ConsoleProgress } from './guest/patience.ts'
import { readReport, type ReceivedReport } from './guest/read-report.ts'
import type { Planned } from './plan-scenario.ts'
import { isBlank } from './on-board.ts'
import { startQemu } from './started-qemu.ts'
import type { Target } from './target.ts'

/** A guest that has reported, with the plan it was started from. */
export interface BootedReport extends ReceivedReport {
  readonly planned: Planned
}

/** The same while it runs: it obeys commands. Disposing of it switches it off. */
export interface StartedGuest extends BootedReport, AsyncDisposable {
  readonly console: GuestConsole
  /** The monitor of its QEMU. */
  readonly qmp: EventfulMonitor
  /** Folder of this run, removed at its end. */
  readonly folder: string
  /** Resolves when its QEMU has ended. */
  readonly exited: Promise<void>
  /** What to wait for its replies with. */
  readonly patience: WaitOptions
}

export interface BootScenarioOptions {
  readonly emulator?: string
  readonly image: GuestImage
  readonly onProgress?: (progress: ConsoleProgress) => void
  readonly signal?: AbortSignal
  /** Is shown the plan before QEMU is. */
  readonly onPlanned?: (planned: Planned) => void
  /** Is given the console before the guest says anything. */
  readonly onConsole?: (console: GuestConsole) => void
}

/** Serial lines as most machines have them: a kernel passes over those that are not there. */
const usualConsoles = ['ttyS0', 'hvc0']

/** Parameters by which a kernel talks on the first serial line. */
export const consoleParameters = ({ console }: Pick<GuestImage, 'console'>): readonly string[] =>
  (console === undefined ? usualConsoles : [console]).map((name) => `console=${name}`)

/**
 * Plans a document with a real kernel and its first serial line on a socket, starts it, and waits
 * for what the guest has to say.
 */
export async function startGuest(
  xml: string,
  target: Target,
  options: BootScenarioOptions,
): Promise<StartedGuest> {
  const nonce = randomUUID()
  const qemu = await startQemu(xml, target, {
    ...(options.emulator === undefined ? {} : { emulator: options.emulator }),
    ...(options.onPlanned === undefined ? {} : { onPlanned: options.onPlanned }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    adapt: (domain, folder) =>
      withFirmware(
        withKernel(withConsole(domain, join(folder, 'console')), options.image, { nonce }),
        options.image,
        folder,
      ),
  })
  try {
    const console = await connectConsole(join(qemu.folder, 'console'))
    options.onConsole?.(console)
    await qemu.qmp.execute('cont')
    const patience: WaitOptions = {
      cpuMs: qemu.cpuMs,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }
    const received = await readReport(console, { nonce, ...patience })
    return {
      ...received,
      planned: qemu.planned,
      console,
      qmp: qemu.qmp,
      folder: qemu.folder,
      exited: qemu.exited,
      patience,
      [Symbol.asyncDispose]: () => qemu[Symbol.asyncDispose](),
    }
  } catch (error) {
    await qemu[Symbol.asyncDispose]()
    throw error
  }
}

/** The image's kernel, which talks on the first serial line; `more` are parameters besides. */
export function withKernel(
  domain: Domain,
  image: GuestImage,
  { nonce, more = [] }: { readonly nonce: string; readonly more?: readonly string[] },
): Domain {
  const parameters = [
    ...consoleParameters(image),
    // No self-tests: they take longer than the rest of the boot.
    ...['quiet', 'cryptomgr.notests', `polyvirt.nonce=${nonce}`],
    // What is on a bus is there when the bus is, not seconds later.
    ...['scsi_mod.scan=sync', 'usb_storage.delay_use=0'],
    ...(image.parameters ?? []),
    ...more,
  ]
  const acpi = image.acpi === true && domain.features?.acpi === undefined
  const cpu = image.cpu !== undefined && (domain.cpu?.mode ?? domain.cpu?.model) === undefined
  const { loader, ...os } = domain.os
  return {
    ...domain,
    os: {
      ...os,
      ...(loader !== undefined && !isBlank(loader) && { loader }),
      kernel: image.kernel,
      initrd: image.initrd,
      cmdline: parameters.join(' '),
    },
    ...(acpi ? { features: { ...domain.features, acpi } } : {}),
    ...(cpu ? { cpu: { ...domain.cpu, mode: 'custom', match: 'exact', model: image.cpu } } : {}),
  }
}

/** UEFI in flash, where the kernel needs it and the document names no firmware of its own. */
export function withFirmware(domain: Domain, { firmware }: GuestImage, folder: string): Domain {
  const { os } = domain
  if (firmware === undefined || (os.loader ?? os.firmware) !== undefined) return domain
  const nvram = join(folder, 'variables')
  copyFileSync(firmware.variables, nvram)
  return {
    ...domain,
    os: { ...os, loader: firmware.code, loaderType: 'pflash', loaderReadonly: true, nvram },
  }
}

/** The first serial line on a socket, whatever the document had it on. */
export function withConsole(domain: Domain, path: string): Domain {
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
