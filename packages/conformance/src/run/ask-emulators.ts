import { checkEmulator } from '@polyvirt/core'
import { findEmulator } from '../find-emulator.ts'
import { openFixtures } from '../fixtures.ts'
import { liveCapabilities } from '../live-capabilities.ts'
import type { AskedEmulator } from './conformance-cases.ts'
import type { ArchSubject, RunConformanceOptions } from './run-options.ts'
import { tooOld } from './too-old.ts'

/** What was found out about the emulators of one architecture, by guest architecture. */
export interface AskedEmulators {
  readonly emulators: Readonly<Record<string, AskedEmulator>>
  readonly unknown: Readonly<Record<string, string>>
}

/**
 * Asks the emulators that the caller names, and those of guests that nothing was recorded of.
 *
 * @throws where an emulator that the caller names does not answer.
 */
export async function askEmulators(
  subject: ArchSubject,
  { emulator: named = {}, onEvent }: Pick<RunConformanceOptions, 'emulator' | 'onEvent'>,
): Promise<AskedEmulators> {
  const fixtures = subject.fixtures === undefined ? undefined : openFixtures(subject.fixtures)
  const emulators: Record<string, AskedEmulator> = {}
  const unknown: Record<string, string> = {}
  const ask = async (path: string): Promise<AskedEmulator> => {
    onEvent?.({ kind: 'note', line: `asking ${path} what it can do` })
    return { path, capabilities: await liveCapabilities(path) }
  }
  for (const guest of subject.arch.guests) {
    const isRecorded =
      guest.emulators.some((name) => subject.capabilities?.[name] !== undefined) ||
      fixtures?.capabilities(guest.emulators) !== undefined
    const path = named[guest.name]
    if (path !== undefined) {
      const asked = await ask(await checkEmulator(path))
      emulators[guest.name] = asked
      const old = isRecorded ? undefined : tooOld(guest, asked.path)
      if (old !== undefined) unknown[guest.name] = old
      continue
    }
    if (isRecorded) continue
    const found = findEmulator(guest.emulators)
    if (found === undefined) {
      unknown[guest.name] =
        `nothing was recorded of ${guest.emulators[0]}, and it is not installed (${guest.emulatorPackage})`
      continue
    }
    const old = tooOld(guest, found)
    if (old !== undefined) {
      unknown[guest.name] = old
      continue
    }
    try {
      emulators[guest.name] = await ask(found)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      unknown[guest.name] = `${found} does not answer: ${why.split('\n', 1)[0]}`
    }
  }
  return { emulators, unknown }
}
