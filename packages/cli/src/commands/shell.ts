import { homedir } from 'node:os'
import { CommandError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable, strerror } from '../core.ts'
import { flag, text } from '../option-specs.ts'
import { lineAnswer } from '../output/line-answer.ts'
import { shellQuote } from '../output/shell-quote.ts'
import { exclude } from '../parse/option-pairs.ts'
import { escapeXml } from '../xml/escape-xml.ts'

const quitCommand = (name: string): Command => ({
  name,
  group: 'polyvirt',
  summary: 'quit this interactive terminal',
  options: [],
  run: () => ({ quit: true }),
})

export const commands: readonly Command[] = [
  {
    name: 'cd',
    group: 'polyvirt',
    summary: 'change the current directory',
    description: 'Change the current directory.',
    options: [text('dir', 'directory to switch to (default: home or else root)')],
    run: changeDirectory,
  },
  {
    name: 'connect',
    group: 'polyvirt',
    summary: '(re)connect to hypervisor',
    description: 'Connect to local hypervisor. This is built-in command after shell start up.',
    options: [text('name', 'hypervisor connection URI'), flag('readonly', 'read-only connection')],
    run: async (context, options) => {
      await context.connect(options.text('name') ?? context.settings.uri, options.flag('readonly'))
      return {}
    },
  },
  {
    name: 'echo',
    group: 'polyvirt',
    summary: 'echo arguments. Used for internal testing.',
    description: 'Echo back arguments, possibly with quoting. Used for internal testing.',
    options: [
      flag('shell', 'escape for shell use'),
      flag('xml', 'escape for XML use'),
      flag('split', "split each argument on ','; ',,' is an escape sequence"),
      flag('err', 'output to stderr'),
      { name: 'string', kind: 'argv', help: 'arguments to echo' },
    ],
    run: echo,
  },
  {
    name: 'pwd',
    group: 'polyvirt',
    summary: 'print the current directory',
    description: 'Print the current directory.',
    options: [],
    run: () => lineAnswer(process.cwd()),
  },
  quitCommand('exit'),
  quitCommand('quit'),
]

async function changeDirectory(context: Context, options: Options): Promise<Answer> {
  if (!context.interactive) {
    throw new CommandError('cd: command valid only in interactive mode', {
      code: 'ERR_OPERATION_INVALID',
    })
  }
  const directory = options.text('dir') ?? (homedir() || '/')
  try {
    process.chdir(directory)
  } catch (error) {
    throw new CommandError(`cd: ${strerror(error)}: ${directory}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  }
  return {}
}

function echo(context: Context, options: Options): Answer {
  exclude(options, 'shell', 'split')
  exclude(options, 'xml', 'split')
  const words = options.list('string').map((word) => {
    if (options.flag('split')) return splitAtCommas(word).join('')
    const escaped = options.flag('xml') ? escapeXml(word) : word
    return options.flag('shell') ? shellQuote(escaped) : escaped
  })
  const text = words.join(' ')
  // virsh echoes to standard error as an error, which is none.
  if (options.flag('err')) {
    const lines = text.split('\n')
    context.output.writeError(`error: ${lines.map(printable).join('\n')}\n`)
    return {}
  }
  // The user's own words, as they are.
  return { text, json: text }
}

/** Lines; two commas are one that does not split. */
function splitAtCommas(word: string): readonly string[] {
  const parts = ['']
  for (const piece of word.match(/,,|,|[^,]+/g) ?? []) {
    if (piece === ',') parts.push('')
    else parts.push(`${parts.pop() ?? ''}${piece === ',,' ? ',' : piece}`)
  }
  return parts.map((part) => `${part}\n`)
}
