import { childrenNamed, elementAt, loadXmlReader } from '../core.ts'
import type { Hypervisor, XmlElement } from '../core.ts'

/** What the emulator of an architecture offers, as its `domcapabilities` tell. */
export interface EmulatorFacts {
  readonly virtType: string
  readonly arch: string
  readonly buses: readonly string[]
  readonly firmwares: readonly string[]
  readonly graphics: readonly string[]
  readonly hasRng: boolean
  /** Modes of `<cpu>` that work here. */
  readonly cpuModes: readonly string[]
}

export async function emulatorFacts(
  hypervisor: Hypervisor,
  options: { readonly arch?: string; readonly machine?: string },
): Promise<EmulatorFacts> {
  const readXml = await loadXmlReader()
  const root = readXml(await hypervisor.connectGetDomainCapabilities(options))
  const devices = elementAt(root, 'devices')
  const cpu = elementAt(root, 'cpu')
  return {
    virtType: textOf(root, 'domain') ?? 'qemu',
    arch: textOf(root, 'arch') ?? '',
    buses: values(elementAt(devices, 'disk'), 'bus'),
    firmwares: values(elementAt(root, 'os'), 'firmware'),
    graphics: values(elementAt(devices, 'graphics'), 'type'),
    hasRng: elementAt(devices, 'rng')?.attributes.get('supported') === 'yes',
    cpuModes: (cpu === undefined ? [] : childrenNamed(cpu, 'mode'))
      .filter(({ attributes }) => attributes.get('supported') === 'yes')
      .map(({ attributes }) => attributes.get('name') ?? ''),
  }
}

function textOf(root: XmlElement, name: string): string | undefined {
  return elementAt(root, name)?.text.trim()
}

function values(element: XmlElement | undefined, name: string): readonly string[] {
  const found = element?.children.find(
    (child) => child.name === 'enum' && child.attributes.get('name') === name,
  )
  return (found?.children ?? []).map(({ text }) => text.trim())
}
