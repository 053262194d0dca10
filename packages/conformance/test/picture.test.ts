import { crc32, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { writePng } from '../src/png.ts'
import { readPpm } from '../src/ppm.ts'

const rgb = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9])
const pixmap = (head: string, bytes: Uint8Array = rgb): Buffer =>
  Buffer.concat([Buffer.from(head), bytes])

describe('a pixmap', () => {
  it('is read as it is written', () => {
    expect(readPpm(pixmap('P6\n3 2\n255\n'))).toEqual({
      width: 3,
      height: 2,
      rgb: Buffer.from(rgb),
    })
  })

  it.each([
    ['of text', 'P3\n3 2\n255\n'],
    ['of 16 bits', 'P6\n3 2\n65535\n'],
    ['that is cut short', 'P6\n4 2\n255\n'],
    ['that is none', ''],
  ])('%s is refused', (_, head) => {
    expect(() => readPpm(pixmap(head))).toThrow(/pixmap/)
  })
})

describe('a PNG file', () => {
  const png = Buffer.from(writePng({ width: 3, height: 2, rgb }))

  it('is made of chunks whose checksums are right', () => {
    const names: string[] = []
    for (let at = 8; at < png.length;) {
      const length = png.readUInt32BE(at)
      const named = png.subarray(at + 4, at + 8 + length)
      expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(named))
      names.push(named.toString('latin1', 0, 4))
      at += 12 + length
    }
    expect(names).toEqual(['IHDR', 'IDAT', 'IEND'])
  })

  it('holds every pixel, each row behind its filter', () => {
    const length = png.readUInt32BE(33)
    const rows = inflateSync(png.subarray(41, 41 + length))
    expect([...rows]).toEqual([0, ...rgb.subarray(0, 9), 0, ...rgb.subarray(9)])
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2])
  })
})
