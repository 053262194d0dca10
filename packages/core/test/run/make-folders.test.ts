import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolders } from '../../src/run/make-folders.ts'
import { tempDir } from '../support/temp-dir.ts'

test('folders are made on the way, and the first that was is told', () => {
  const root = tempDir()
  const [first, last] = [join(root, 'a'), join(root, 'a/b/c')]
  expect(makeFolders(last, 0o700)).toBe(first)
  expect(statSync(last).mode & 0o777).toBe(0o700)
  expect(makeFolders(last)).toBeUndefined()
  expect(makeFolders(join(last, 'd'))).toBe(join(last, 'd'))
})

test('what stands in the way, and a file system that makes none, end it at once', () => {
  const root = tempDir()
  const file = join(root, 'file')
  writeFileSync(file, '')
  expect(() => makeFolders(join(file, 'a'))).toThrow(/E(NOTDIR|EXIST)/)
  expect(() => makeFolders('/proc/no-such/folder')).toThrow('ENOENT')
})
