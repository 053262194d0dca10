import { match, ok } from 'node:assert'
import { replacedBy, testHosts } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { riscv64 } from '../src/index.ts'
import { describedRiscvs } from './hosts/index.ts'

testHosts({
  arch: riscv64,
  hosts: describedRiscvs,
  describe,
  it,
  damages: [
    replacedBy('colons', ':\n::\nprocessor:\nprocessor: 0\nisa:\nmvendorid: 0x\nmarchid: -1\n'),
    replacedBy(
      'an instruction set without an end',
      `processor: 0\nisa: rv64${'z'.repeat(99_999)}\n`,
    ),
  ],
  names: ['cpu@'],
  check({ cpu }) {
    for (const value of Object.values(cpu.registers ?? {})) ok(value >= 0 && value <= 0xffff_ffff)
    match(cpu.features.join(), /^[a-z0-9,]*$/)
  },
})
