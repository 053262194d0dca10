import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { completionScripts } from '../completion-scripts.ts'
import { completions } from '../completions.ts'
import { need } from '../option-specs.ts'
import { linesAnswer } from '../output/line-answer.ts'

const shells = Object.keys(completionScripts)

export const commands: readonly Command[] = [
  {
    name: 'complete',
    group: 'polyvirt',
    summary: 'internal command for autocompletion',
    description: 'Prints what could stand in place of the last of the words after --.',
    options: [{ name: 'string', kind: 'argv', help: 'words of the command line so far' }],
    hidden: true,
    run: complete,
  },
  {
    name: 'completion',
    group: 'polyvirt',
    summary: 'print a completion script for a shell',
    description:
      'Print a script that makes the shell complete polyvirt commands, options and\ndomains.',
    options: [need('shell', shells.join(', '), shells)],
    run: (_context, options) => {
      const shell = options.need('shell')
      const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined
      if (script === undefined) {
        throw invalidArgument(`no completion for shell '${shell}'; offered: ${shells.join(', ')}`)
      }
      return { text: script, json: { shell, script } }
    },
  },
]

async function complete(context: Context, options: Options): Promise<Answer> {
  const found = await completions(context, options.list('string'))
  return { ...linesAnswer(found), failed: found.length === 0 }
}
