import type { XmlElement } from '../core.ts'
import { attributeOf, defined, flagOf, inside, named, numberOf, textOf } from './elements.ts'

/** `<domainCapabilities>` as plain data, by libvirt's names. */
export interface DomainCapabilities {
  readonly path?: string
  readonly domain?: string
  readonly machine?: string
  readonly arch?: string
  readonly vcpuMax?: number
  readonly cpu: {
    readonly modes: readonly CpuMode[]
    /** Models that mode `custom` takes. */
    readonly models: readonly CpuModel[]
  }
  readonly devices: Readonly<Record<string, Offer>>
  readonly features: Readonly<Record<string, Offer>>
  /** The rest of the document: `os`, `iothreads`, `memoryBacking`. */
  readonly others: Readonly<Record<string, Offer>>
}

/** Whether something is to be had, and in which shapes. */
export interface Offer {
  readonly supported: boolean
  /** Values by the name of their `<enum>`. */
  readonly enums: Readonly<Record<string, readonly string[]>>
  /** Values that stand in it without an `<enum>`: paths of loaders. */
  readonly values?: readonly string[]
  /** Numbers and words about it: SEV's `cbitpos`. */
  readonly properties?: Readonly<Record<string, string>>
  /** What belongs to it: the `loader` of `os`. */
  readonly parts?: Readonly<Record<string, Offer>>
}

export interface CpuMode extends Pick<Offer, 'supported' | 'enums'> {
  readonly name: string
  /** What `host-model` turns into. */
  readonly model?: string
  readonly vendor?: string
  readonly features?: readonly { readonly name: string; readonly policy: string }[]
}

export interface CpuModel {
  readonly name: string
  /** Runs here as it stands: `yes`, `no`, `unknown`. */
  readonly usable: string
  readonly vendor?: string
  readonly canonical?: string
  readonly deprecated?: boolean
}

const heading = new Set(['path', 'domain', 'machine', 'arch', 'vcpu', 'cpu', 'devices', 'features'])

/** The document's words as plain data. */
export function readDomainCapabilities(root: XmlElement): DomainCapabilities {
  const modes = named(inside(root, 'cpu'), 'mode')
  const custom = modes.find((mode) => attributeOf(mode, 'name') === 'custom')
  return {
    ...defined({
      path: textOf(root, 'path'),
      domain: textOf(root, 'domain'),
      machine: textOf(root, 'machine'),
      arch: textOf(root, 'arch'),
      vcpuMax: numberOf(attributeOf(inside(root, 'vcpu'), 'max')),
    }),
    cpu: { modes: modes.map(readMode), models: named(custom, 'model').map(readModel) },
    devices: offersOf(inside(root, 'devices')?.children ?? []),
    features: offersOf(inside(root, 'features')?.children ?? []),
    others: offersOf(root.children.filter(({ name }) => !heading.has(name))),
  }
}

function offersOf(elements: readonly XmlElement[]): Readonly<Record<string, Offer>> {
  return Object.fromEntries(elements.map((element) => [element.name, readOffer(element)]))
}

function readOffer(element: XmlElement): Offer {
  const { children } = element
  const parts = children.filter((child) => child.attributes.has('supported'))
  const values = named(element, 'value').map((value) => value.text)
  const properties = children.filter(
    (child) =>
      child.name !== 'enum' && child.name !== 'value' && !parts.includes(child) && textOf(child),
  )
  return {
    supported: flagOf(element, 'supported') ?? false,
    enums: enumsOf(element),
    ...(values.length > 0 && { values }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties.map((child) => [child.name, child.text.trim()])),
    }),
    ...(parts.length > 0 && { parts: offersOf(parts) }),
  }
}

function enumsOf(element: XmlElement): Offer['enums'] {
  return Object.fromEntries(
    named(element, 'enum').map((list) => [
      attributeOf(list, 'name') ?? '',
      named(list, 'value').map((value) => value.text),
    ]),
  )
}

function readMode(mode: XmlElement): CpuMode {
  const features = named(mode, 'feature').map((feature) => ({
    name: attributeOf(feature, 'name') ?? '',
    policy: attributeOf(feature, 'policy') ?? 'require',
  }))
  const name = attributeOf(mode, 'name') ?? ''
  return {
    name,
    supported: flagOf(mode, 'supported') ?? false,
    enums: enumsOf(mode),
    // The models below `custom` are what it takes; that of another mode is what it turns into.
    ...(name !== 'custom' &&
      defined({ model: textOf(mode, 'model'), vendor: textOf(mode, 'vendor') })),
    ...(features.length > 0 && { features }),
  }
}

function readModel(model: XmlElement): CpuModel {
  return {
    name: model.text.trim(),
    usable: attributeOf(model, 'usable') ?? 'unknown',
    ...defined({
      vendor: attributeOf(model, 'vendor'),
      canonical: attributeOf(model, 'canonical'),
      deprecated: flagOf(model, 'deprecated'),
    }),
  }
}
