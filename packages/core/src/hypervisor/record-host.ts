import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findIfServed } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostFiles } from '../arch/host-info.ts'
import { domainError, quote } from '../errors.ts'
import { realHostFiles } from '../run/host-files.ts'
import { makeFolders } from '../run/make-folders.ts'
import { systemReason } from '../run/system-reason.ts'
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
  '/sys/kernel/mm/hugepages',
]

const nodes = '/sys/devices/system/node'

/** Much more than a big machine has; a recording is no copy of /sys. */
const maxFiles = 50_000
const maxFileBytes = 256 * 1024
const maxDepth = 8

/** What is looked at below those folders; the rest of them tells nothing, or takes long to read. */
const linuxNames: readonly RegExp[] = [
  /^(?:present|possible|online|offline|cpu\d+|topology|cache|index\d+)$/,
  /^(?:id|level|type|size|shared_cpu_list)$/,
  /^(?:physical_package_id|die_id|cluster_id|core_id|thread_siblings_list|core_cpus_list)$/,
  /^(?:cpulist|meminfo|distance|hugepages|hugepages-\d+kB|(?:nr|free)_hugepages)$/,
]

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
  const reader = (await findIfServed(registry, name))?.host
  const recorder = new Recorder(files, folder, (path, bytes) => reader?.anonymize?.(path, bytes))
  for (const path of reader?.paths ?? []) await recorder.record(path, () => true)
  for (const path of linuxPaths) {
    await recorder.record(path, (name) => linuxNames.some((pattern) => pattern.test(name)))
  }
  // Links to their CPUs stand in these folders, so they are looked at one by one.
  for (const node of files.list(nodes).filter((name) => /^node\d+$/.test(name))) {
    await recorder.record(`${nodes}/${node}`, (name) =>
      /^(?:cpulist|meminfo|distance)$|huge/.test(name),
    )
  }
  await writeFile(join(folder, recordingFile), `${JSON.stringify({ machine: name })}\n`)
  // Which modules of KVM there are is itself an answer, on every architecture.
  for (const name of files.list('/sys/module').filter((one) => /^kvm(?:_\w+)?$/.test(one))) {
    for (const child of ['parameters', 'refcnt'])
      await recorder.record(`/sys/module/${name}/${child}`, () => true)
  }
  const { count, bytes, anonymized, skipped } = recorder
  return { arch: name, files: count, bytes, anonymized, skipped }
}

async function makeEmpty(folder: string): Promise<void> {
  try {
    makeFolders(folder)
    if ((await readdir(folder)).length === 0) return
  } catch (cause) {
    const message = `cannot make the folder ${quote(folder, 200)}: ${systemReason(cause)}`
    throw domainError('ERR_SYSTEM_ERROR', message, { cause })
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

  async record(path: string, isWanted: (name: string) => boolean, depth = 0): Promise<void> {
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
      if (name !== '.' && name !== '..' && !name.includes('/') && isWanted(name))
        await this.record(`${path}/${name}`, isWanted, depth + 1)
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
