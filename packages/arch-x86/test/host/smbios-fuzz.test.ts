import { checkSaneHost, seededRandom } from '@polyvirt/conformance'
import type { HostFiles } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { host } from '../../src/host-info.ts'
import { x86 } from '../../src/index.ts'
import { dmiTable } from '@polyvirt/core/arch'
import { describedPcs } from '../hosts/index.ts'

const isSane = (files: HostFiles, what: string): void => checkSaneHost({ arch: x86 }, files, what)

describe('an SMBIOS table', () => {
  const server = describedPcs.find(({ files }) => files.read(dmiTable) !== undefined)
  const table = server?.files.read(dmiTable) ?? new Uint8Array()

  it('cut off anywhere is read up to there, and can be recorded', () => {
    expect(table.length).toBeGreaterThan(200)
    for (let length = 0; length < table.length; length++) {
      const cut = table.subarray(0, length)
      isSane({ list: () => [], read: (path) => (path === dmiTable ? cut : undefined) }, `${length}`)
      expect(host.anonymize?.(dmiTable, cut)).toHaveLength(length)
    }
  })

  it('with any byte changed is read, and can be recorded', () => {
    const next = seededRandom(1)
    for (let at = 0; at < table.length; at++) {
      const changed = table.with(at, next() * 256)
      isSane({ list: () => [], read: (path) => (path === dmiTable ? changed : undefined) }, `${at}`)
      expect(host.anonymize?.(dmiTable, changed)).toHaveLength(table.length)
    }
  })
})
