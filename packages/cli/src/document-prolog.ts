import { CommandError } from './command-error.ts'
import { DomainError, domainError, loadXmlReader } from './core.ts'

/**
 * What stands before or around documents in a file goes through the same gate as a document: a
 * declaration of another encoding or version, or a DOCTYPE, is refused there and not passed over.
 * `linesBefore` it stand in the file.
 *
 * @throws CommandError with the place in the file.
 */
export async function checkProlog(outside: string, file: string, linesBefore = 0): Promise<void> {
  const text = outside.trim()
  if (text === '') return
  const readXml = await loadXmlReader()
  try {
    readXml(`${text}<outside/>`)
  } catch (cause) {
    const skipped = outside.slice(0, outside.indexOf(text)).split('\n').length - 1
    throw new CommandError(`Failed to read file '${file}'`, {
      cause: moved(cause, linesBefore + skipped),
      file,
    })
  }
}

/** The same error so many lines further down. */
function moved(cause: unknown, lines: number): unknown {
  if (!(cause instanceof DomainError) || lines === 0) return cause
  const [{ message, place }] = cause.problems
  if (place === undefined) return cause
  return domainError(cause.code, message, {
    place: { line: place.line + lines, column: place.column },
  })
}
