import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { recordedGuests } from '../lib/recorded-planner.ts'
import { readComparisons } from './comparison.ts'
import type { Comparison } from './comparison.ts'

export interface ComparerRequest {
  /** A program for Node that compares two folders: `FILE OUT --cases DIR --arch A,B --json`. */
  readonly file: string
  readonly cases: string
  readonly out: string
}

/** A comparer that takes longer hangs. */
const timeoutMs = 300_000

/**
 * Runs the comparer. It may end with 0 or 1 (everything equal, or not); anything else is a failure.
 *
 * @throws Error, for the user, with what the comparer said.
 */
export async function runComparer(request: ComparerRequest): Promise<readonly Comparison[]> {
  const { file, cases, out } = request
  if (!existsSync(file)) throw new Error(`no comparer ${file}`)
  const args = [file, out, '--cases', cases, '--arch', recordedGuests.join(','), '--json']
  const { status, stdout, stderr } = await new Promise<Ended>((resolve) => {
    const options = { maxBuffer: 1 << 30, timeout: timeoutMs }
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? -1), stdout, stderr })
    })
  })
  if (status !== 0 && status !== 1) throw failure(file, stderr)
  try {
    return readComparisons(stdout)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw failure(file, stderr === '' ? words : stderr)
  }
}

interface Ended {
  readonly status: string | number
  readonly stdout: string
  readonly stderr: string
}

function failure(file: string, words: string): Error {
  return new Error(`the comparer ${file} failed: ${words.trim() || 'it said nothing'}`)
}
