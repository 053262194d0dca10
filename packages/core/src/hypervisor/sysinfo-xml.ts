import type { HostSysinfo, SysinfoBlock } from '../arch/host-info.ts'
import { XmlWriter } from '../xml/writer.ts'

/** `<sysinfo type='smbios'>` as libvirt prints a host's: blocks in its order, empty ones left out. */
export function sysinfoXml(sysinfo: HostSysinfo): string {
  const root = new XmlWriter('sysinfo')
  root.attribute('type', 'smbios')
  const block = (name: string, entries: SysinfoBlock | undefined): void => {
    if (entries === undefined || entries.length === 0) return
    const element = root.append([name])
    for (const [key, value] of entries) {
      const entry = element.append(['entry'])
      entry.attribute('name', key)
      entry.text(value)
    }
  }
  block('bios', sysinfo.bios)
  block('system', sysinfo.system)
  for (const board of sysinfo.baseBoards ?? []) block('baseBoard', board)
  block('chassis', sysinfo.chassis)
  for (const processor of sysinfo.processors ?? []) block('processor', processor)
  for (const device of sysinfo.memoryDevices ?? []) block('memory_device', device)
  const strings = sysinfo.oemStrings ?? []
  if (strings.length > 0) {
    const element = root.append(['oemStrings'])
    for (const text of strings) element.append(['entry']).text(text)
  }
  return root.toString()
}
