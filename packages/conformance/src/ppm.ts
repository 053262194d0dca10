/** A picture of 8 bits a channel, row by row from the top. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green and blue of each pixel. */
  readonly rgb: Uint8Array
}

/** Reads a binary portable pixmap (`P6`), as QEMU writes it. Throws where the bytes are not one. */
export function readPpm(bytes: Uint8Array): Pixels {
  const head = Buffer.from(bytes.subarray(0, 128)).toString('latin1')
  const [whole, width, height, maximum] = /^P6\s+(\d+)\s+(\d+)\s+(\d+)\s/.exec(head) ?? []
  if (whole === undefined || maximum !== '255') throw new Error('not a pixmap of 8 bits a channel')
  const rgb = bytes.subarray(whole.length)
  const pixels = { width: Number(width), height: Number(height), rgb }
  const wanted = pixels.width * pixels.height * 3
  if (rgb.length < wanted) throw new Error(`the pixmap has ${rgb.length} bytes, not ${wanted}`)
  return { ...pixels, rgb: rgb.subarray(0, wanted) }
}
