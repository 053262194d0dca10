import { match, ok } from 'node:assert'
import { replacedBy, testHosts } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { aarch64 } from '../src/index.ts'
import { describedArms } from './hosts/index.ts'

testHosts({
  arch: aarch64,
  hosts: describedArms,
  describe,
  it,
  damages: [
    replacedBy(
      'colons',
      ':\n::\nprocessor:\nprocessor : 9999999\nCPU implementer : 0xzz\nCPU part : 0xfffff\n',
    ),
    replacedBy('a register of nonsense', '0xfffffffffffffffff\n'),
  ],
  check({ cpu, pageSizesKiB }) {
    for (const value of Object.values(cpu.registers ?? {})) ok(value >= 0 && value <= 0xffff_ffff)
    ok([4, 16, 64].includes(pageSizesKiB[0] ?? 0))
    match(JSON.stringify(cpu), /^[\x20-\x7e]*$/)
  },
})
