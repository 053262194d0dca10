import type { CaseParts, PageIndex, PartName, PartNumbers } from '../src/html/page-index.ts'

/** Chunks that stay in memory: neighbours of a case are in the same ones. */
const maxChunks = 24

const chunks = new Map<number, Promise<readonly unknown[]>>()

export const readIndex = async (): Promise<PageIndex> => (await unpack('index')) as PageIndex

/** Reads what a case left; only its chunks are inflated. */
export async function readParts(
  numbers: PartNumbers,
  { chunkStarts }: Pick<PageIndex, 'chunkStarts'>,
): Promise<CaseParts> {
  const parts = await Promise.all(
    Object.entries(numbers).map(async ([name, number]) => {
      const chunk = chunkStarts.findLastIndex((start) => start <= number)
      const values = await readChunk(chunk)
      return [name as PartName, values[number - (chunkStarts[chunk] ?? 0)]] as const
    }),
  )
  return Object.fromEntries(parts)
}

function readChunk(number: number): Promise<readonly unknown[]> {
  const known = chunks.get(number) ?? (unpack(`chunk-${number}`) as Promise<readonly unknown[]>)
  chunks.delete(number)
  chunks.set(number, known)
  const [oldest] = chunks.keys()
  if (chunks.size > maxChunks && oldest !== undefined) chunks.delete(oldest)
  return known
}

async function unpack(id: string): Promise<unknown> {
  const packed = document.getElementById(id)?.textContent ?? ''
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0))
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return JSON.parse(await new Response(inflated).text())
}
