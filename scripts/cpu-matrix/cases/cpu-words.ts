/**
 * A `<cpu>` to ask about, in libvirt's words. Values are texts: wrong ones are asked about as well.
 */
export interface CpuWords {
  readonly arch?: string
  readonly mode?: string
  readonly match?: string
  readonly check?: string
  readonly migratable?: string
  readonly model?: string
  readonly fallback?: string
  readonly vendorId?: string
  readonly vendor?: string
  readonly maxphysaddr?: Attributes
  readonly cache?: Attributes
  readonly topology?: Attributes
  readonly features?: readonly FeatureWords[]
}

/** A name, and the policy where one is given. */
export type FeatureWords = readonly [name: string, policy?: string]

type Attributes = Readonly<Record<string, string | undefined>>

/** Written by hand and not by the library, whose own reader and writer are under test. */
export function writeCpu(words: CpuWords): string {
  const { arch, mode, match, check, migratable, model, fallback, vendorId } = words
  const children = [
    arch === undefined ? '' : `<arch>${arch}</arch>`,
    model === undefined && vendorId === undefined && fallback === undefined
      ? ''
      : element('model', { fallback, vendor_id: vendorId }, model),
    words.vendor === undefined ? '' : `<vendor>${words.vendor}</vendor>`,
    words.maxphysaddr === undefined ? '' : element('maxphysaddr', words.maxphysaddr),
    words.topology === undefined ? '' : element('topology', words.topology),
    words.cache === undefined ? '' : element('cache', words.cache),
    ...(words.features ?? []).map(([name, policy]) => element('feature', { policy, name })),
  ]
  return element('cpu', { mode, match, check, migratable }, children.join(''))
}

function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : ` ${key}='${value}'`))
    .join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}
