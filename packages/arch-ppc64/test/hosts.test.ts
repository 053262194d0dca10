import { replacedBy, testHosts } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { ppc64 } from '../src/index.ts'
import { describedPowers } from './hosts/index.ts'

testHosts({
  arch: ppc64,
  hosts: describedPowers,
  describe,
  it,
  damages: [replacedBy('colons', ':\n::\nprocessor:\nclock : -1\nrevision : (pvr zzzz zzzz)\n')],
  names: ['PowerPC,'],
})
