import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostInfo } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { checkHost } from '../../src/check-host.ts'
import { hostFilesOf } from '../../src/check-as-host.ts'
import { findEmulator } from '../../src/find-emulator.ts'
import { debianGuests } from '../../src/guest/debian-guests.ts'
import { buildReadingImage, readHostInside } from '../../src/host-inside.ts'
import { liveCapabilities } from '../../src/live-capabilities.ts'
import { startGuest, type StartedGuest } from '../../src/started-guest.ts'
import { targetsOf, type Target } from '../../src/target.ts'
import { machines, type ReadMachine } from './read-machines.ts'
import { workspaceArch } from './workspace-arches.ts'

const limitMs = 600_000

describe('a host reader, run by Node in a guest,', () => {
  for (const machine of machines) {
    const missing = findEmulator([machine.emulator]) === undefined
    const title = `finds ${machine.title}${missing ? `: not run, no ${machine.emulator} here` : ''}`
    it.skipIf(missing)(title, { timeout: limitMs }, () => readMachine(machine))
  }
})

async function readMachine(machine: ReadMachine): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'polyvirt-reading-'))
  try {
    const { target, reader } = await targetOf(machine)
    const recipe = debianGuests[machine.guest]
    if (recipe === undefined) throw new Error(`no recipe for ${machine.guest}`)
    const reading = await buildReadingImage(recipe, { reader, folder })
    const guest = await startGuest(machine.xml, target, { image: reading.image })
    try {
      const info = await readHostInside(guest, reading)
      checkHost(info, guest.planned)
      expect(info.warnings ?? []).toEqual([])
      expect(info.memoryKiB).toBe(guest.report.memory.totalKiB)
      expect(info).toMatchObject(machine.wanted)
      expect(info.cpu.features).toEqual(expect.arrayContaining([...(machine.cpuFeatures ?? [])]))
      expectSameFromOutside(info, guest)
    } finally {
      await guest[Symbol.asyncDispose]()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the guest sent is as good as the guest: the reader finds the same in it on this machine. */
function expectSameFromOutside(info: HostInfo, { files, planned }: StartedGuest): void {
  const outside = planned.target.arch.host.read(hostFilesOf(files))
  expect(JSON.parse(JSON.stringify(outside))).toEqual(info)
}

interface Found {
  readonly target: Target
  readonly reader: URL
}

async function targetOf({ guest, emulator, profile }: ReadMachine): Promise<Found> {
  const { arch, reader, fixtures } = await workspaceArch(guest)
  const file = findEmulator([emulator])
  const recorded = fixtures.capabilities([emulator])
  const offered = arch.guests.find(({ name }) => name === guest)
  if (file === undefined || recorded === undefined || offered === undefined) {
    throw new Error(`${guest} has no emulator, no recording or no name`)
  }
  const capabilities = await liveCapabilities(file)
  const target = targetsOf(arch, offered, capabilities, file).find(
    (one) => one.profile.name === profile,
  )
  if (target === undefined) throw new Error(`${file} has no machine '${profile}'`)
  return { target, reader }
}
