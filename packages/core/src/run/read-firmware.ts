import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FirmwareDescriptor } from '../plan/select-firmware.ts'

/** Folders of firmware descriptors, the more important ones first (QEMU docs/interop/firmware.json). */
const folders = ['/etc/qemu/firmware', '/usr/share/qemu/firmware']

/** Descriptors larger than this are no descriptors. */
const maxBytes = 65_536

/**
 * The firmware that the host offers, best first: by file name, and a name in a more important
 * folder hides the same name in another (an empty file there hides it for good). What cannot be
 * read is left out, and so is a descriptor of a file that is not installed.
 */
export function readFirmware(
  from: readonly string[] = folders,
  exists: (path: string) => boolean = existsSync,
): readonly FirmwareDescriptor[] {
  const byName = new Map<string, string>()
  for (const folder of from) {
    for (const name of list(folder)) {
      if (name.endsWith('.json') && !byName.has(name)) byName.set(name, join(folder, name))
    }
  }
  return [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, path]) => parse(path) ?? [])
    .filter(({ executable }) => exists(executable))
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function parse(path: string): FirmwareDescriptor | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    return text.length > maxBytes ? undefined : descriptorOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** One descriptor from its JSON, or nothing where it is of another shape. */
export function descriptorOf(json: unknown): FirmwareDescriptor | undefined {
  const root = record(json)
  const mapping = record(root?.mapping)
  const executable = record(mapping?.executable) ?? mapping
  const device = mapping?.device
  const filename = executable?.filename
  if (root === undefined || typeof filename !== 'string') return undefined
  if (device !== 'flash' && device !== 'memory' && device !== 'kernel') return undefined
  const template = record(mapping?.['nvram-template'])?.filename
  const { mode } = mapping ?? {}
  return {
    interfaces: words(root['interface-types']),
    device,
    executable: filename,
    executableFormat: typeof executable?.format === 'string' ? executable.format : 'raw',
    ...(typeof template === 'string' && { nvramTemplate: template }),
    ...((mode === 'split' || mode === 'combined' || mode === 'stateless') && { mode }),
    targets: (Array.isArray(root.targets) ? root.targets : []).flatMap((target: unknown) => {
      const { architecture, machines } = record(target) ?? {}
      return typeof architecture === 'string' ? [{ architecture, machines: words(machines) }] : []
    }),
    features: words(root.features),
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}
