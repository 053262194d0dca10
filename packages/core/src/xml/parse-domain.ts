import type { Place, Problem } from '../errors.ts'
import { domainXml } from '../domain/domain.ts'
import type { Disk } from '../domain/devices/disk.ts'
import type { Domain } from '../domain/domain.ts'
import { readDocument } from './document.ts'
import { writeRecord } from './fields.ts'
import type { Assumption } from './fields.ts'
import { qemuNamespace } from './namespaces.ts'
import { XmlWriter } from './writer.ts'

export interface ParsedDomain {
  readonly domain: Domain
  /** What the document says and polyvirt does not understand: ignored, never in silence. */
  readonly warnings: readonly Problem[]
  /** Values that libvirt's schema gives to what the document leaves out. */
  readonly assumed: readonly Assumption[]
  /** The place of a path in the document, or of the nearest element above it. */
  locate(path: string): Place | undefined
}

export interface ParseOptions {
  /** Unknown elements and attributes are errors. */
  readonly validate?: boolean
}

/**
 * Reads domain XML into the model: no defaults, no judgement about machines.
 *
 * @throws DomainError `ERR_XML_ERROR` or `ERR_CONFIG_UNSUPPORTED`, with every problem found, each
 * with its line and path.
 */
export function parseDomain(source: string, options: ParseOptions = {}): ParsedDomain {
  const { value, ...rest } = readDocument(source, { root: 'domain', fields: domainXml }, options)
  return { domain: value, ...rest }
}

/**
 * A domain without what only its owner shall see: passwords of displays, cookies of images. What libvirt prints
 * without `--security-info`.
 */
export function withoutSecrets(domain: Domain): Domain {
  const { graphics = [], disk = [] } = domain.devices
  const passwords = graphics.some(({ passwd }) => passwd !== undefined)
  const cookies = disk.some(hasCookies)
  if (!passwords && !cookies) return domain
  const shown = {
    ...(passwords && { graphics: graphics.map(({ passwd: _secret, ...rest }) => rest) }),
    ...(cookies && { disk: disk.map((one) => withoutCookies(one)) }),
  }
  return { ...domain, devices: { ...domain.devices, ...shown } }
}

type Image = Pick<Disk, 'source' | 'backingStore'>

function hasCookies({ source, backingStore }: Image): boolean {
  return source?.cookies !== undefined || (backingStore !== undefined && hasCookies(backingStore))
}

/** What a server of images takes for a password. */
function withoutCookies<T extends Image>(image: T): T {
  const { cookies, ...source } = image.source ?? {}
  return {
    ...image,
    ...(cookies && { source }),
    ...(image.backingStore && { backingStore: withoutCookies(image.backingStore) }),
  }
}

/** A domain without the paths at which its volumes were found: they are the pool's affair. */
export function withoutVolumePaths(domain: Domain): Domain {
  const disk = domain.devices.disk?.map(withoutVolumePath)
  return disk === undefined ? domain : { ...domain, devices: { ...domain.devices, disk } }
}

export function withoutVolumePath(disk: Disk): Disk {
  if (disk.type !== 'volume' || disk.source === undefined) return disk
  const { file: _, dev: __, dir: ___, ...source } = disk.source
  return { ...disk, source }
}

/** Writes a domain as libvirt prints it. */
export function formatDomain(domain: Domain, id?: number): string {
  const writer = new XmlWriter('domain')
  const uses = Object.entries(domain).some(
    ([key, value]) => key.startsWith('qemu') && value !== undefined,
  )
  writer.attribute('type', domain.type)
  if (id !== undefined) writer.attribute('id', String(id))
  if (uses) writer.attribute('xmlns:qemu', qemuNamespace)
  const { type: _, ...fields } = domainXml
  writeRecord(domain, fields as typeof domainXml, writer)
  return writer.toString()
}
