import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { DomainError, Hypervisor } from '@polyvirt/core'
import type { StorageDriver } from '@polyvirt/core/driver'
import { onTestFinished } from 'vitest'
import { openStorage } from '../../src/index.ts'

/** A private directory that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pv-storage-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A connection with a storage driver and no architecture: pools are no guest's business. */
export async function openIn(dir: string): Promise<Hypervisor> {
  const hypervisor = await openHypervisor(`qemu:///embed?root=${dir}/root`, {
    registry: createRegistry([]),
    drivers: {
      storage: async (context) => {
        const driver = await openStorage(context)
        drivers.set(dir, driver)
        return driver
      },
    },
  })
  onTestFinished(() => hypervisor.close())
  return hypervisor
}

/** The drivers that were opened, by the test's directory. */
const drivers = new Map<string, StorageDriver>()

/** What core asks when a guest starts; a front end has no way to it. */
export function driverOf({ dir }: OpenPool): StorageDriver {
  const driver = drivers.get(dir)
  if (driver === undefined) throw new Error('the driver was never asked')
  return driver
}

export interface OpenPool {
  readonly hypervisor: Hypervisor
  /** Everything of the test. */
  readonly dir: string
  /** The pool's directory. */
  readonly path: string
}

/** A connection with a pool `images` that is in use. */
export async function openPool(): Promise<OpenPool> {
  const dir = tempDir()
  const hypervisor = await openIn(dir)
  const path = `${dir}/images`
  await hypervisor.storagePoolDefineXml(poolXml(path))
  await hypervisor.storagePoolCreate('images', { build: true })
  return { hypervisor, dir, path }
}

export function poolXml(path: string, name = 'images'): string {
  return `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>`
}

export function volumeXml(name: string, rest: string): string {
  return `<volume><name>${name}</name>${rest}</volume>`
}

export const qcow2 = `<capacity unit='MiB'>4</capacity><target><format type='qcow2'/></target>`
export const raw = `<capacity unit='MiB'>1</capacity><allocation>0</allocation>`

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<DomainError> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as DomainError,
  )
}

export async function* bytes(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece)
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Listens until the test ends; `probe` makes an event, which is not among those that are heard. */
export async function listen<Event>(
  events: (signal: AbortSignal) => AsyncIterable<Event>,
  probe: () => Promise<unknown>,
): Promise<readonly Event[]> {
  const done = new AbortController()
  const heard: Event[] = []
  const ended = (async () => {
    for await (const event of events(done.signal)) heard.push(event)
  })()
  onTestFinished(async () => {
    done.abort()
    await ended
  })
  while (heard.length === 0) {
    await probe()
    await sleep(20)
  }
  await sleep(100)
  heard.length = 0
  return heard
}
