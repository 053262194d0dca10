import { describe, expect, it } from 'vitest'
import { elfNeeds } from '../../src/guest/elf-needs.ts'
import { elfProgram } from './elf-program.ts'

const shapes = [
  { is64: true, little: true },
  { is64: true, little: false },
  { is64: false, little: true },
  { is64: false, little: false },
]

describe('what a program needs', () => {
  for (const shape of shapes) {
    const name = `${shape.is64 ? 64 : 32} bits, ${shape.little ? 'little' : 'big'} endian`
    it(`is read from an ELF file of ${name}`, () => {
      const libraries = ['libtoy.so.1', 'libc.so.6']
      const elf = elfProgram({ ...shape, interpreter: '/lib/ld.so.1', libraries })
      expect(elfNeeds('toy', elf)).toEqual({ interpreter: '/lib/ld.so.1', libraries })
      expect(elfNeeds('lib', elfProgram({ ...shape, libraries: [] }))).toEqual({ libraries: [] })
    })
  }

  it('is not read from anything else', () => {
    expect(() => elfNeeds('text', Buffer.from('#!/bin/sh'.repeat(20)))).toThrow(
      'text is not an ELF file',
    )
    const elf = elfProgram({ is64: true, little: true, libraries: ['libc.so.6'] })
    expect(() => elfNeeds('cut', elf.subarray(0, 400))).toThrow('cut is a damaged ELF file')
  })
})
