import { replacedBy, testHosts } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { x86 } from '../src/index.ts'
import { describedPcs } from './hosts/index.ts'

testHosts({
  arch: x86,
  hosts: describedPcs,
  describe,
  it,
  damages: [
    replacedBy('names of flags', 'processor: 0\nflags: __proto__ constructor\n'),
    replacedBy('colons', ':\n::\nprocessor:\ncpu MHz: -1\nmodel: 1e99\nflags:\n'),
  ],
  names: ['kvm_'],
})
