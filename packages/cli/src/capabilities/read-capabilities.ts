import type { XmlElement } from '../core.ts'
import type {
  Attributes,
  CacheBank,
  Capabilities,
  CellCapabilities,
  GuestCapabilities,
  HostCpuCapabilities,
} from './capabilities.ts'
import {
  attributeOf,
  defined,
  flagOf,
  inside,
  kibibytes,
  named,
  numberOf,
  textOf,
} from './elements.ts'

/** The document's words as plain data; elements that are not known are left out. */
export function readCapabilities(root: XmlElement): Capabilities {
  const host = inside(root, 'host')
  return {
    host: {
      ...defined({
        uuid: textOf(host, 'uuid'),
        iommu: flagOf(inside(host, 'iommu'), 'support'),
      }),
      cpu: readCpu(inside(host, 'cpu')),
      cells: named(inside(host, 'topology', 'cells'), 'cell').flatMap(readCell),
      caches: named(inside(host, 'cache'), 'bank').map(readBank),
    },
    guests: named(root, 'guest').flatMap((guest) =>
      named(guest, 'arch').map((arch) => readGuest(guest, arch)),
    ),
  }
}

function readCpu(cpu: XmlElement | undefined): HostCpuCapabilities {
  const attributes = (name: string): Attributes | undefined => attributesOf(inside(cpu, name))
  return {
    ...defined({
      arch: textOf(cpu, 'arch'),
      model: textOf(cpu, 'model'),
      vendor: textOf(cpu, 'vendor'),
      microcode: attributes('microcode'),
      signature: attributes('signature'),
      counter: attributes('counter'),
      topology: attributes('topology'),
      maxphysaddr: attributes('maxphysaddr'),
    }),
    features: named(cpu, 'feature').flatMap((feature) => attributeOf(feature, 'name') ?? []),
    pageSizesKiB: named(cpu, 'pages').flatMap(
      (pages) => kibibytes(pages, attributeOf(pages, 'size')) ?? [],
    ),
  }
}

function readCell(cell: XmlElement): readonly CellCapabilities[] {
  const id = numberOf(attributeOf(cell, 'id'))
  if (id === undefined) return []
  return [
    {
      id,
      ...defined({ memoryKiB: kibibytes(inside(cell, 'memory'), textOf(cell, 'memory')) }),
      pages: named(cell, 'pages').flatMap((pages) => {
        const sizeKiB = kibibytes(pages, attributeOf(pages, 'size'))
        const count = numberOf(textOf(pages))
        return sizeKiB === undefined || count === undefined ? [] : [{ sizeKiB, count }]
      }),
      distances: named(inside(cell, 'distances'), 'sibling').flatMap((sibling) => {
        const to = numberOf(attributeOf(sibling, 'id'))
        const value = numberOf(attributeOf(sibling, 'value'))
        return to === undefined || value === undefined ? [] : [{ id: to, value }]
      }),
      cpus: named(inside(cell, 'cpus'), 'cpu').flatMap((cpu) => {
        const number = numberOf(attributeOf(cpu, 'id'))
        if (number === undefined) return []
        const place = defined({
          socketId: numberOf(attributeOf(cpu, 'socket_id')),
          dieId: numberOf(attributeOf(cpu, 'die_id')),
          coreId: numberOf(attributeOf(cpu, 'core_id')),
          siblings: attributeOf(cpu, 'siblings'),
        })
        return [{ id: number, ...place }]
      }),
    },
  ]
}

function readBank(bank: XmlElement): CacheBank {
  return defined({
    id: numberOf(attributeOf(bank, 'id')),
    level: numberOf(attributeOf(bank, 'level')),
    type: attributeOf(bank, 'type'),
    sizeKiB: kibibytes(bank, attributeOf(bank, 'size')),
    cpus: attributeOf(bank, 'cpus'),
  })
}

/** One architecture of a `<guest>`. */
function readGuest(guest: XmlElement, arch: XmlElement): GuestCapabilities {
  return {
    ...defined({
      osType: textOf(guest, 'os_type'),
      arch: attributeOf(arch, 'name'),
      wordsize: numberOf(textOf(arch, 'wordsize')),
      emulator: textOf(arch, 'emulator'),
    }),
    machines: named(arch, 'machine').map((machine) => ({
      name: machine.text.trim(),
      ...defined({
        canonical: attributeOf(machine, 'canonical'),
        maxCpus: numberOf(attributeOf(machine, 'maxCpus')),
        deprecated: flagOf(machine, 'deprecated'),
      }),
    })),
    domainTypes: named(arch, 'domain').flatMap((domain) => attributeOf(domain, 'type') ?? []),
    features: Object.fromEntries(
      (inside(guest, 'features')?.children ?? []).map((feature) => [
        feature.name,
        attributesOf(feature) ?? {},
      ]),
    ),
  }
}

function attributesOf(element: XmlElement | undefined): Attributes | undefined {
  return element === undefined ? undefined : Object.fromEntries(element.attributes)
}
