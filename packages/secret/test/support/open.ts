import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import type { SecretDriver } from '@polyvirt/core/driver'
import { onTestFinished } from 'vitest'
import { openSecrets } from '../../src/index.ts'

/** A private directory that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pv-secret-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A connection with a secret driver. */
export async function openIn(dir: string): Promise<Hypervisor> {
  const hypervisor = await openHypervisor(`qemu:///embed?root=${dir}`, {
    registry: createRegistry([x86, ppc64]),
    drivers: {
      secret: async (context) => {
        const driver = await openSecrets(context)
        drivers.set(dir, driver)
        return driver
      },
    },
  })
  onTestFinished(() => hypervisor.close())
  return hypervisor
}

const drivers = new Map<string, SecretDriver>()

/** What core asks when a guest starts; a front end has no way to it. */
export function driverOf(dir: string): SecretDriver {
  const driver = drivers.get(dir)
  if (driver === undefined) throw new Error('the driver was never asked')
  return driver
}

export function uuidOf(number: number): string {
  return `00000000-0000-4000-8000-00000000000${number}`
}

export function secretXml(number: number, inner: string, attributes = ''): string {
  return `<secret ${attributes}><uuid>${uuidOf(number)}</uuid>${inner}</secret>`
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
