import type { Arch } from '../arch/arch.ts'
import { guestOf } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { offeredMachines } from '../plan/plan-context.ts'
import { findMachine } from '../qemu/capabilities.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'
import { XmlWriter } from '../xml/writer.ts'
import { capabilitiesOf, findEmulator } from './emulators.ts'
import type { Layout } from './layout.ts'

/** `<capabilities>`: this host, and every guest architecture that is installed here. */
export async function capabilitiesXml(
  registry: ArchRegistry,
  host: HostInfo,
  layout: Layout,
): Promise<string> {
  const root = new XmlWriter('capabilities')
  writeHost(root.append(['host']), host)
  for (const name of registry.guests()) {
    const arch = await registry.find(name)
    const emulator = await findEmulator(guestOf(arch, name))
    if (emulator === undefined) continue
    const capabilities = await capabilitiesOf(emulator, layout, arch)
    writeGuest(root.append(['guest']), { arch, name, emulator, capabilities, host })
  }
  return root.toString()
}

function writeHost(writer: XmlWriter, host: HostInfo): void {
  if (host.firmware.uuid !== undefined) writer.put(['uuid'], host.firmware.uuid.toLowerCase())
  const cpu = writer.append(['cpu'])
  cpu.put(['arch'], host.arch)
  if (host.cpu.model !== undefined) cpu.put(['model'], host.cpu.model)
  if (host.cpu.vendor !== undefined) cpu.put(['vendor'], host.cpu.vendor)
  const { sockets, cores, threads } = host.topology
  const topology = cpu.append(['topology'])
  topology.attribute('sockets', String(sockets))
  topology.attribute('dies', '1')
  topology.attribute('cores', String(cores))
  topology.attribute('threads', String(threads))
  for (const size of host.pageSizesKiB) {
    const pages = cpu.append(['pages'])
    pages.attribute('unit', 'KiB')
    pages.attribute('size', String(size))
  }
  if (host.cells.length === 0) return
  const cells = writer.append(['topology']).append(['cells'])
  cells.attribute('num', String(host.cells.length))
  for (const cell of host.cells) {
    const element = cells.append(['cell'])
    element.attribute('id', String(cell.id))
    const memory = element.append(['memory'])
    memory.attribute('unit', 'KiB')
    memory.text(String(cell.memoryKiB))
    const cpus = element.append(['cpus'])
    cpus.attribute('num', String(cell.cpus.length))
    for (const number of cell.cpus) cpus.append(['cpu']).attribute('id', String(number))
  }
}

interface Guest {
  readonly arch: Arch
  readonly name: string
  readonly emulator: string
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
}

function writeGuest(writer: XmlWriter, { arch, name, emulator, capabilities, host }: Guest): void {
  const guest = guestOf(arch, name)
  writer.put(['os_type'], 'hvm')
  const element = writer.append(['arch'])
  element.attribute('name', name)
  element.put(['wordsize'], String(guest.wordSize))
  element.put(['emulator'], emulator)
  for (const machine of offeredMachines(arch, capabilities)) {
    const found = findMachine(capabilities, machine)
    if (found === undefined) continue
    const child = element.append(['machine'])
    child.attribute('maxCpus', String(found.cpuMax))
    if (found.name !== machine) child.attribute('canonical', found.name)
    if (found.deprecated) child.attribute('deprecated', 'yes')
    child.text(machine)
  }
  element.append(['domain']).attribute('type', 'qemu')
  if (capabilities.kvm.usable && guest.kvmHosts.includes(host.arch)) {
    element.append(['domain']).attribute('type', 'kvm')
  }
  const features = writer.append(['features'])
  for (const feature of guest.capabilityFeatures ?? []) {
    const child = features.append([feature.name])
    if (feature.default !== undefined) child.attribute('default', feature.default ? 'on' : 'off')
    if (feature.toggle !== undefined) child.attribute('toggle', feature.toggle ? 'yes' : 'no')
  }
  features.append(['cpuselection'])
  features.append(['deviceboot'])
  const snapshot = features.append(['disksnapshot'])
  snapshot.attribute('default', 'on')
  snapshot.attribute('toggle', 'no')
}
