import { ok, strictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Act } from '../act.ts'
import { counting } from './counting.ts'

/** Memory of guests, for a debugger. */
export const dumpActs: readonly Act[] = [
  {
    id: 'dump/elf',
    title: 'the memory of a guest is dumped while it runs, and holds what it knew',
    uses: [],
    async play(life) {
      const { subject, name, folder, shell } = life
      const goesOn = await counting(life)
      const known = (await shell('cat /proc/sys/kernel/random/uuid | tee /tmp/known')).trim()
      const file = join(folder, 'core')
      await subject.domainCoreDump(name, file)
      await goesOn()
      const core = readFileSync(file)
      strictEqual(core.subarray(1, 4).toString('latin1'), 'ELF')
      ok(core.includes(known), `${known} is not in it`)
    },
  },
  {
    id: 'dump/kdump',
    title: 'the memory of a guest is dumped in the format of kdump, packed',
    uses: [],
    async play(life) {
      const { subject, name, folder } = life
      const goesOn = await counting(life)
      const file = join(folder, 'vmcore')
      await subject.domainCoreDump(name, file, { format: 'kdump-zlib' })
      await goesOn()
      const core = readFileSync(file)
      // As makedumpfile writes where it cannot seek: its own head, then that of kdump in the first piece.
      strictEqual(core.subarray(0, 12).toString('latin1'), 'makedumpfile')
      ok(core.includes('KDUMP   '), 'it has no head of kdump')
      const { maxMemoryKiB } = await subject.domainGetInfo(name)
      ok(core.length < (maxMemoryKiB * 1024) / 2, `it has ${core.length} bytes`)
    },
  },
]
