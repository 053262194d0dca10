/** A line that stands before what virsh says to one command. */
const mark = '~~'

/** One thing to ask: a key for the answer, and virsh's commands. */
export interface Question {
  readonly key: string
  readonly commands: readonly string[]
}

/** What virsh reads: all commands, each with a mark that its answer is found by. */
export function writeQuestions(questions: readonly Question[]): string {
  const lines = questions.flatMap(({ commands }, at) =>
    commands.flatMap((command, step) => [`echo ${mark}${at}.${step}`, command]),
  )
  return [...lines, `echo ${mark}end`, ''].join('\n')
}

/**
 * What it said to each command, by key.
 *
 * @throws Error where an answer is missing: virsh ended early.
 */
export function readAnswers(
  questions: readonly Question[],
  said: string,
): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>()
  let section: string[] = []
  for (const line of said.split('\n')) {
    // The prompt, and the command behind it.
    if (line.startsWith('virsh # ')) continue
    if (line.startsWith(mark)) sections.set(line.slice(mark.length), (section = []))
    else section.push(line)
  }
  if (!sections.has('end')) throw new Error('virsh did not answer all questions')
  return new Map(
    questions.map(({ key, commands }, at) => [
      key,
      commands.map((_, step) => (sections.get(`${at}.${step}`) ?? []).join('\n').trim()),
    ]),
  )
}
