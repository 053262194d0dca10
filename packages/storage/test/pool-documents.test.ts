import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DomainError } from '@polyvirt/core'
import { formatPool, poolTypes, readPool } from '../src/documents/pool.ts'

function refusal(xml: string): DomainError {
  try {
    readPool(xml)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
  throw new Error('it was read')
}

const target = '<target><path>/srv/images</path></target>'

describe('the document of a pool', () => {
  it.each([
    ['<pool/>', 'ERR_XML_ERROR', "attribute type='…' is missing"],
    [`<pool type='dri'><name>x</name>${target}</pool>`, 'ERR_XML_ERROR', `did you mean 'dir'?`],
    [`<pool type='dir'>${target}</pool>`, 'ERR_XML_ERROR', '<name> is missing'],
    [`<pool type='dir'><name>x</name></pool>`, 'ERR_XML_ERROR', '<target'],
    [
      `<pool type='dir'><name>x</name><target><path>images</path></target></pool>`,
      'ERR_XML_ERROR',
      "line 1:40: /pool/target/path: 'images' is not an absolute path",
    ],
    [
      `<pool type='dir'><name>x</name><target><path>/a&#10;b</path></target></pool>`,
      'ERR_XML_ERROR',
      'holds a control character',
    ],
    [
      `<pool type='dir'><name>x</name><capacity unit='EiB'>1</capacity>${target}</pool>`,
      'ERR_XML_ERROR',
      'are more than 8 PiB',
    ],
    [
      `<pool type='dir'><name>x</name><target><path>/x</path><permissions><mode>999</mode></permissions></target></pool>`,
      'ERR_XML_ERROR',
      `'999' is not an octal mode`,
    ],
    [`<volume/>`, 'ERR_XML_ERROR', 'expected <pool>'],
  ])('%s is refused', (xml, code, words) => {
    const error = refusal(xml)
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })

  it.each(poolTypes.filter((type) => type !== 'dir'))(
    'of type %s is refused by name, with what is offered',
    (type) => {
      const error = refusal(`<pool type='${type}'>\n<name>x</name><source/></pool>`)
      expect(error.code).toBe('ERR_CONFIG_UNSUPPORTED')
      expect(error.problems[0].place).toEqual({ line: 1, column: 1 })
      expect(error.message).toContain(`pools of type '${type}' are not offered; offered: dir`)
    },
  )

  it('names what it does not know, with the nearest word', () => {
    const { warnings } = readPool(`<pool type='dir'><name>x</name>${target}<featrues/></pool>`)
    expect(warnings[0]).toMatchObject({ root: 'pool', path: 'featrues' })
    expect(warnings[0]?.message).toContain('features')
  })

  it('is the same after it is written and read again', () => {
    const pools = fc.record({
      type: fc.constant('dir' as const),
      name: fc.stringMatching(/^[a-z<&'"-][a-z0-9 .<&'"-]{0,20}[a-z0-9]$/),
      uuid: fc.uuid(),
      source: fc.constant(true),
      target: fc.record({
        path: fc.stringMatching(/^\/[a-z<&' ]{1,20}$/),
        permissions: fc.record({
          mode: fc.integer({ min: 0, max: 0o777 }),
          owner: fc.integer({ min: -1, max: 0xfffffffe }),
          group: fc.integer({ min: -1, max: 0xfffffffe }),
        }),
      }),
    })
    fc.assert(
      fc.property(pools, (pool) => {
        expect(readPool(formatPool(pool)).value).toEqual(pool)
      }),
    )
  })
})
