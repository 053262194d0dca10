import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './made-package.ts'

const source = readFileSync(join(root, 'packages/conformance/src/minimal-arch.ts'), 'utf8')

/** The text of one member of the minimal architecture: what an author would write there. */
export function minimalTable(member: string): string {
  const start = source.indexOf(`\n  ${member}: `)
  if (start < 0) throw new Error(`the minimal architecture has no ${member}`)
  const from = source.indexOf(': ', start) + 2
  // A member of one line ends there; any other ends at a closing brace of its own indent.
  const line = source.slice(from, source.indexOf('\n', from))
  if (line.endsWith(',')) return dedent(line.slice(0, -1))
  const end = /\n {2}[}\]],\n/.exec(source.slice(from))
  if (end === null) throw new Error(`${member} of the minimal architecture has no end`)
  return dedent(source.slice(from, from + end.index + 4))
}

function dedent(text: string): string {
  return text.replaceAll('\n  ', '\n')
}

/** What the emulator of the minimal architecture would say, if there were one. */
export function minimalRecording(): unknown {
  const at = source.indexOf('minimalCapabilities: QemuCapabilities = ')
  const text = source.slice(source.indexOf('{', at)).trimEnd()
  // The recording of a package is JSON; the guide's is the same as a literal.
  return JSON.parse(
    text
      .replaceAll(/^( *)(\w+): /gm, '$1"$2": ')
      .replaceAll(/([{,] )(\w+): /g, '$1"$2": ')
      .replaceAll("'", '"')
      .replaceAll(/,(\s*[}\]])/g, '$1'),
  ) as unknown
}
