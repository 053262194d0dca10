import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHypervisor } from '@polyvirt/core'
import { guestXml, guests, registry } from './fixture.ts'
import { row, timed } from './stats.ts'
import type { Row } from './stats.ts'

/** Plans in a batch: one alone is too short for the clock. */
const batch = 20

/** Planning one document in process: text to command line, capabilities at hand. */
export async function* measurePlan(runs: number): AsyncIterable<Row> {
  const root = mkdtempSync(join(tmpdir(), 'pv-bench-'))
  try {
    await using hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
    for (const { arch, machine } of guests) {
      const xml = guestXml('bench', arch, machine)
      const plan = (): Promise<unknown> => hypervisor.connectDomainXmlToNative(xml)
      for (let i = 0; i < batch; i++) await plan()
      const values: number[] = []
      for (let i = 0; i < runs; i++) {
        const ms = await timed(async () => {
          for (let n = 0; n < batch; n++) await plan()
        })
        values.push(ms / batch)
      }
      yield row(`plan one ${arch} domain`, values)
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
