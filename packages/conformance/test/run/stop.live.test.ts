import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runConformance } from '../../src/run/run-conformance.ts'
import { workspaceArch } from '../guest/workspace-arches.ts'

const limitMs = 600_000

describe('a run that is stopped while its guests run', () => {
  const before = process.env['TMPDIR']
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pvstop-'))
    process.env['TMPDIR'] = folder
  })
  afterEach(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    rmSync(folder, { recursive: true })
  })

  it.each(['live', 'guest'] as const)(
    'leaves no process and no file (%s tier)',
    { timeout: limitMs },
    async (tier) => {
      const { arch, fixturesUrl } = await workspaceArch('ppc64le')
      const stop = new AbortController()
      const run = runConformance({
        arches: [{ arch, fixtures: fixturesUrl }],
        tiers: [tier],
        scenarios: ['rng/random'],
        signal: stop.signal,
      })
      expect(await firstEmulator(folder, run)).toBeDefined()
      stop.abort()
      const { interrupted, cases } = await run
      expect(interrupted).toBe(true)
      expect(cases.map(({ reason }) => reason)).toContain('the run was stopped')
      expect(emulatorsIn(folder)).toEqual([])
      expect(readdirSync(folder)).toEqual([])
    },
  )
})

/** The process of the first guest; none where the run ends without one. */
async function firstEmulator(folder: string, run: Promise<unknown>): Promise<string | undefined> {
  const ended = new AbortController()
  const end = (): void => ended.abort()
  run.then(end, end)
  while (!ended.signal.aborted) {
    // Asking an emulator what it can do is no guest.
    const [found] = emulatorsIn(folder).filter((pid) => commandLine(pid).includes('conformance'))
    if (found !== undefined) return found
    await setTimeout(5)
  }
  return undefined
}

/** Processes whose command line names this folder. */
const emulatorsIn = (folder: string): readonly string[] =>
  readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && commandLine(pid).includes(folder),
  )

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
