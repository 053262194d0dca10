import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseSize } from '../parse/scaled-integer.ts'
import { elementText } from '../xml/element-text.ts'
import { refused, splitSpec } from './split-spec.ts'

/** A disk that a guest is to have. */
export interface DiskRequest {
  readonly path?: string
  /** It is a device of the host. */
  readonly isBlock?: boolean
  readonly volume?: { readonly pool: string; readonly name: string }
  /** The image is made, of this size; without one it is there already. */
  readonly sizeBytes?: number
  readonly format: string
  readonly bus?: string
  readonly readonly: boolean
  readonly cache?: string
}

/** What is in a volume that is there. */
export type VolumeFormat = (volume: {
  readonly pool: string
  readonly name: string
}) => Promise<string>

const keys = ['path', 'size', 'format', 'bus', 'pool', 'volume', 'readonly', 'cache']
/** Formats that an image is made in. */
const made = ['qcow2', 'raw']

/**
 * `FILE[,size=20G][,format=qcow2][,bus=virtio]`, or `pool=images,volume=web.qcow2`.
 *
 * @throws CommandError where the file is not there and is not to be made, or the other way round.
 */
export async function diskRequest(text: string, volumeFormat: VolumeFormat): Promise<DiskRequest> {
  const { first, values } = splitSpec('disk', text, keys)
  const one = (key: string): string | undefined => values.get(key)?.at(-1)
  const path = first ?? one('path')
  const size = one('size')
  const sizeBytes = size === undefined ? undefined : parseSize(size, 1024 ** 3)
  const common = {
    readonly: isOn('readonly', one('readonly') ?? 'off'),
    ...(values.has('bus') && { bus: one('bus') ?? '' }),
    ...(values.has('cache') && { cache: one('cache') ?? '' }),
  }
  if (size !== undefined && !(Number.isSafeInteger(sizeBytes) && Number(sizeBytes) > 0)) {
    throw refused('disk', `'${size}' is no size of a disk; a number of GiB, or 512M, 20G`)
  }
  const [pool, name] = [one('pool'), one('volume')]
  if (pool !== undefined || name !== undefined) {
    if (pool === undefined || name === undefined || path !== undefined) {
      throw refused('disk', 'a volume is named by its pool and its name: pool=POOL,volume=VOLUME')
    }
    if (size !== undefined) {
      const words = ['vol-create-as', pool, name, size, '--format', one('format') ?? 'qcow2']
      throw refused('disk', 'a volume is there already, and has its size', words.join(' '))
    }
    const volume = { pool, name }
    return { volume, format: one('format') ?? (await volumeFormat(volume)), ...common }
  }
  if (path === undefined || path === '') {
    throw refused('disk', 'no file is named; FILE[,size=20G], or pool=POOL,volume=VOLUME')
  }
  const file = resolve(path)
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory() === true) throw refused('disk', `${path} is a directory`)
  const format = one('format') ?? formatOf(file, sizeBytes !== undefined)
  if (sizeBytes === undefined) {
    if (found === undefined) {
      throw refused('disk', `${path} is not there`, `--disk ${path},size=20G makes it`)
    }
    if (!values.has('format')) await checkFormat(file, format)
    return { path: file, isBlock: found.isBlockDevice(), format, ...common }
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

function isOn(key: string, value: string): boolean {
  const at = ['on', 'yes', 'true', 'off', 'no', 'false'].indexOf(value)
  if (at === -1) throw refused('disk', `${key} is 'on' or 'off', not '${value}'`)
  return at < 3
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
    return `${prefix}${letters(count)}`
  }
}

/** a, b, … z, aa, ab, …: as the kernel counts disks. */
function letters(count: number): string {
  const last = String.fromCodePoint(97 + (count % 26))
  return count < 26 ? last : `${letters(Math.floor(count / 26) - 1)}${last}`
}

/** The `<source>` of a file or a device of the host, and the type of disk that has it. */
export function fileSource(
  path: string,
  isBlock = false,
): { readonly type: string; readonly source: string } {
  const type = isBlock ? 'block' : 'file'
  return { type, source: elementText('source', { [isBlock ? 'dev' : 'file']: path }) }
}

/** The `<disk>` of a request, on this bus. */
export function diskElement(disk: DiskRequest, bus: string, target: string): string {
  const { path = '', isBlock, volume, format, cache } = disk
  const { type, source } =
    volume === undefined
      ? fileSource(path, isBlock)
      : {
          type: 'volume',
          source: elementText('source', { pool: volume.pool, volume: volume.name }),
        }
  return elementText('disk', { type, device: 'disk' }, [
    elementText('driver', { name: 'qemu', type: format, cache, discard: 'unmap' }),
    source,
    elementText('target', { dev: target, bus }),
    ...(disk.readonly ? ['<readonly/>'] : []),
  ])
}
