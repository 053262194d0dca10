import { readFile, rm } from 'node:fs/promises'
import type { Monitor } from './ask-live.ts'
import { readPpm, type Pixels } from './ppm.ts'
import { writePng } from './png.ts'

/** What was on a guest's screen. */
export interface Picture extends Pixels {
  /** How many colours there are in it: one means that nobody has drawn anything. */
  readonly colours: number
  /** `data:image/png;base64,…` */
  readonly url: string
}

/** Asks QEMU for its first screen. @param file for QEMU to write to; removed afterwards */
export async function takePicture(qmp: Monitor, file: string): Promise<Picture> {
  await qmp.execute('screendump', { filename: file })
  try {
    const pixels = readPpm(await readFile(file))
    const png = Buffer.from(writePng(pixels)).toString('base64')
    return { ...pixels, colours: countColours(pixels), url: `data:image/png;base64,${png}` }
  } finally {
    await rm(file, { force: true })
  }
}

function countColours({ rgb }: Pixels): number {
  const seen = new Set<number>()
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    seen.add(((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0))
  }
  return seen.size
}
