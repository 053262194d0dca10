/**
 * Does everything that may go wrong to polyvirt and to QEMU, and sees that nothing is lost by it:
 *
 *   scripts/dev pnpm faults [--only NAME[,NAME]] [--scale 0.02] [--seed N] [--point POINT]…
 *                           [--workers N] [--built] [--out DIR] [--list]
 *
 * A row of the plan does one kind of harm so many times; --list tells the rows. A row is named in full
 * or by its beginning (`inject`). --scale takes a share of each row, chosen by the seed, and --point one
 * trial alone, or several: what a failure prints. --built takes the bundle of `pnpm build` instead of
 * the sources, which is faster and what users run. --out takes each row's result as JSON.
 *
 * Ends with 0 where nothing failed, 1 where something did, 2 for wrong usage, 130 when interrupted; in
 * each case nothing of it is left on the machine.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { printable } from '@polyvirt/core'
import { readOptions, refuseWords, wholeNumber } from '../lib/read-options.ts'
import { processesAbout, signalFound } from './engine/children.ts'
import { built } from './engine/lab.ts'
import { performRow } from './engine/perform-row.ts'
import type { RowResult } from './engine/perform-row.ts'
import type { Row } from './engine/row.ts'
import { formatFailure, formatResults } from './report.ts'
import { rows } from './rows.ts'

const usage =
  'pnpm faults [--only NAME[,NAME]] [--scale SHARE] [--seed N] [--point POINT]… [--workers N] [--built] [--out DIR] [--list]'

interface Request {
  readonly rows: readonly Row[]
  readonly scale: number
  readonly seed: number
  readonly workers: number
  readonly program?: readonly string[]
  readonly points?: readonly string[]
  readonly out?: string
}

function readRequest(): Request | 'list' {
  const values = readOptions(usage, {
    only: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    built: { type: 'boolean', default: false },
    point: { type: 'string', multiple: true },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
  })
  if (values.list) return 'list'
  const number = (name: 'seed' | 'workers'): number => wholeNumber(usage, name, values[name])
  const scale = Number(values.scale)
  if (!(scale > 0 && scale <= 1)) return refuseWords(usage, '--scale takes a share, up to 1')
  const chosen = chooseRows(values.only.split(',').filter((name) => name !== ''))
  const { point: points, out } = values
  if (points !== undefined && chosen.length !== 1)
    return refuseWords(usage, '--point is of one row: say which by --only')
  return {
    rows: chosen,
    scale,
    seed: number('seed'),
    workers: Math.max(1, number('workers')),
    ...(points !== undefined && { points }),
    ...(values.built && { program: readBuilt() }),
    ...(out !== undefined && { out: resolve(out) }),
  }
}

function readBuilt(): readonly string[] {
  const missing = built.find((path) => !existsSync(path))
  if (missing !== undefined) throw new Error(`${missing} is missing: run scripts/dev pnpm build`)
  return built
}

function chooseRows(names: readonly string[]): readonly Row[] {
  const unknown = names.find((name) => !rows.some((row) => isNamed(row, name)))
  if (unknown !== undefined)
    return refuseWords(usage, `no row is called ${unknown}; --list tells them`)
  return names.length === 0 ? rows : rows.filter((row) => names.some((name) => isNamed(row, name)))
}

const isNamed = ({ name }: Row, text: string): boolean =>
  name === text || name.startsWith(`${text}/`)

async function run(request: Request): Promise<readonly RowResult[]> {
  const { seed, out } = request
  // Short, because of the paths of sockets in it.
  const folder = mkdtempSync(join(tmpdir(), 'pvf-'))
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interrupted.abort())
  // A fault of this command itself still leaves nothing behind.
  process.once('uncaughtException', (error) => {
    console.error(error)
    interrupted.abort()
  })
  interrupted.signal.addEventListener('abort', () => {
    for (const found of processesAbout(folder)) signalFound(found, 'SIGKILL')
  })
  const results: RowResult[] = []
  try {
    for (const row of request.rows) {
      if (interrupted.signal.aborted) break
      const result = await performRow(row, {
        ...request,
        folder,
        signal: interrupted.signal,
        onFailure: (failure) => console.log(printableLines(formatFailure(failure, seed))),
      })
      results.push(result)
      console.log(
        `${markOf(result, interrupted.signal)} ${row.name}: ${result.done} of ${result.planned}, ${result.failures.length} failed; ${result.seconds.toFixed(1)} s`,
      )
      if (out !== undefined) writeResult(out, result)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (interrupted.signal.aborted) process.exitCode = 130
  return results
}

/** A row in which nothing was tried shows nothing; one that was interrupted does not say how it is. */
function markOf({ failures, done }: RowResult, { aborted }: AbortSignal): string {
  if (failures.length > 0) return '✗'
  return aborted ? 'interrupted:' : done > 0 ? '✓' : '✗'
}

function writeResult(out: string, result: RowResult): void {
  mkdirSync(out, { recursive: true })
  const file = join(out, `${result.name.replaceAll('/', '-')}.json`)
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`)
}

const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')

try {
  const request = readRequest()
  if (request === 'list')
    for (const { name, what } of rows) console.log(`${name.padEnd(26)} ${what}`)
  else {
    const results = await run(request)
    console.log(`\n${formatResults(results)}`)
    const failed = results.reduce((sum, { failures }) => sum + failures.length, 0)
    const tried = results.length > 0 && results.every(({ done }) => done > 0)
    process.exitCode ??= failed === 0 && tried ? 0 : 1
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
