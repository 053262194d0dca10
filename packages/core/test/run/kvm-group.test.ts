import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kvmGroup } from '../../src/run/kvm-group.ts'
import { tempDir } from '../support/temp-dir.ts'

const isRoot = process.geteuid?.() === 0

describe("the group of KVM's device", () => {
  test('decides where its members may use the device, and is not root’s', () => {
    const file = join(tempDir(), 'kvm')
    expect(kvmGroup(file)).toBeUndefined()
    writeFileSync(file, '')
    if (!isRoot) return
    const of = (gid: number, mode: number): number | undefined => {
      chownSync(file, 0, gid)
      chmodSync(file, mode)
      return kvmGroup(file)
    }
    expect(of(108, 0o660)).toBe(108)
    expect(of(108, 0o666)).toBe(108)
    expect(of(0, 0o660)).toBeUndefined()
    expect(of(108, 0o600)).toBeUndefined()
    expect(of(108, 0o640)).toBeUndefined()
  })
})
