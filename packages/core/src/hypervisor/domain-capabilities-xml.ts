import type { Arch } from '../arch/arch.ts'
import type { CpuModel } from '../arch/cpu-driver.ts'
import type { HostInfo } from '../arch/host-info.ts'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import { planContext } from '../plan/plan-context.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'
import { fittingFirmware } from '../plan/select-firmware.ts'
import type { FirmwareDescriptor } from '../plan/select-firmware.ts'
import { XmlWriter } from '../xml/writer.ts'
import { writeDevices, writeFeatures } from './device-capabilities.ts'
import { enumeration, supported } from './capability-elements.ts'

export interface DomainCapabilitiesRequest {
  readonly arch: Arch
  readonly guestName: string
  readonly emulator: string
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  readonly machine?: string
  readonly virtType?: 'kvm' | 'qemu'
  /** Firmware of the host. */
  readonly firmwares?: readonly FirmwareDescriptor[]
}

/** `<domainCapabilities>`: what one machine of one QEMU offers, by the architecture's tables. */
export function domainCapabilitiesXml(request: DomainCapabilitiesRequest): string {
  const { guestName, emulator, capabilities, host } = request
  const context = planContext(probe(request), {
    arch: request.arch,
    guestName,
    capabilities,
    host,
    emulator,
    firmwares: request.firmwares ?? [],
    fresh: { uuid: () => '', mac: () => '' },
  })
  const native = context.guest.kvmHosts.includes(host.arch) && capabilities.kvm.usable
  const virtType = request.virtType ?? (native ? 'kvm' : 'qemu')
  if (virtType === 'kvm' && !native) {
    throw domainError(
      'ERR_INVALID_ARG',
      `KVM is not usable for ${quote(guestName)} here: ${capabilities.kvm.reason ?? 'the host is of another architecture'}`,
    )
  }
  const root = new XmlWriter('domainCapabilities')
  root.put(['path'], emulator)
  root.put(['domain'], virtType)
  root.put(['machine'], context.machine.name)
  root.put(['arch'], guestName)
  root.append(['vcpu']).attribute('max', String(context.machine.cpuMax))
  supported(root, 'iothreads', true)
  writeOs(supported(root, 'os', true), context)
  writeCpu(root.append(['cpu']), context, virtType)
  writeMemoryBacking(root, context)
  writeDevices(root.append(['devices']), context)
  writeFeatures(root.append(['features']), context)
  return root.toString()
}

function probe(request: DomainCapabilitiesRequest): Domain {
  const { machine, virtType } = request
  return {
    type: virtType ?? 'qemu',
    name: 'capabilities',
    vcpus: 1,
    os: { type: 'hvm', ...(machine !== undefined && { machine }) },
    devices: {},
  }
}

function writeCpu(writer: XmlWriter, context: PlanContext, virtType: 'kvm' | 'qemu'): void {
  const mode = (name: string, yes: boolean): XmlWriter => {
    const element = writer.append(['mode'])
    element.attribute('name', name)
    element.attribute('supported', yes ? 'yes' : 'no')
    return element
  }
  const accepts = (cpuMode: 'host-passthrough' | 'maximum' | 'host-model'): boolean =>
    context.arch.cpu.check(
      { mode: cpuMode },
      {
        guest: context.guest,
        machine: context.machine,
        capabilities: context.capabilities,
        host: context.host,
        virtType,
        features: {},
      },
    ).length === 0
  mode('host-passthrough', accepts('host-passthrough'))
  const maximum = mode('maximum', accepts('maximum'))
  if (accepts('maximum')) enumeration(maximum, 'maximumMigratable', ['on', 'off'])
  mode('host-model', accepts('host-model'))
  const models = offeredCpus(context, virtType)
  const custom = mode('custom', models.length > 0)
  for (const { name, vendor = 'unknown' } of models) {
    const model = custom.append(['model'])
    model.attribute('usable', usability(name, context))
    model.attribute('vendor', vendor)
    model.text(name)
  }
}

/** The models by the driver's names, or, of a driver that names none, QEMU's; only what it accepts. */
function offeredCpus(context: PlanContext, virtType: 'kvm' | 'qemu'): readonly CpuModel[] {
  const { cpu } = context.arch
  const named: readonly CpuModel[] = cpu.models.length > 0 ? cpu.models : context.capabilities.cpus
  const { guest, machine, capabilities, host } = context
  const facts = { guest, machine, capabilities, host, virtType, features: {} }
  return named.filter(({ name }) => cpu.check({ mode: 'custom', model: name }, facts).length === 0)
}

function usability(name: string, { capabilities }: PlanContext): 'yes' | 'no' | 'unknown' {
  const found = capabilities.cpus.find((cpu) => cpu.name.toLowerCase() === name.toLowerCase())
  const blocked = found?.unavailableFeatures
  return blocked === undefined ? 'unknown' : blocked.length === 0 ? 'yes' : 'no'
}

/** Firmware by descriptor, and by path. */
function writeOs(os: XmlWriter, context: PlanContext): void {
  const fitting = fittingFirmware(context)
  const secure = fitting.some((one) => one.features.includes('secure-boot'))
  const efi = fitting.some((one) => one.interfaces.includes('uefi'))
  enumeration(os, 'firmware', efi ? ['efi'] : [])
  const loader = supported(os, 'loader', true)
  for (const path of new Set(fitting.map((one) => one.executable)))
    loader.append(['value']).text(path)
  enumeration(loader, 'type', ['rom', ...(efi ? ['pflash'] : [])])
  enumeration(loader, 'readonly', ['yes', 'no'])
  enumeration(loader, 'secure', secure ? ['yes', 'no'] : ['no'])
}

/** Kinds of memory that this QEMU can be given. */
function writeMemoryBacking(root: XmlWriter, { capabilities }: PlanContext): void {
  const kinds = [
    ['file', 'memory-backend-file'],
    ['anonymous', 'memory-backend-ram'],
    ['memfd', 'memory-backend-memfd'],
  ] as const
  // A recording made before objects were asked for says nothing of them.
  const known = kinds.some(([, type]) => capabilities.devices.includes(type))
  const there = kinds.filter(([, type]) => !known || capabilities.devices.includes(type))
  enumeration(
    supported(root, 'memoryBacking', true),
    'sourceType',
    there.map(([name]) => name),
  )
}
