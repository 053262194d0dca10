import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { DomainError, Hypervisor } from '@polyvirt/core'
import type { NetworkDriver } from '@polyvirt/core/driver'
import { onTestFinished } from 'vitest'
import { openNetworks } from '../../src/index.ts'

/** A private directory that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pv-network-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A connection with a network driver and no architecture: networks are no guest's business. */
export async function openIn(dir: string): Promise<Hypervisor> {
  const hypervisor = await openHypervisor(`qemu:///embed?root=${dir}`, {
    registry: createRegistry([]),
    drivers: {
      network: async (context) => {
        const driver = await openNetworks(context)
        drivers.set(dir, driver)
        return driver
      },
    },
  })
  onTestFinished(() => hypervisor.close())
  return hypervisor
}

const drivers = new Map<string, NetworkDriver>()

/** What core asks when a guest starts; a front end has no way to it. */
export function driverOf(dir: string): NetworkDriver {
  const driver = drivers.get(dir)
  if (driver === undefined) throw new Error('the driver was never asked')
  return driver
}

export function networkXml(rest: string, name = 'lab'): string {
  return `<network>\n<name>${name}</name>\n${rest}\n</network>`
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<DomainError> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as DomainError,
  )
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
