import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, later, named, text, words } from '../option-specs.ts'

export const commands: readonly Command[] = [
  {
    name: 'qemu-monitor-command',
    group: 'domain',
    summary: 'QEMU Monitor Command',
    description: 'QEMU Monitor Command',
    options: [
      domainOption,
      flag('hmp', 'command is in human monitor protocol'),
      flag('pretty', 'pretty-print any qemu monitor protocol output'),
      flag('return-value', "extract the value of the 'return' key from the returned string"),
      named(later(text('pass-fds', 'pass file descriptors N,M,... along with the command'))),
      words('cmd', 'command', true),
    ],
    run: monitorCommand,
  },
  {
    name: 'qemu-agent-command',
    group: 'domain',
    summary: 'QEMU Guest Agent Command',
    description: 'Run an arbitrary qemu guest agent command; use at your own risk',
    options: [
      domainOption,
      named(int('timeout', 'timeout seconds. must be positive.')),
      later(flag('async', 'execute command without waiting for timeout')),
      later(flag('block', 'execute command without timeout')),
      flag('pretty', 'pretty-print the output'),
      words('cmd', 'command', true),
    ],
    run: agentCommand,
  },
]

async function monitorCommand(context: Context, options: Options): Promise<Answer> {
  const hmp = options.flag('hmp')
  if (hmp && (options.flag('pretty') || options.flag('return-value'))) {
    throw invalidArgument('--hmp goes with neither --pretty nor --return-value')
  }
  const given = options.list('cmd')
  const command = hmp ? given.join(' ') : wholeCommand(given)
  const { hypervisor, reference } = await lookupDomain(context, options)
  const answer = await hypervisor.domainQemuMonitorCommand(reference, command, {
    hmp,
    signal: context.signal,
  })
  if (hmp) return { text: `${linesOf(answer)}\n`, json: answer }
  const whole = JSON.parse(answer) as unknown
  const value = options.flag('return-value') ? returnOf(whole) : whole
  const shown = JSON.stringify(value, undefined, options.flag('pretty') ? 2 : undefined)
  return { text: `${linesOf(shown)}\n`, json: value }
}

/**
 * A command of QMP as it stands, or made of its name and the members of its arguments, each a word.
 *
 * @throws CommandError in virsh's words.
 */
function wholeCommand(given: readonly string[]): string {
  const whole = given.join(' ')
  if (whole.trimStart().startsWith('{')) return whole
  const [execute, ...members] = given
  if (members.length === 0) return JSON.stringify({ execute })
  const [first = ''] = members
  const isObject = members.length === 1 && first.startsWith('{')
  try {
    const parsed = JSON.parse(isObject ? first : `{${members.join(',')}}`) as unknown
    return JSON.stringify({ execute, arguments: parsed })
  } catch {
    throw invalidArgument(
      `failed to wrap arguments '${members.join(' ')}' into a QMP command wrapper: each is a member of a JSON object, as in '"id":"virtio-disk0"'`,
    )
  }
}

function returnOf(answer: unknown): unknown {
  if (typeof answer === 'object' && answer !== null && 'return' in answer) return answer.return
  throw new CommandError("failed to get the value of 'return' from the answer", {
    code: 'ERR_OPERATION_FAILED',
  })
}

async function agentCommand(context: Context, options: Options): Promise<Answer> {
  const timeout = options.integer('timeout', 1)
  const command = options.list('cmd').join(' ')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const answer = await hypervisor.domainQemuAgentCommand(reference, command, {
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    signal: context.signal,
  })
  const value = JSON.parse(answer) as unknown
  const shown = options.flag('pretty') ? JSON.stringify(value, undefined, 2) : answer
  return { text: `${linesOf(shown)}\n`, json: value }
}

/** QEMU's own lines, and nothing else in them that a terminal would obey. */
function linesOf(answer: string): string {
  return answer
    .split(/\r?\n/)
    .map((line) => printable(line))
    .join('\n')
}
