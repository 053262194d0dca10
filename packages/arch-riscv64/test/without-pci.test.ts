import { runConformance } from '@polyvirt/conformance/run'
import { expect, it } from 'vitest'
import { riscv64 } from '../src/index.ts'
import { recorded } from './contexts.ts'
import { withoutPci } from './without-pci.ts'

it('boards without any PCI conform: what can only be on PCI is refused, the rest is on the board’s own transport', async () => {
  const run = await runConformance({
    arches: [{ arch: withoutPci(riscv64), capabilities: { 'qemu-system-riscv64': recorded() } }],
    tiers: ['laws', 'model'],
  })
  const failed = run.cases.filter(({ outcome }) => outcome === 'failed')
  expect(failed.map(({ id, failure }) => `${id}: ${failure?.message}`)).toEqual([])
  expect(run.cases.length).toBeGreaterThan(400)
})
