import { describe, expect, it } from 'vitest'
import {
  cpioCharacterDevice,
  cpioDirectory,
  cpioFile,
  cpioSymlink,
  readCpio,
  writeCpio,
} from '../../src/guest/cpio.ts'

describe('newc archives', () => {
  const entries = [
    cpioDirectory('bin'),
    cpioFile('bin/busybox', new Uint8Array([1, 2, 3]), 0o755),
    cpioSymlink('bin/sh', 'busybox'),
    cpioFile('empty', ''),
    cpioCharacterDevice('console', 5, 1),
    cpioFile('größe', 'Ω'),
  ]

  it('come back as they went in', () => {
    const back = readCpio(writeCpio(entries))
    expect(back.map(({ path, mode }) => [path, mode])).toEqual(
      entries.map(({ path, mode }) => [path, mode]),
    )
    expect(back.map(({ data }) => [...data])).toEqual(entries.map(({ data }) => [...data]))
    expect(back.find(({ path }) => path === 'console')?.device).toEqual([5, 1])
  })

  it('have a fixed layout, aligned to four bytes, that a kernel accepts', () => {
    const archive = writeCpio([cpioFile('a', 'hello')])
    expect(archive.toString('latin1', 0, 110)).toBe(
      '070701' +
        '00000001' + // inode
        '000081a4' + // regular file, 0644
        '00000000'.repeat(2) + // owner
        '00000001' + // links
        '00000000' + // time
        '00000005' + // size
        '00000000'.repeat(4) +
        '00000002' + // name, with its zero byte
        '00000000',
    )
    expect(archive.toString('latin1', 110, 124)).toBe(['a\0', 'hello\0\0\0', '0707'].join(''))
    expect(archive.length % 4).toBe(0)
  })

  it('get the directories that their files need', () => {
    const paths = readCpio(writeCpio([cpioFile('lib/modules/x.ko', '')])).map(({ path }) => path)
    expect(paths).toEqual(['lib', 'lib/modules', 'lib/modules/x.ko'])
  })

  it('are equal for equal contents', () => {
    expect(writeCpio(entries).equals(writeCpio(entries))).toBe(true)
  })

  it('are refused when cut short or not archives at all', () => {
    const archive = writeCpio([cpioFile('a', 'x'.repeat(100))])
    expect(() => readCpio(archive.subarray(0, 150))).toThrow("ends inside 'a'")
    expect(() => readCpio(Buffer.from('hello'))).toThrow('not a newc archive')
  })
})
