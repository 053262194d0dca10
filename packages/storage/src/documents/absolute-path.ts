import { mapped, printable, quote, report, text } from '@polyvirt/core/driver'
import type { XmlField } from '@polyvirt/core/driver'

/** Longest path that the kernel takes (PATH_MAX, its NUL included). */
const maxPathBytes = 4095

/**
 * What is wrong with a path, or nothing. An absolute one can be neither an option nor a protocol
 * (`nbd:…`) to QEMU: both are told by what stands before the first '/'.
 */
export function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `is not an absolute path: it has to begin with '/'`
  if (printable(path) !== path) return 'holds a control character, or an invisible one'
  if (Buffer.byteLength(path) > maxPathBytes) return `is longer than ${maxPathBytes} bytes`
  return undefined
}

/** One '/' where there are several, and none at the end. */
export function tidyPath(path: string): string {
  const single = path.replace(/\/+/g, '/')
  return single === '/' ? single : single.replace(/\/$/, '')
}

export function absolutePath(path: string): XmlField<string> {
  return mapped(
    text(path),
    (written, scope) => {
      const problem = pathProblem(written)
      if (problem === undefined) return tidyPath(written)
      report(scope, 'ERR_XML_ERROR', `${quote(written, 200)} ${problem}`, path)
      return undefined
    },
    (value) => value,
  )
}
