import { UsageError } from '../command-error.ts'

/**
 * Splits a line into commands and these into words, in virsh's way: `;` and line ends separate
 * commands, `#` starts a comment, single quotes keep everything, in double quotes and outside a
 * backslash keeps the next character.
 */
export function splitCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = []
  let words: string[] = []
  let at = 0
  const endCommand = (): void => {
    if (words.length > 0) commands.push(words)
    words = []
  }
  while (at < line.length) {
    const character = line[at] ?? ''
    if (character === ';' || character === '\n') {
      endCommand()
      at++
    } else if (character === ' ' || character === '\t') {
      at++
    } else if (character === '#') {
      while (at < line.length && line[at] !== '\n') at++
    } else {
      const { word, end } = readWord(line, at)
      words.push(word)
      at = end
    }
  }
  endCommand()
  return commands
}

function readWord(line: string, start: number): { readonly word: string; readonly end: number } {
  let word = ''
  let quote = ''
  let at = start
  for (; at < line.length; at++) {
    const character = line[at] ?? ''
    if (quote === '' && /[ \t;\n]/.test(character)) break
    if (quote === '' && (character === '"' || character === "'")) quote = character
    else if (character === quote) quote = ''
    else if (character === '\\' && quote !== "'") {
      if (at + 1 >= line.length) throw new UsageError('dangling \\')
      word += line[++at]
    } else word += character
  }
  // virsh lets a single quote stay open to the end of the line.
  if (quote === '"') throw new UsageError('missing "')
  return { word, end: at }
}
