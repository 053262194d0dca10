import { match, ok } from 'node:assert'
import { replacedBy, testHosts } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'
import { describedLoongsons } from './hosts/index.ts'

testHosts({
  arch: loongarch64,
  hosts: describedLoongsons,
  describe,
  it,
  damages: [
    replacedBy(
      'colons',
      ':\n::\nprocessor:\nprocessor: 0\nPRID: (zzzzzzzz)\nCPU MHz: -1\nFeatures:\n',
    ),
    replacedBy('features without an end', `processor: 0\nFeatures: ${'lsx '.repeat(99_999)}\n`),
  ],
  check({ cpu, pageSizesKiB }) {
    ok(cpu.mhz >= 0)
    ok([4, 16, 64].includes(pageSizesKiB[0] ?? 0))
    match(cpu.features.join(), /^[a-z0-9_,]*$/)
  },
})
