import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs'

/** What is kept of one guest's output: this much at a time, in this many files (virtlogd's defaults). */
const maxBytes = 2 * 1024 * 1024
const olderFiles = 3

/**
 * Bounds the log of a guest, which QEMU only ever appends to: what is beyond goes to `NAME.log.0`, and
 * what was there to `.1` and `.2`. While QEMU has it open the newest part is copied and the file is
 * emptied, so a line of that very moment may be lost. Nothing happens to a log that is short enough.
 */
export function rotateLog(path: string): void {
  let file: number
  try {
    file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return
  }
  try {
    const { size } = fstatSync(file)
    if (!fstatSync(file).isFile() || size <= maxBytes) return
    const newest = Buffer.alloc(maxBytes)
    const read = readSync(file, newest, 0, maxBytes, size - maxBytes)
    for (let number = olderFiles - 1; number > 0; number--)
      attempt(() => renameSync(`${path}.${number - 1}`, `${path}.${number}`))
    attempt(() => {
      // Two that do this at once lose nothing but an older part.
      writeFileSync(`${path}.new`, newest.subarray(0, read), { mode: 0o600, flag: 'wx' })
      renameSync(`${path}.new`, `${path}.0`)
      ftruncateSync(file)
    })
  } finally {
    closeSync(file)
  }
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // A full disk, or nothing to move: the log stays as it is.
  }
}
