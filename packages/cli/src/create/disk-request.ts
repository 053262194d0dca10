import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseSize } from '../parse/scaled-integer.ts'
import { elementText } from '../xml/element-text.ts'
import { refused, splitSpec } from './split-spec.ts'

/** A disk that a guest is to have. */
export interface DiskRequest {
  readonly path?: string
  readonly volume?: { readonly pool: string; readonly name: string }
  /** The image is made, of this size; without one it is there already. */
  readonly sizeBytes?: number
  readonly format: string
  readonly bus?: string
  readonly readonly: boolean
  readonly cache?: string
}

const keys = ['path', 'size', 'format', 'bus', 'pool', 'volume', 'readonly', 'cache']
/** Formats that an image is made in. */
const made = ['qcow2', 'raw']

/**
 * `FILE[,size=20G][,format=qcow2][,bus=virtio]`, or `pool=images,volume=web.qcow2`.
 *
 * @throws CommandError where the file is not there and is not to be made, or the other way round.
 */
export async function diskRequest(text: string): Promise<DiskRequest> {
  const { first, values } = splitSpec('disk', text, keys)
  const one = (key: string): string | undefined => values.get(key)?.at(-1)
  const path = first ?? one('path')
  const size = one('size')
  const sizeBytes = size === undefined ? undefined : parseSize(size, 1024 ** 3)
  const common = {
    readonly: ['on', 'yes', 'true'].includes(one('readonly') ?? ''),
    ...(values.has('bus') && { bus: one('bus') ?? '' }),
    ...(values.has('cache') && { cache: one('cache') ?? '' }),
  }
  if (size !== undefined && (sizeBytes === undefined || !(sizeBytes > 0))) {
    throw refused('disk', `'${size}' is no size; a number of GiB, or 512M, 20G`)
  }
  const [pool, name] = [one('pool'), one('volume')]
  if (pool !== undefined && name !== undefined) {
    return { volume: { pool, name }, format: one('format') ?? 'raw', ...common }
  }
  if (path === undefined || path === '') {
    throw refused('disk', 'no file is named; FILE[,size=20G], or pool=POOL,volume=VOLUME')
  }
  const file = resolve(path)
  const found = await stat(file).catch(() => undefined)
  const format = one('format') ?? formatOf(file, sizeBytes !== undefined)
  if (sizeBytes === undefined) {
    if (found === undefined) {
      throw refused('disk', `${path} is not there`, `--disk ${path},size=20G makes it`)
    }
    if (!values.has('format')) await checkFormat(file, format)
    return { path: file, format, ...common }
  }
  if (found !== undefined) {
    throw refused(
      'disk',
      `${path} is there already`,
      `--disk ${path} without size= takes it as it is`,
    )
  }
  if (!made.includes(format)) {
    throw refused('disk', `an image is not made in format ${format}; offered: ${made.join(', ')}`)
  }
  return { path: file, sizeBytes, format, ...common }
}

/** By the name alone: what is in an image is the guest's own to write. */
function formatOf(file: string, isNew: boolean): string {
  const [, ending = ''] = /\.(qcow2|vmdk|vdi|vhdx|raw|img|iso)$/i.exec(file) ?? []
  if (ending === '') return isNew ? 'qcow2' : 'raw'
  return ['qcow2', 'vmdk', 'vdi', 'vhdx'].includes(ending.toLowerCase())
    ? ending.toLowerCase()
    : 'raw'
}

/** An image that is taken for raw and begins as a qcow2 one does is a mistake, or a trap. */
async function checkFormat(file: string, format: string): Promise<void> {
  if (format !== 'raw') return
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    if (bytesRead < 4 || buffer.toString('latin1') !== 'QFI\u00fb') return
  } catch {
    return
  } finally {
    await handle.close()
  }
  throw refused(
    'disk',
    `${file} begins as a qcow2 image does; say which it is`,
    `--disk ${file},format=qcow2, or format=raw`,
  )
}

/** Where each kind of bus has its disks, and their letters. */
const prefixes: Readonly<Record<string, string>> = {
  virtio: 'vd',
  ide: 'hd',
  fdc: 'fd',
}

/** Gives out target names, each once. */
export function targetNames(): (bus: string) => string {
  const counts = new Map<string, number>()
  return (bus) => {
    const prefix = prefixes[bus] ?? 'sd'
    const count = counts.get(prefix) ?? 0
    counts.set(prefix, count + 1)
    return `${prefix}${String.fromCodePoint(97 + count)}`
  }
}

/** The `<disk>` of a request, on this bus. */
export function diskElement(disk: DiskRequest, bus: string, target: string): string {
  const { path, volume, format, cache } = disk
  return elementText('disk', { type: volume === undefined ? 'file' : 'volume', device: 'disk' }, [
    elementText('driver', { name: 'qemu', type: format, cache, discard: 'unmap' }),
    volume === undefined
      ? elementText('source', { file: path })
      : elementText('source', { pool: volume.pool, volume: volume.name }),
    elementText('target', { dev: target, bus }),
    ...(disk.readonly ? ['<readonly/>'] : []),
  ])
}
