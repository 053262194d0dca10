import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closedFolder } from '../../src/hypervisor/confinement/hand-over.ts'
import { tempDir } from '../support/temp-dir.ts'

const stranger = { name: 'stranger', uid: 54_321, gid: 54_321, groups: [54_321] }

test('the first folder that keeps a user out is found', () => {
  const dir = tempDir()
  const shut = join(dir, 'shut')
  mkdirSync(join(shut, 'below'), { recursive: true })
  chmodSync(dir, 0o755)
  chmodSync(shut, 0o700)
  expect(closedFolder(join(shut, 'below'), stranger)).toBe(shut)
})

test('a relative path has an end, too', () => {
  // Of a home that is closed, this folder itself keeps them out.
  expect(['.', '..', undefined]).toContain(closedFolder('.', stranger))
  expect(closedFolder('', { ...stranger, uid: process.geteuid?.() ?? 0 })).toBeUndefined()
})
