/** A command line with one option a line: each with its value, if it has one. */
export function argvLines(argv: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const argument of argv) {
    const previous = lines.at(-1)
    const isValue =
      lines.length > 1 && previous !== undefined && isOption(previous) && !isOption(argument)
    if (isValue) lines[lines.length - 1] = `${previous} ${argument}`
    else lines.push(argument)
  }
  return lines
}

/** QEMU has no option with a blank in its name, and no value that is one letter behind a dash. */
const isOption = (argument: string): boolean => /^-[A-Za-z][\w-]*$/.test(argument)
