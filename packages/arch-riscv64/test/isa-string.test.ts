import { describe, expect, it } from 'vitest'
import { parseIsa } from '../src/isa-string.ts'

describe('an instruction set string', () => {
  it.each([
    ['rv64imafdc', ['i', 'm', 'a', 'f', 'd', 'c']],
    ['rv64imac_zba_zbb', ['i', 'm', 'a', 'c', 'zba', 'zbb']],
    // Linux 5.18 to 6.1 wrote the first name behind the letters.
    ['rv64imafdcsu', ['i', 'm', 'a', 'f', 'd', 'c', 'su']],
    [
      'rv64imafdch_zicsr_sstc_xtheadba',
      ['i', 'm', 'a', 'f', 'd', 'c', 'h', 'zicsr', 'sstc', 'xtheadba'],
    ],
    ['rv64i_zba_zba', ['i', 'zba']],
  ])('%s has its extensions in their order', (text, extensions) => {
    expect(parseIsa(text)).toEqual({ bits: 64, extensions })
  })

  it('tells the width of the registers', () => {
    expect(parseIsa('rv32imac')?.bits).toBe(32)
  })

  it.each(['', 'rv', 'rv64', 'rv128i', 'x86_64', 'RV64IMAC', 'rv64im ac'])(
    'is nothing where it is of another form: %j',
    (text) => {
      expect(parseIsa(text)).toBeUndefined()
    },
  )
})
