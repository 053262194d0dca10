import type { Arch } from '../arch/arch.ts'
import type { CpuModel } from '../arch/cpu-driver.ts'
import type { DeviceRowName } from '../arch/device-allow-list.ts'
import type { HostInfo } from '../arch/host-info.ts'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import { hasDriver, lookUp, offered } from '../plan/allow-list.ts'
import { planContext } from '../plan/plan-context.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'
import { XmlWriter } from '../xml/writer.ts'

export interface DomainCapabilitiesRequest {
  readonly arch: Arch
  readonly guestName: string
  readonly emulator: string
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  readonly machine?: string
  readonly virtType?: 'kvm' | 'qemu'
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
  writeOs(supported(root, 'os', true))
  writeCpu(root.append(['cpu']), context, virtType)
  supported(root, 'memoryBacking', false)
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

function enumeration(writer: XmlWriter, name: string, values: readonly string[]): void {
  const element = writer.append(['enum'])
  element.attribute('name', name)
  for (const value of values) element.append(['value']).text(value)
}

function supported(writer: XmlWriter, name: string, yes: boolean): XmlWriter {
  const element = writer.append([name])
  element.attribute('supported', yes ? 'yes' : 'no')
  return element
}

/** Keys of a row that this QEMU has. */
function usable(row: DeviceRowName, context: PlanContext): readonly string[] {
  return offered(row, context).filter((key) => {
    const model = lookUp(row, key, context)
    return key !== '' && hasDriver(model?.type ?? model?.driver, context)
  })
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
  mode('maximum', accepts('maximum'))
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

/** Firmware is given by path; none is searched for yet. */
function writeOs(os: XmlWriter): void {
  enumeration(os, 'firmware', [])
  const loader = supported(os, 'loader', true)
  enumeration(loader, 'type', ['rom', 'pflash'])
  enumeration(loader, 'readonly', ['yes', 'no'])
  enumeration(loader, 'secure', ['no'])
}

/** libvirt's order of its own words, so that answers can be laid side by side. */
function inOrder(values: readonly string[], order: readonly string[]): readonly string[] {
  return order.filter((value) => values.includes(value))
}

/** A virtio model and its two other forms, as far as this QEMU was built with them. */
function virtioForms(
  models: readonly string[],
  driver: string,
  context: PlanContext,
): readonly string[] {
  return models.flatMap((model) => [
    model,
    ...['transitional', 'non-transitional']
      .filter((form) => hasDriver(`${driver}-${form}`, context))
      .map((form) => `${model}-${form}`),
  ])
}

function writeDevices(writer: XmlWriter, context: PlanContext): void {
  const buses = usable('disk', context)
  const disk = supported(writer, 'disk', buses.length > 0)
  enumeration(disk, 'diskDevice', [
    'disk',
    'cdrom',
    ...(buses.includes('fdc') ? ['floppy'] : []),
    'lun',
  ])
  enumeration(disk, 'bus', inOrder(buses, ['ide', 'fdc', 'scsi', 'virtio', 'usb', 'sata', 'sd']))
  const block = lookUp('disk', 'virtio', context)?.driver
  enumeration(disk, 'model', block === undefined ? [] : virtioForms(['virtio'], block, context))
  const graphics = usable('graphics', context)
  enumeration(supported(writer, 'graphics', graphics.length > 0), 'type', graphics)
  const video = inOrder(usable('video', context), [
    'vga',
    'cirrus',
    'vmvga',
    'qxl',
    'virtio',
    'none',
    'bochs',
    'ramfb',
  ])
  enumeration(supported(writer, 'video', video.length > 0), 'modelType', video)
  supported(writer, 'hostdev', false)
  const rng = usable('rng', context)
  const rngElement = supported(writer, 'rng', rng.length > 0)
  const rngDriver = lookUp('rng', 'virtio', context)?.driver
  enumeration(
    rngElement,
    'model',
    rngDriver === undefined ? rng : virtioForms(rng, rngDriver, context),
  )
  enumeration(rngElement, 'backendModel', ['random', 'builtin'])
  for (const absent of ['filesystem', 'tpm', 'redirdev']) supported(writer, absent, false)
  const channel = offered('channel', context)
  enumeration(
    supported(writer, 'channel', channel.length > 0),
    'type',
    channel.length > 0 ? ['pty', 'unix', 'spicevmc'] : [],
  )
}

function writeFeatures(writer: XmlWriter, context: PlanContext): void {
  const has = (name: 'gicVersion' | 'vmcoreinfo' | 'hypervRelaxed'): boolean =>
    context.arch.features.supported[name] !== undefined
  supported(writer, 'gic', has('gicVersion'))
  supported(writer, 'vmcoreinfo', has('vmcoreinfo'))
  supported(writer, 'genid', false)
  supported(writer, 'backingStoreInput', true)
  supported(writer, 'backup', false)
  supported(writer, 'sev', false)
  supported(writer, 'sgx', false)
  if (has('hypervRelaxed')) supported(writer, 'hyperv', true)
}
