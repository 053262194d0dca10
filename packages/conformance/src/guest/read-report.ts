import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { readCpio } from './cpio.ts'
import { type GuestConsole, type WaitOptions } from './guest-console.ts'
import { GuestError } from './guest-error.ts'
import { guestFiles, type GuestFiles } from './guest-files.ts'
import type { GuestReport } from './guest-report.ts'
import { parseReport } from './parse-report.ts'

export interface ReceivedReport {
  readonly report: GuestReport
  /** The copied files themselves. */
  readonly files: GuestFiles
  /** The newc archive, to be kept as a recording. */
  readonly archive: Uint8Array
}

export interface ReadReportOptions extends WaitOptions {
  /** Only a report with this word counts; any, when missing. */
  readonly nonce?: string
}

const attempts = 3

/**
 * Waits for the agent's next report. A report that a kernel message has cut into, which its
 * checksum tells, is asked for again.
 */
export async function readReport(
  console: GuestConsole,
  options: ReadReportOptions = {},
): Promise<ReceivedReport> {
  let damage = ''
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) console.send('report')
    const frame = await readFrame(console, options)
    const text = frame.lines.map((line) => `${line}\n`).join('')
    const found = createHash('sha256').update(text).digest('hex')
    if (found === frame.sha256) {
      const archive = gunzipSync(Buffer.from(text, 'base64'))
      const files = guestFiles(readCpio(archive))
      return { report: parseReport(files, frame.nonce), files, archive }
    }
    damage = `${frame.lines.length} lines have SHA-256 ${found}, the guest said ${frame.sha256}`
  }
  throw new GuestError(`the guest's report arrived damaged ${attempts} times: ${damage}`)
}

interface Frame {
  readonly nonce: string
  readonly lines: readonly string[]
  readonly sha256: string
}

async function readFrame(console: GuestConsole, options: ReadReportOptions): Promise<Frame> {
  const nonce = await console.next(
    'the report of the guest',
    (line) => {
      const word = /=== polyvirt report begin (\S+) ===/.exec(line)?.[1]
      return options.nonce === undefined || word === options.nonce ? word : undefined
    },
    options,
  )
  const lines: string[] = []
  const end = `=== polyvirt report end ${nonce} `
  const sha256 = await console.next(
    "the end of the guest's report",
    (line) => {
      if (line.includes(end)) return /^[\da-f]{64}/.exec(line.split(end)[1] ?? '')?.[0]
      // Numbers tell the report's lines from others that come between them.
      const [, number, text] = /^(\d+) ([A-Za-z\d+/=]+)$/.exec(line) ?? []
      if (Number(number) === lines.length + 1 && text !== undefined) lines.push(text)
      return undefined
    },
    options,
  )
  return { nonce, lines, sha256 }
}
