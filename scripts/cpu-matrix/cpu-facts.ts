import type { XmlElement } from '@polyvirt/core'

/** A `<cpu>` as its facts. Features are `policy name`, in their order; a host's have no policy. */
export interface CpuFacts {
  readonly mode?: string
  readonly match?: string
  readonly check?: string
  readonly migratable?: string
  readonly model?: string
  readonly fallback?: string
  readonly vendorId?: string
  readonly vendor?: string
  /** Attributes as `name=value`, by name. */
  readonly maxphysaddr?: string
  readonly topology?: string
  readonly cache?: string
  readonly features?: readonly string[]
}

/** Facts of a `<cpu>`, or of an element that holds what one would. */
export function cpuFacts({ attributes, children }: XmlElement): CpuFacts {
  const child = (name: string): XmlElement | undefined => children.find((one) => one.name === name)
  const model = child('model')
  const features = children.flatMap(({ name, attributes: own }) =>
    name === 'feature' ? [`${own.get('policy') ?? ''} ${own.get('name') ?? ''}`.trim()] : [],
  )
  return present({
    mode: attributes.get('mode'),
    match: attributes.get('match'),
    check: attributes.get('check'),
    migratable: attributes.get('migratable'),
    model: model?.text.trim() || undefined,
    fallback: model?.attributes.get('fallback'),
    vendorId: model?.attributes.get('vendor_id'),
    vendor: child('vendor')?.text.trim(),
    maxphysaddr: attributesOf(child('maxphysaddr')),
    topology: attributesOf(child('topology')),
    cache: attributesOf(child('cache')),
    features: features.length === 0 ? undefined : features,
  })
}

function attributesOf(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined
  return [...element.attributes]
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(' ')
}

type Possibly<T> = { readonly [K in keyof T]: T[K] | undefined }

function present(facts: Possibly<Required<CpuFacts>>): CpuFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

/** `<cpu>` of a `<domain>`, or null. */
export function domainCpu(domain: XmlElement): CpuFacts | null {
  const cpu = domain.children.find(({ name }) => name === 'cpu')
  return cpu === undefined ? null : cpuFacts(cpu)
}
