/**
 * KVM on Power without Power: boots a Power machine under TCG whose processor may host guests (L1),
 * installs this checkout's packed packages in it, and has `polyvirt` run KVM guests (L2) there.
 *
 * Usage: scripts/dev pnpm nested-power [--keep]
 *
 * Takes a few minutes and about 500 MB of cache. Needs apt, dpkg-deb, mke2fs and npm; no KVM, no root.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../lib/read-options.ts'
import { runChecks } from './checks.ts'
import { buildHostDisk } from './host-disk.ts'
import { startHost } from './host.ts'
import { buildPolyvirtDisk } from './polyvirt-disk.ts'

const values = readOptions('pnpm nested-power [--keep]', {
  keep: { type: 'boolean', default: false },
})
const started = performance.now()
const say = (text: string): void => {
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`)
}

const folder = await mkdtemp(join(tmpdir(), 'pv-nested-'))
let failed = 0
let passed = 0
try {
  const { image, disk } = await buildHostDisk(say)
  const polyvirt = await buildPolyvirtDisk(folder, image, say)
  await using host = await startHost({ folder, image, disks: [disk, polyvirt], say })
  for await (const { name, problem } of runChecks(host)) {
    if (problem === undefined) passed++
    else failed++
    say(
      `${problem === undefined ? '✓' : '✗'} ${name}${problem === undefined ? '' : `\n${problem}`}`,
    )
  }
} finally {
  if (values.keep) console.log(`kept: ${folder}`)
  else await rm(folder, { recursive: true, force: true })
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
