import { displayWidth } from '../../output/display-width.ts'

/** Lines at the end of a terminal that are drawn over and over. */
export interface Screen {
  /** Replaces what was drawn before. */
  draw(lines: readonly string[], columns: number): void
  /** Prints text that stays, above what is drawn. */
  print(text: string): void
  /** Leaves what is drawn where it is; the next drawing starts below. */
  leave(): void
}

/** A frame is shown when it is whole (DEC mode 2026; a terminal without it shows it as it comes). */
const begin = '\x1b[?2026h'
const end = '\x1b[?2026l'
const clearLine = '\x1b[K'
const clearBelow = '\x1b[J'
// oxlint-disable-next-line eslint/no-control-regex -- colours take no columns
const colours = /\x1b\[\d*m/g

/**
 * Draws by going up and writing over: no line is cleared before it is written, so nothing flickers.
 * Each frame is one write.
 */
export function createScreen(write: (text: string) => void): Screen {
  let drawn: readonly string[] = []
  let drawnColumns = 80
  const up = (): string => {
    const height = drawn.reduce((sum, line) => sum + heightOf(line, drawnColumns), 0)
    return height === 0 ? '\r' : `\r\x1b[${height}A`
  }
  const frame = (lines: readonly string[]): string =>
    lines.map((line) => `${line}${clearLine}\n`).join('')
  return {
    draw(lines, columns) {
      // A terminal that was made narrower has broken the lines that stand there.
      drawnColumns = columns
      write(`${begin}${up()}${frame(lines)}${clearBelow}${end}`)
      drawn = lines
    },
    print(text) {
      write(`${begin}${up()}${clearBelow}${text}${frame(drawn)}${end}`)
    },
    leave() {
      drawn = []
    },
  }
}

function heightOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(line.replaceAll(colours, '')) / Math.max(1, columns)))
}
