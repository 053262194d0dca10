import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { SendKeyOptions } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { int, named, text, words } from '../option-specs.ts'

type Codeset = NonNullable<SendKeyOptions['codeset']>
const codesets: readonly string[] = [
  'linux',
  'xt',
  'atset1',
  'xt_kbd',
  'qnum',
  'rfb',
] satisfies Codeset[]

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
]

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
