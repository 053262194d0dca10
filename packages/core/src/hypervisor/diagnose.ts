import { accessSync, constants } from 'node:fs'
import type { ArchRegistry } from '../arch/registry.ts'
import { findIfServed, guestOf } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { DomainError } from '../errors.ts'
import { oldEmulator } from '../plan/old-emulator.ts'
import { readFirmware } from '../run/read-firmware.ts'
import { compareEmulators } from './compare-emulators.ts'
import type { Definition } from './compare-emulators.ts'
import { confinementFindings } from './confinement/confinement-findings.ts'
import { capabilitiesOf, findEmulator } from './emulators.ts'
import { hostFilesOf } from './host.ts'
import type { DiagnoseOptions, Finding } from './hypervisor.ts'
import type { Layout } from './layout.ts'
import type { Planner } from './planner.ts'

export interface DiagnoseRequest extends DiagnoseOptions {
  readonly registry: ArchRegistry
  readonly layout: Layout
  readonly planner: Planner
  readonly definitions: readonly Definition[]
}

/** What will work on this machine and what will not: the host, each architecture, what guests use. */
export async function diagnose(request: DiagnoseRequest): Promise<readonly Finding[]> {
  const { registry, layout, planner, against } = request
  if (against !== undefined) return compareEmulators(request, against)
  const host = await planner.host()
  const findings: Finding[] = [
    ...(await hostFindings(registry, layout, host)),
    ...confinementFindings(layout),
  ]
  // Each emulator is a process of its own to ask.
  const guests = registry.guests().map((name) => guestFindings(request, name, host))
  findings.push(...(await Promise.all(guests)).flat())
  if (registry.guests().length === 0) {
    findings.push({
      level: 'problem',
      topic: 'architectures',
      message: 'No architecture package is installed, so no guest can be defined.',
      command: 'npm install @polyvirt/arch-NAME',
    })
  }
  return [...findings, ...helperFindings(await firmwarePackages(registry))]
}

async function hostFindings(
  registry: ArchRegistry,
  layout: Layout,
  host: HostInfo,
): Promise<readonly Finding[]> {
  const warnings = (host.warnings ?? []).map((message): Finding => {
    return { level: 'warning', topic: 'host', message }
  })
  const arch = await findIfServed(registry, host.arch)
  if (arch === undefined) return warnings
  const files = hostFilesOf(layout)
  const { cpus, sockets, dies = 1, cores, threads } = host.topology
  const ofDies = dies === 1 ? '' : ` × ${dies} dies`
  const model = host.cpu.description ?? host.cpu.model ?? host.arch
  return [
    {
      level: 'ok',
      topic: 'host',
      message: `${host.arch}, ${model}: ${cpus} CPUs (${sockets}${ofDies} × ${cores} cores × ${threads} threads), ${Math.floor(host.memoryKiB / 1024)} MiB of memory.`,
    },
    ...warnings,
    ...(arch.host.diagnose?.(host, files) ?? []),
  ]
}

async function guestFindings(
  { registry, layout }: DiagnoseRequest,
  name: string,
  host: HostInfo,
): Promise<readonly Finding[]> {
  const arch = await registry.find(name)
  const guest = guestOf(arch, name)
  const subject = name
  const emulator = await findEmulator(guest)
  if (emulator === undefined) {
    return [
      {
        level: 'warning',
        topic: 'emulator',
        subject,
        message: `No ${guest.emulators.join(' or ')} is installed, so ${name} guests cannot run.`,
        command: `apt-get install ${guest.emulatorPackage}`,
      },
    ]
  }
  try {
    const capabilities = await capabilitiesOf(emulator, layout, arch)
    const { version, kvm, machines } = capabilities
    const old = oldEmulator(guest, emulator, capabilities)
    if (old !== undefined)
      return [{ level: 'warning', topic: 'emulator', subject, message: `${old}.` }]
    const { major, minor, micro } = version
    const found: Finding = {
      level: 'ok',
      topic: 'emulator',
      subject,
      message: `QEMU ${major}.${minor}.${micro} at ${emulator}, ${machines.length} machine types.`,
    }
    const native = guest.kvmHosts.includes(host.arch)
    const told =
      layout.hostDir === undefined ? kvmFinding(subject, native, kvm) : recordedKvm(subject)
    return [found, told]
  } catch (error) {
    const message = error instanceof DomainError ? error.message : String(error)
    return [{ level: 'problem', topic: 'emulator', subject, message: `${emulator}: ${message}` }]
  }
}

/** The device of this machine says nothing of another one. */
function recordedKvm(subject: string): Finding {
  const message = 'The host is a recording, on which KVM cannot be tried.'
  return { level: 'note', topic: 'KVM', subject, message }
}

function kvmFinding(
  subject: string,
  native: boolean,
  kvm: { readonly usable: boolean; readonly reason?: string; readonly sinceMs?: number },
): Finding {
  const topic = 'KVM'
  if (!native) {
    const message = `This host is of another architecture: guests are emulated (type='qemu').`
    return { level: 'note', topic, subject, message }
  }
  if (kvm.usable) {
    return { level: 'ok', topic, subject, message: `KVM works: a trial guest ran (type='kvm').` }
  }
  const since =
    kvm.sinceMs === undefined ? '' : ` (tried at ${new Date(kvm.sinceMs).toISOString()})`
  return {
    level: 'warning',
    topic,
    subject,
    message: `KVM does not work, guests are emulated: ${kvm.reason ?? 'no reason is known'}${since}.`,
    ...(/ EACCES| EPERM|may not open/.test(kvm.reason ?? '') && {
      command: 'usermod --append --groups kvm $USER',
    }),
  }
}

interface Helper {
  readonly program: string
  readonly use: string
  readonly packages: string
}

/** Programs that some elements of a domain need beside QEMU, by Debian's packages. */
const helpers: readonly Helper[] = [
  { program: 'qemu-img', use: 'making disk images', packages: 'qemu-utils' },
  { program: 'swtpm', use: '<tpm> with an emulated backend', packages: 'swtpm swtpm-tools' },
]

const folders = ['/usr/bin', '/usr/local/bin', '/usr/libexec']

/** Packages with firmware for the guests that are served, as far as they have any. */
async function firmwarePackages(registry: ArchRegistry): Promise<readonly string[]> {
  const guests = registry.guests()
  const archs = await Promise.all(guests.map((name) => registry.find(name)))
  const named = archs.flatMap((arch, i) => guestOf(arch, guests[i] ?? '').firmwarePackage ?? [])
  return [...new Set(named)]
}

function helperFindings(firmwares: readonly string[]): readonly Finding[] {
  const firmware = readFirmware()
  const missing = helpers.filter(
    ({ program }) => !folders.some((dir) => isProgram(`${dir}/${program}`)),
  )
  return [
    ...missing.map(({ program, use, packages }): Finding => {
      const message = `${program} is not installed; it is needed for ${use}.`
      return { level: 'note', topic: program, message, command: `apt-get install ${packages}` }
    }),
    firmware.length > 0
      ? {
          level: 'ok',
          topic: 'UEFI',
          message: `${firmware.length} firmware descriptors are installed.`,
        }
      : {
          level: 'note',
          topic: 'UEFI',
          message: `No UEFI firmware is installed; it is needed for <os firmware='efi'>.`,
          ...(firmwares.length > 0 && { command: `apt-get install ${firmwares.join(' ')}` }),
        },
  ]
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
