import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLibraries, packageOf, type FoundLibraries } from '../../src/guest/shared-libraries.ts'
import { elfProgram } from './elf-program.ts'

const elf = (...libraries: string[]): Buffer => elfProgram({ is64: true, little: true, libraries })

describe('the package of a library', () => {
  it.each([
    ['libc.so.6', 'libc6'],
    ['libstdc++.so.6', 'libstdc++6'],
    ['libgcc_s.so.1', 'libgcc-s1'],
    ['libnode.so.108', 'libnode108'],
    ['libicui18n.so.72', 'libicui18n72'],
    ['ld64.so.2', 'ld64-2'],
    ['libX11.so.6', 'libx11-6'],
  ])('%s is %s', (library, wanted) => expect(packageOf(library)).toBe(wanted))
})

describe('the libraries of a program', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'polyvirt-libraries-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  /** Packages by name, each as what unpacking it does. */
  const find = async (
    program: Buffer,
    shelf: Readonly<Record<string, () => void>>,
  ): Promise<FoundLibraries> =>
    await findLibraries(program, root, {
      find: async (name) =>
        name in shelf
          ? { name, version: '1', architecture: 'amd64', sha256: '', bytes: 0 }
          : undefined,
      unpack: async ({ name }) => shelf[name]?.(),
    })

  const put = (path: string, data: Buffer): void => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), data)
  }

  const c = (): void => {
    put('lib/toy-linux/libc.so.6', elf('ld64.so.2'))
    put('lib/toy-linux/libm.so.6', elf('libc.so.6'))
    put('lib/toy-linux/ld64.so.2', elf())
  }

  it('are followed over links within their folder, never out of the packages', async () => {
    const { libraries, packages } = await find(elf('libm.so.6', 'libbig.so.2', 'libc.so.6'), {
      libc6: c,
      libbig2: () => {
        put('usr/lib/toy-linux/libbig.so.2.1', elf('libsmall.so.1'))
        symlinkSync('libbig.so.2.1', join(root, 'usr/lib/toy-linux/libbig.so.2'))
      },
      libsmall1: () => {
        put('usr/lib/libsmall.so.1.9', elf('libc.so.6'))
        symlinkSync('/usr/lib/libsmall.so.1.9', join(root, 'usr/lib/libsmall.so.1'))
      },
    })
    expect([...libraries.keys()].toSorted()).toEqual([
      'ld64.so.2',
      'libbig.so.2',
      'libc.so.6',
      'libm.so.6',
      'libsmall.so.1',
    ])
    expect(packages.map(({ name }) => name)).toEqual(['libc6', 'libbig2', 'libsmall1'])
  })

  it('are all named where they are nowhere', async () => {
    const program = elf('libodd.so.3', 'libc.so.6')
    await expect(find(program, { libc6: c })).rejects.toThrow('no Debian package has libodd.so.3')
  })
})
