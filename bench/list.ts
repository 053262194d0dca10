import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openHypervisor } from '@polyvirt/core'
import { guestXml, guests, registry } from './fixture.ts'
import { inTurn, row, timed } from './stats.ts'
import type { Row } from './stats.ts'

const run = promisify(execFile)
const cli = new URL('../packages/cli/bin/polyvirt', import.meta.url).pathname

/** `polyvirt list --all` as a user calls it, against Node doing nothing. */
export async function* measureList(runs: number): AsyncIterable<Row> {
  const root = mkdtempSync(join(tmpdir(), 'pv-bench-'))
  const uri = `qemu:///embed?root=${root}`
  try {
    await using hypervisor = await openHypervisor(uri, { registry })
    for (const [i, { arch, machine }] of guests.entries()) {
      await hypervisor.domainDefineXml(guestXml(`bench-${i}`, arch, machine))
    }
    const list = (): Promise<number> => timed(() => run(cli, ['-c', uri, 'list', '--all']))
    const nothing = (): Promise<number> => timed(() => run(process.execPath, ['-e', '0']))
    const { a, b, ratio } = await inTurn(runs * 2, list, nothing)
    const base = row('', b)
    yield { ...row('polyvirt list --all', a), against: { what: 'node -e 0', ms: base.ms, ratio } }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
