import { open } from 'node:fs/promises'
import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { SendKeyOptions } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, later, named, text, words } from '../option-specs.ts'
import { systemReason } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'send-key',
    group: 'domain',
    summary: 'Send keycodes to the guest',
    description: 'Send keycodes (integers or symbolic names) to the guest',
    options: [
      domainOption,
      named(text('codeset', 'the codeset of keycodes, default:linux')),
      named(int('holdtime', 'the time (in milliseconds) how long the keys will be held')),
      words('keycode', 'the key code', true),
    ],
    run: sendKey,
  },
  {
    name: 'inject-nmi',
    group: 'domain',
    summary: 'Inject NMI to the guest',
    description: 'Inject NMI to the guest domain.',
    options: [domainOption],
    run: injectNmi,
  },
  {
    name: 'screenshot',
    group: 'domain',
    summary: 'take a screenshot of a current domain console and store it into a file',
    description: 'screenshot of a current domain console',
    options: [
      domainOption,
      text('file', 'where to store the screenshot'),
      int('screen', 'ID of a screen to take screenshot of'),
    ],
    run: screenshot,
  },
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
]

type Codeset = NonNullable<SendKeyOptions['codeset']>
const codesets: readonly string[] = [
  'linux',
  'xt',
  'atset1',
  'xt_kbd',
  'qnum',
  'rfb',
] satisfies Codeset[]

async function sendKey(context: Context, options: Options): Promise<Answer> {
  const codeset = options.text('codeset') ?? 'linux'
  if (!codesets.includes(codeset)) {
    throw invalidArgument(`unknown codeset: '${codeset}'`)
  }
  const holdMs = options.integer('holdtime', 0)
  const keys = options.list('keycode').map(keyOf)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainSendKey(reference, keys, {
    codeset: codeset as Codeset,
    ...(holdMs !== undefined && { holdMs }),
  })
  return { json: { keys } }
}

/** A number, also a hexadecimal or octal one as C has them, or a name. */
function keyOf(word: string): string | number {
  if (/^0x[\da-f]{1,4}$/i.test(word)) return Number.parseInt(word, 16)
  if (/^0[0-7]{1,5}$/.test(word)) return Number.parseInt(word, 8)
  if (/^\d{1,5}$/.test(word)) return Number(word)
  if (/^[A-Za-z]\w*$/.test(word)) return word
  throw invalidArgument(`invalid keycode: '${word}'`)
}

async function injectNmi(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await hypervisor.domainInjectNmi(reference)
  return { json: { name: domain.name, uuid: domain.uuid } }
}

async function screenshot(context: Context, options: Options): Promise<Answer> {
  const screen = options.integer('screen', 0)
  const given = options.text('file')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const image = await explainFailure(
    `could not take a screenshot of ${domain.name}`,
    hypervisor.domainScreenshot(reference, {
      ...(screen !== undefined && { screen }),
      signal: context.signal,
    }),
  )
  const file = given ?? defaultName(domain.name)
  await writeImage(file, image, given === undefined)
  return {
    remark: `Screenshot saved to ${printable(file)}, with type of image/png`,
    json: { file, type: 'image/png', bytes: image.byteLength },
  }
}

/** As virsh names it, with nothing in it that leaves the folder. */
function defaultName(name: string): string {
  const time = new Date().toISOString().slice(0, 19).replace('T', '-')
  return `${name.replaceAll('/', '_')}-${time}.png`
}

async function writeImage(file: string, image: Uint8Array, fresh: boolean): Promise<void> {
  try {
    await using handle = await open(file, fresh ? 'wx' : 'w', 0o666)
    await handle.writeFile(image)
  } catch (error) {
    throw new CommandError(`cannot create file ${file}: ${await systemReason(error)}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  }
}

async function monitorCommand(context: Context, options: Options): Promise<Answer> {
  const hmp = options.flag('hmp')
  if (hmp && (options.flag('pretty') || options.flag('return-value'))) {
    throw invalidArgument('--hmp goes with neither --pretty nor --return-value')
  }
  const command = options.list('cmd').join(' ')
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

function returnOf(answer: unknown): unknown {
  if (typeof answer === 'object' && answer !== null && 'return' in answer) return answer.return
  throw new CommandError("failed to get the value of 'return' from the answer", {
    code: 'ERR_OPERATION_FAILED',
  })
}

/** QEMU's own lines, and nothing else in them that a terminal would obey. */
function linesOf(answer: string): string {
  return answer
    .split(/\r?\n/)
    .map((line) => printable(line))
    .join('\n')
}
