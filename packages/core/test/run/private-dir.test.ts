import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recordedHostFiles, realHostFiles } from '../../src/run/host-files.ts'
import {
  checkPrivateDir,
  makePrivateDir,
  removeTree,
  writePrivateFile,
} from '../../src/run/private-dir.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('a private directory', () => {
  test('M-13 is 0700 whatever the umask, and may be there already', async () => {
    const dir = join(tempDir(), 'a', 'b')
    const before = process.umask(0)
    try {
      await makePrivateDir(dir)
    } finally {
      process.umask(before)
    }
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    await makePrivateDir(dir)
  })

  test.each<[string, (path: string, dir: string) => void, RegExp]>([
    [
      'open to the group',
      (path) => (mkdirSync(path), chmodSync(path, 0o750)),
      /mode 0750\).*chmod/,
    ],
    ['open to everybody', (path) => (mkdirSync(path), chmodSync(path, 0o777)), /mode 0777/],
    ['a link', (path, dir) => symlinkSync(dir, path), /is a symbolic link/],
    ['a file', (path) => writeFileSync(path, ''), /is not a directory/],
    ['absent', () => undefined, /cannot look at the directory .*: no such file or directory$/],
  ])('M-01 M-03 one that is %s is refused', async (_, make, text) => {
    const dir = tempDir()
    const path = join(dir, 'state')
    make(path, dir)
    await expect(checkPrivateDir(path)).rejects.toThrow(text)
  })
})

describe('a private file', () => {
  test('is replaced whole, 0600, and leaves nothing else', async () => {
    const dir = tempDir()
    const path = join(dir, 'file')
    await writePrivateFile(path, 'old')
    await writePrivateFile(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(dir)).toEqual(['file'])
  })

  test('a link in its place is replaced, not followed', async () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'target'), 'kept')
    symlinkSync(join(dir, 'target'), join(dir, 'file'))
    await writePrivateFile(join(dir, 'file'), 'new')
    expect(readFileSync(join(dir, 'target'), 'utf8')).toBe('kept')
  })

  test('a failure leaves nothing and names the file', async () => {
    const dir = tempDir()
    mkdirSync(join(dir, 'file'))
    await expect(writePrivateFile(join(dir, 'file'), 'x')).rejects.toThrow(/cannot write '.*file'/)
    expect(readdirSync(dir)).toEqual(['file'])
  })

  test('a tree is removed without following links; twice is fine', async () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'kept'), '')
    mkdirSync(join(dir, 'tree', 'sub'), { recursive: true })
    symlinkSync(dir, join(dir, 'tree', 'sub', 'link'))
    await removeTree(join(dir, 'tree'))
    await removeTree(join(dir, 'tree'))
    expect(readdirSync(dir)).toEqual(['kept'])
  })
})

describe('host files', () => {
  test('the machine is read: text with no size, folders in order, nothing that is not there', () => {
    expect(new TextDecoder().decode(realHostFiles.read('/proc/version'))).toContain('Linux')
    expect(realHostFiles.list('/proc/self')).toContain('stat')
    expect(realHostFiles.read('/nope')).toBeUndefined()
    expect(realHostFiles.read('/dev/zero')).toBeUndefined()
    expect(realHostFiles.read('/proc')).toBeUndefined()
    expect(realHostFiles.list('/nope')).toEqual([])
  })

  test('a recording is read the same way, and is not left', () => {
    const dir = tempDir()
    mkdirSync(join(dir, 'host', 'proc'), { recursive: true })
    writeFileSync(join(dir, 'host', 'proc', 'cpuinfo'), 'cpu\n')
    writeFileSync(join(dir, 'secret'), '')
    symlinkSync(join(dir, 'secret'), join(dir, 'host', 'link'))
    const files = recordedHostFiles(join(dir, 'host'))
    expect(new TextDecoder().decode(files.read('/proc/cpuinfo'))).toBe('cpu\n')
    expect(files.list('/proc')).toEqual(['cpuinfo'])
    expect(files.list('/')).toEqual(['link', 'proc'])
    expect(files.read('/link')).toBeUndefined()
    expect(files.read('/../secret')).toBeUndefined()
  })
})
