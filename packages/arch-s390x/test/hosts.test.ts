import { replacedBy, testHosts } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { s390x } from '../src/index.ts'
import { describedZs } from './hosts/index.ts'

testHosts({
  arch: s390x,
  hosts: describedZs,
  describe,
  it,
  damages: [
    replacedBy(
      'colons',
      ':\n::\nprocessor 1:\nprocessor x: machine = zzzz\ncpu MHz dynamic : -1\nVM00 Control Program:\n',
    ),
  ],
  names: ['index0'],
})
