/**
 * The words of one shell command, as `domxml-to-native` prints it: quotes, backslashes and lines
 * that go on are understood, nothing else of a shell is.
 *
 * @throws Error where the command ends inside a quote.
 */
export function splitShellWords(command: string): readonly string[] {
  const words: string[] = []
  const word = /(?:[^\s'"\\]|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*")+|(\S)/g
  for (const [text, stray] of command.replace(/\\\n/g, ' ').trim().matchAll(word)) {
    if (stray !== undefined) throw new Error('the command line ends inside a quote')
    words.push(unquote(text))
  }
  return words
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g,
    (_all, single?: string, double?: string, escaped = '') =>
      single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? escaped,
  )
}
