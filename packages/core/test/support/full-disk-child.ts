/**
 * Asks an emulator whose folder has no room, and again when it has; prints what it came to, as JSON.
 *
 *   full-disk-child.ts SMALL-DISK CACHE-DIR EMULATOR
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { probeKvm } from '../../src/run/kvm-status.ts'
import { machineTrials } from '../../src/run/machine-trials.ts'
import { probeCapabilities } from '../../src/run/probe-capabilities.ts'

const [, , workDir = '', cacheDir = '', emulator = ''] = process.argv
const filler = join(workDir, 'filler')
const options = { emulator, workDir, cacheDir }

function fill(): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // No room for that much.
    }
  }
}

async function told(asking: Promise<unknown>): Promise<unknown> {
  try {
    return await asking
  } catch (error) {
    return (error as Error).message
  }
}

const version = async (): Promise<unknown> =>
  (await probeCapabilities(options)).capabilities.version.major
const trial = async (): Promise<unknown> => {
  const tryArguments = await machineTrials(options)
  return tryArguments(['-machine', 'none', '-accel', 'tcg'], [])
}
const kvm = (): Promise<unknown> => {
  const known = { accelerators: ['kvm'], machines: [], cpus: [] } as const
  return probeKvm(options, known, { present: true, rdev: 0, mode: 0, uid: 0, gid: 0 })
}

fill()
const full = [await told(version()), await told(trial()), await told(kvm())]
rmSync(filler)
process.stdout.write(JSON.stringify([full, [await told(version()), await told(trial())]]))
