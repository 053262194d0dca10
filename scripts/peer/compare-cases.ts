import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DomainError, readXml } from '@polyvirt/core'
import type { XmlElement } from '@polyvirt/core'
import type { Comparison } from './comparison.ts'
import type { Case } from './find-cases.ts'
import type { JudgedCase } from './judge.ts'
import { valuesAt } from './matches.ts'
import type { Refusal } from './plan-cases.ts'
import { runComparer } from './run-comparer.ts'

export interface CompareRequest {
  /** The comparer. */
  readonly file: string
  readonly cases: string
  readonly out: string
}

/**
 * Has the planned cases compared, and gathers what rules may ask about each.
 *
 * A comparer may break on a text that is no XML: where it does, such documents are left out, said
 * so, and the others compared.
 */
export async function compareCases(
  cases: readonly Case[],
  refusals: ReadonlyMap<string, Refusal>,
  request: CompareRequest,
): Promise<readonly JudgedCase[]> {
  const documents = new Map(cases.map(({ key, xml }) => [key, readDocument(xml)]))
  const comparisons = await compareReadable(documents, request)
  const byKey = new Map(comparisons.map((comparison) => [comparison.key, comparison]))
  return cases.flatMap(({ key, guestName }) => {
    const comparison = byKey.get(key)
    if (comparison === undefined) return []
    const document = documents.get(key)
    const libvirtError = readError(join(request.cases, key, 'error.txt'))
    return {
      comparison,
      arch:
        document === undefined ? guestName : (valuesAt(document, 'os/type/@arch')[0] ?? guestName),
      refusal: refusals.get(key) ?? [],
      ...(document !== undefined && { document }),
      ...(libvirtError !== undefined && { libvirtError }),
    }
  })
}

async function compareReadable(
  documents: ReadonlyMap<string, XmlElement | undefined>,
  request: CompareRequest,
): Promise<readonly Comparison[]> {
  try {
    return await compareThese([...documents.keys()], request)
  } catch (error) {
    const unreadable = [...documents].flatMap(([key, one]) => (one === undefined ? [key] : []))
    if (unreadable.length === 0) throw error
    const readable = [...documents.keys()].filter((key) => !unreadable.includes(key))
    const comparisons = await compareThese(readable, request)
    for (const key of unreadable) {
      console.error(`left out: ${key}: its input.xml is not read as XML`)
    }
    return comparisons
  }
}

/** The comparer gets a folder that holds these cases and no others. */
async function compareThese(
  keys: readonly string[],
  { file, cases, out }: CompareRequest,
): Promise<readonly Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), 'polyvirt-peer-cases-'))
  try {
    for (const key of keys) {
      mkdirSync(join(folder, dirname(key)), { recursive: true })
      symlinkSync(join(cases, key), join(folder, key))
    }
    return await runComparer({ file, cases: folder, out })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readDocument(xml: string): XmlElement | undefined {
  try {
    return readXml(xml)
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

/** The peer's message: without the line of the stage and without virsh's words before it. */
function readError(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8')
    .replace(/^stage:.*\n/, '')
    .split('\n')
  return lines
    .map((line) => line.replace(/^error: /, ''))
    .filter((line) => line !== '' && !line.startsWith('Failed to define domain'))
    .join('\n')
}
