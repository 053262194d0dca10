import { appendFileSync } from 'node:fs'
import { printable } from '../core.ts'

/**
 * `--log FILE`: lines are added, with their time and this process.
 *
 * @throws where the file cannot be written.
 */
export function openLogFile(file: string): (line: string) => void {
  appendFileSync(file, '', { mode: 0o600 })
  return (line) => {
    const when = new Date().toISOString()
    appendFileSync(file, `[${when} polyvirt ${process.pid}] ${printable(line)}\n`)
  }
}
