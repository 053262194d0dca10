import type { Arch } from '../arch/arch.ts'
import type { HostCache, HostCell, HostInfo } from '../arch/host-info.ts'
import { formatCpuset } from '../domain/cpuset.ts'
import type { XmlWriter } from '../xml/writer.ts'

/** `<host>` of `<capabilities>`, in libvirt's order. What is not known is left out. */
export function writeHost(writer: XmlWriter, host: HostInfo, arch: Arch | undefined): void {
  const { uuid } = host.firmware
  if (uuid !== undefined) writer.put(['uuid'], uuid.toLowerCase())
  writeCpu(writer.append(['cpu']), host, arch)
  const { iommu, modules = [] } = host.virtualization ?? {}
  if (iommu !== undefined)
    writer.append(['iommu']).attribute('support', iommu && modules.length > 0 ? 'yes' : 'no')
  if (host.cells.length > 0) writeCells(writer, host.cells)
  writeCaches(writer, host.caches ?? [])
}

function writeCpu(writer: XmlWriter, host: HostInfo, arch: Arch | undefined): void {
  const { microcode, signature, counter, physicalAddressBits } = host.cpu
  const cpu = arch?.cpu.host?.(host)
  writer.put(['arch'], host.arch)
  const model = cpu?.model ?? host.cpu.model
  if (model !== undefined) writer.put(['model'], model)
  const vendor = cpu?.vendor ?? host.cpu.vendor
  if (vendor !== undefined) writer.put(['vendor'], vendor)
  if (microcode !== undefined) writer.append(['microcode']).attribute('version', String(microcode))
  if (signature !== undefined) {
    const element = writer.append(['signature'])
    for (const name of ['family', 'model', 'stepping'] as const)
      element.attribute(name, String(signature[name]))
  }
  if (counter !== undefined) {
    const element = writer.append(['counter'])
    element.attribute('name', counter.name)
    element.attribute('frequency', String(counter.frequencyHz))
    if (counter.scaling !== undefined) element.attribute('scaling', counter.scaling ? 'yes' : 'no')
  }
  const { sockets, dies = 1, cores, threads } = host.topology
  const topology = writer.append(['topology'])
  topology.attribute('sockets', String(sockets))
  // libvirt counts the cores of all dies together here.
  topology.attribute('dies', '1')
  topology.attribute('cores', String(dies * cores))
  topology.attribute('threads', String(threads))
  if (physicalAddressBits !== undefined) {
    const element = writer.append(['maxphysaddr'])
    element.attribute('mode', 'emulate')
    element.attribute('bits', String(physicalAddressBits))
  }
  for (const { name } of cpu?.features ?? []) writer.append(['feature']).attribute('name', name)
  for (const size of host.pageSizesKiB) {
    const pages = writer.append(['pages'])
    pages.attribute('unit', 'KiB')
    pages.attribute('size', String(size))
  }
}

function writeCells(writer: XmlWriter, all: readonly HostCell[]): void {
  const cells = writer.append(['topology']).append(['cells'])
  cells.attribute('num', String(all.length))
  for (const cell of all) {
    const element = cells.append(['cell'])
    element.attribute('id', String(cell.id))
    const memory = element.append(['memory'])
    memory.attribute('unit', 'KiB')
    memory.text(String(cell.memoryKiB))
    for (const { sizeKiB, count } of cell.pages ?? []) {
      const pages = element.append(['pages'])
      pages.attribute('unit', 'KiB')
      pages.attribute('size', String(sizeKiB))
      pages.text(String(count))
    }
    if (cell.distances !== undefined) {
      const distances = element.append(['distances'])
      for (const { id, value } of cell.distances) {
        const sibling = distances.append(['sibling'])
        sibling.attribute('id', String(id))
        sibling.attribute('value', String(value))
      }
    }
    writeCpus(element.append(['cpus']), cell)
  }
}

function writeCpus(writer: XmlWriter, { cpus, threads = [] }: HostCell): void {
  writer.attribute('num', String(cpus.length))
  for (const id of cpus) {
    const element = writer.append(['cpu'])
    element.attribute('id', String(id))
    const thread = threads.find((one) => one.id === id)
    if (thread === undefined) continue
    element.attribute('socket_id', String(thread.socketId))
    element.attribute('die_id', String(thread.dieId))
    element.attribute('core_id', String(thread.coreId))
    element.attribute('siblings', formatCpuset(thread.siblings))
  }
}

/** Caches from the third level on: those that are shared widely enough to matter to placement. */
function writeCaches(writer: XmlWriter, caches: readonly HostCache[]): void {
  const shared = caches.filter(({ level }) => level >= 3)
  if (shared.length === 0) return
  const element = writer.append(['cache'])
  for (const { id, level, type, sizeKiB, cpus } of shared) {
    const bank = element.append(['bank'])
    bank.attribute('id', String(id))
    bank.attribute('level', String(level))
    bank.attribute('type', type)
    const mebibytes = sizeKiB > 0 && sizeKiB % 1024 === 0
    bank.attribute('size', String(mebibytes ? sizeKiB / 1024 : sizeKiB))
    bank.attribute('unit', mebibytes ? 'MiB' : 'KiB')
    bank.attribute('cpus', formatCpuset(cpus))
  }
}
