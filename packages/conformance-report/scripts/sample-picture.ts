/** A picture of a guest's screen that was never there: a gradient with a bar, as PNG in a data URL. */
import { crc32, deflateSync } from 'node:zlib'

const width = 320
const height = 180

export function samplePicture(text: string): string {
  const rows = Buffer.alloc(height * (width * 3 + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isBar = y > 80 && y < 96 && x > 40 && x < 40 + text.length * 24
      const at = y * (width * 3 + 1) + 1 + x * 3
      rows.set(isBar ? [230, 230, 230] : [10, 20 + (y >> 2), 40 + (x >> 2)], at)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return `data:image/png;base64,${png.toString('base64')}`
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
