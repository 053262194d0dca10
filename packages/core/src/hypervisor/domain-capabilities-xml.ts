import type { CpuContext, CpuDriver, CpuModel } from '../arch/cpu-driver.ts'
import type { MachineGrants } from '../arch/machine-builder.ts'
import { cpuXml } from '../domain/cpu.ts'
import { mostVcpus } from '../plan/most-vcpus.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import { fittingFirmware, isSecure } from '../plan/select-firmware.ts'
import { writeRecord } from '../xml/fields.ts'
import { XmlWriter } from '../xml/writer.ts'
import { contextOf } from './asked-emulator.ts'
import type { AskedEmulator } from './asked-emulator.ts'
import { writeDevices, writeFeatures, writeGrants } from './device-capabilities.ts'
import { enumeration, supported } from './capability-elements.ts'

export interface DomainCapabilitiesRequest extends AskedEmulator {
  /** What the machine is granted here, where it has capabilities to negotiate. */
  readonly grants?: MachineGrants
}

/** `<domainCapabilities>`: what one machine of one QEMU offers, by the architecture's tables. */
export function domainCapabilitiesXml(request: DomainCapabilitiesRequest): string {
  const { guestName, emulator } = request
  const { plan: context, cpu } = contextOf(request)
  const { virtType } = cpu
  const root = new XmlWriter('domainCapabilities')
  root.put(['path'], emulator)
  root.put(['domain'], virtType)
  root.put(['machine'], context.machine.name)
  root.put(['arch'], guestName)
  root.append(['vcpu']).attribute('max', String(mostVcpus(context.machine, context.profile)))
  supported(root, 'iothreads', true)
  writeOs(supported(root, 'os', true), context)
  writeCpu(root.append(['cpu']), cpu, context.arch.cpu)
  writeMemoryBacking(root, context)
  writeDevices(root.append(['devices']), context)
  const features = root.append(['features'])
  writeFeatures(features, context)
  writeGrants(features, context, request.grants ?? {})
  return root.toString()
}

function writeCpu(writer: XmlWriter, context: CpuContext, driver: CpuDriver): void {
  const mode = (name: string, yes: boolean): XmlWriter => {
    const element = writer.append(['mode'])
    element.attribute('name', name)
    element.attribute('supported', yes ? 'yes' : 'no')
    return element
  }
  const accepts = (cpuMode: 'host-passthrough' | 'maximum' | 'host-model'): boolean =>
    driver.check({ mode: cpuMode }, context).length === 0
  mode('host-passthrough', accepts('host-passthrough'))
  const maximum = mode('maximum', accepts('maximum'))
  if (accepts('maximum')) enumeration(maximum, 'maximumMigratable', ['on', 'off'])
  const hostModel = accepts('host-model') ? driver.hostModel?.(context) : undefined
  const element = mode('host-model', hostModel !== undefined)
  if (hostModel !== undefined) {
    // The element names the mode; the rest is what a domain's own would have.
    const { mode: _mode, match: _match, check: _check, ...shown } = hostModel
    writeRecord(shown, cpuXml, element)
  }
  const models = offeredCpus(context, driver)
  const custom = mode('custom', models.length > 0)
  for (const { name, vendor = 'unknown' } of models) {
    const model = custom.append(['model'])
    model.attribute('usable', usability(name, context))
    model.attribute('vendor', vendor)
    model.text(name)
  }
}

/** The models by the driver's names, or, of a driver that names none, QEMU's; only what there is. */
function offeredCpus(context: CpuContext, driver: CpuDriver): readonly CpuModel[] {
  const { cpus } = context.capabilities
  const named: readonly CpuModel[] = driver.models.length > 0 ? driver.models : cpus
  return named.filter(
    ({ name }) =>
      // What this accelerator cannot give is shown as well, and said to be unusable.
      usability(name, context) === 'no' ||
      driver.check(
        // What would be translated into another model is none that this QEMU has.
        { mode: 'custom', model: name, check: 'none', fallback: 'forbid' },
        context,
      ).length === 0,
  )
}

function usability(name: string, context: CpuContext): 'yes' | 'no' | 'unknown' {
  const { capabilities, virtType } = context
  const cpus = (virtType === 'kvm' ? capabilities.kvm.cpus : undefined) ?? capabilities.cpus
  const found = cpus.find((cpu) => cpu.name.toLowerCase() === name.toLowerCase())
  const blocked = found?.unavailableFeatures
  return blocked === undefined ? 'unknown' : blocked.length === 0 ? 'yes' : 'no'
}

/** Firmware by descriptor, and by path. */
function writeOs(os: XmlWriter, context: PlanContext): void {
  const fitting = fittingFirmware(context)
  const secure = fitting.some((one) => isSecure(one))
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
  const { objects } = capabilities
  const there = kinds.filter(([, type]) => objects === undefined || objects.includes(type))
  enumeration(
    supported(root, 'memoryBacking', true),
    'sourceType',
    there.map(([name]) => name),
  )
}
