import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostFiles } from '../arch/host-info.ts'
import { domainError, quote } from '../errors.ts'
import { realHostFiles } from '../run/host-files.ts'
import { hostArch, recordingFile } from './host.ts'

export interface HostRecording {
  /** libvirt's name of the host's architecture. */
  readonly arch: string
  readonly files: number
  readonly bytes: number
  /** Paths of files that name this very machine, recorded with stand-ins. */
  readonly anonymized: readonly string[]
  /** What was too large, too deep or too much to be recorded. */
  readonly skipped: readonly string[]
}

/** Files and folders that every Linux reader looks at; a folder stands for all in it. */
const linuxPaths: readonly string[] = [
  '/proc/cpuinfo',
  '/proc/meminfo',
  '/proc/stat',
  '/sys/devices/system/cpu',
  '/sys/devices/system/node',
  '/sys/kernel/mm/hugepages',
]

/** Much more than a big machine has; a recording is no copy of /sys. */
const maxFiles = 50_000
const maxFileBytes = 256 * 1024
const maxDepth = 8

/** Names below the folders above that tell nothing of a host and may be slow, large or private. */
const dullNames =
  /^(?:memory\d+|power|uevent|vmstat|numastat|crash_notes\w*|hotplug|cpufreq|cpuidle|driver|subsystem|firmware_node|node\d+$|acpi_cppc|thermal_throttle|microcode)$/

/**
 * Records the files from which this host is read, so that the folder serves as a host (`host=` of an
 * embedded connection). Serial numbers and UUIDs are blanked by the architecture's own reader.
 *
 * @throws DomainError `ERR_OPERATION_INVALID` for a folder that is there and not empty.
 */
export async function recordHost(
  registry: ArchRegistry,
  folder: string,
  files: HostFiles = realHostFiles,
): Promise<HostRecording> {
  await makeEmpty(folder)
  const name = hostArch(files)
  const reader = registry.guests().includes(name) ? (await registry.find(name)).host : undefined
  const recorder = new Recorder(files, folder, (path, bytes) => reader?.anonymize?.(path, bytes))
  for (const path of [...linuxPaths, ...(reader?.paths ?? [])]) await recorder.record(path, 0)
  await writeFile(join(folder, recordingFile), `${JSON.stringify({ machine: name })}\n`)
  const { count, bytes, anonymized, skipped } = recorder
  return { arch: name, files: count, bytes, anonymized, skipped }
}

async function makeEmpty(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    if ((await readdir(folder)).length === 0) return
  } catch (cause) {
    throw domainError('ERR_SYSTEM_ERROR', `cannot make the folder ${quote(folder, 200)}`, { cause })
  }
  throw domainError(
    'ERR_OPERATION_INVALID',
    `${quote(folder, 200)} is not empty; a recording wants a folder of its own`,
  )
}

class Recorder {
  count = 0
  bytes = 0
  readonly anonymized: string[] = []
  readonly skipped: string[] = []
  readonly #files: HostFiles
  readonly #folder: string
  readonly #anonymize: (path: string, bytes: Uint8Array) => Uint8Array | undefined
  readonly #seen = new Set<string>()

  constructor(
    files: HostFiles,
    folder: string,
    anonymize: (path: string, bytes: Uint8Array) => Uint8Array | undefined,
  ) {
    this.#files = files
    this.#folder = folder
    this.#anonymize = anonymize
  }

  async record(path: string, depth: number): Promise<void> {
    if (this.#seen.has(path)) return
    this.#seen.add(path)
    if (this.count >= maxFiles || depth > maxDepth) {
      this.skipped.push(path)
      return
    }
    const bytes = this.#files.read(path)
    if (bytes !== undefined) {
      await this.#write(path, bytes)
      return
    }
    for (const name of this.#files.list(path)) {
      if (name.includes('/') || (depth > 0 && dullNames.test(name))) continue
      await this.record(`${path}/${name}`, depth + 1)
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > maxFileBytes) {
      this.skipped.push(path)
      return
    }
    const safe = this.#anonymize(path, bytes) ?? bytes
    if (safe !== bytes && !Buffer.from(safe).equals(bytes)) this.anonymized.push(path)
    const file = join(this.#folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, safe)
    this.count++
    this.bytes += safe.length
  }
}
