import { findIfServed, guestOf } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { mostVcpus } from '../plan/most-vcpus.ts'
import { offeredMachines } from '../plan/plan-context.ts'
import { findMachine } from '../qemu/capabilities.ts'
import { XmlWriter } from '../xml/writer.ts'
import { installedEmulators } from './emulators.ts'
import type { InstalledEmulator } from './emulators.ts'
import { writeHost } from './host-capabilities.ts'
import type { Layout } from './layout.ts'

/** `<capabilities>`: this host, and every guest architecture that is installed here. */
export async function capabilitiesXml(
  registry: ArchRegistry,
  host: HostInfo,
  layout: Layout,
): Promise<string> {
  const root = new XmlWriter('capabilities')
  writeHost(root.append(['host']), host, await findIfServed(registry, host.arch))
  for (const installed of await installedEmulators(registry, layout))
    writeGuest(root.append(['guest']), installed, host)
  return root.toString()
}

function writeGuest(
  writer: XmlWriter,
  { arch, name, emulator, capabilities }: InstalledEmulator,
  host: HostInfo,
): void {
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
    if (found.name !== machine) child.attribute('canonical', found.name)
    const profile = arch.machine.profiles.find(({ pattern }) => pattern.test(found.name))
    child.attribute('maxCpus', String(mostVcpus(found, profile ?? {})))
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
