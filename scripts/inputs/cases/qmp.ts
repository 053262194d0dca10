import type { Numbered, Refusal } from '../support/catalogue.ts'
import type { OddScript } from '../support/odd-guest.ts'

/** A monitor that misbehaves, and what the command that meets it says. */
export interface OddPeer extends Numbered {
  readonly script: OddScript
  /** When it is met: while the guest starts, or when a running one is suspended. */
  readonly at: 'start' | 'suspend'
  /** What is said; the command works where missing. */
  readonly refused?: Pick<Refusal, 'code' | 'says'>
}

const internal = 'ERR_INTERNAL_ERROR'
const failed = 'ERR_OPERATION_FAILED'
const broken = (says: string) => ({ code: internal, says: `broke the protocol: ${says}` }) as const
const closed = { code: failed, says: 'QEMU closed its monitor' } as const
const both = (row: Omit<OddPeer, 'at'>): readonly OddPeer[] => [
  { ...row, at: 'start', what: `${row.what}, at start` },
  { ...row, at: 'suspend' },
]
const version = (qemu: unknown): string =>
  `${JSON.stringify({ QMP: { version: { qemu, package: '' }, capabilities: [] } })}\r\n`
const stop = (raw: string): OddScript => ({ answers: { stop: { raw } } })
const answered = '{"return":{},"id":@ID@}\r\n'
const event = (name: string, data = '{}', seconds = 1): string =>
  `{"event":"${name}","data":${data},"timestamp":{"seconds":${seconds},"microseconds":0}}\r\n`
const deep = '['.repeat(100_000)
/** An answer of a little less than so many bytes: the id's length is not known. */
const sized = (bytes: number): string =>
  `{"return":{},"pad":"${'x'.repeat(bytes - 64)}","id":@ID@}\r\n`

export const oddPeers: readonly OddPeer[] = [
  ...both({
    id: 'Q-03',
    what: 'closes before the greeting',
    script: { hangUp: 'before' },
    refused: closed,
  }),
  ...both({
    id: 'Q-03',
    what: 'closes after the greeting',
    script: { hangUp: 'after' },
    refused: closed,
  }),
  ...both({
    id: 'Q-04',
    what: 'says something that is not JSON',
    script: { greet: 'hello\r\n' },
    refused: broken(`a line that is not JSON: 'hello\\x0d'`),
  }),
  ...both({
    id: 'Q-04',
    what: 'is no monitor',
    script: { greet: '{"hello":1}\r\n' },
    refused: broken('the peer is not a QMP server'),
  }),
  ...both({
    id: 'Q-04',
    what: 'is a web server',
    script: { greet: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
    refused: broken('a line that is not JSON'),
  }),
  ...both({
    id: 'Q-05',
    what: 'is QEMU 0.15',
    script: { greet: version({ major: 0, minor: 15, micro: 0 }) },
    refused: broken('QEMU 0.15 is too old'),
  }),
  {
    id: 'Q-05',
    what: 'is QEMU 99.9',
    at: 'suspend',
    script: { greet: version({ major: 99, minor: 9, micro: 0 }) },
  },
  ...both({
    id: 'Q-05',
    what: 'tells its version as a text',
    script: { greet: version('7.2.0') },
    refused: broken('bad greeting: QMP.version.qemu: expected an object'),
  }),
  ...both({
    id: 'Q-06',
    what: 'nests its greeting 100,000 deep',
    script: { greet: `{"QMP":${deep}\n` },
    refused: broken('nesting deeper than 1024'),
  }),
  {
    id: 'Q-06',
    what: 'nests its answer 100,000 deep',
    at: 'suspend',
    script: stop(`{"return":${deep}\n`),
    refused: broken('nesting deeper than 1024'),
  },
  {
    id: 'Q-07',
    what: 'answers in a line of nearly 10 MiB',
    at: 'suspend',
    script: stop(sized(10 * 1024 * 1024)),
  },
  {
    id: 'Q-08',
    what: 'answers in a line of 200 MB',
    at: 'suspend',
    script: { answers: { stop: { flood: 200_000_000 } } },
    refused: broken('a line of more than 10485760 bytes'),
  },
  ...both({
    id: 'Q-09',
    what: 'refuses every command, with NUL and an escape sequence',
    script: {
      answers: {
        '*': {
          raw: `{"error":{"class":"GenericError","desc":"no \\u0000 \\u001b[31m way"},"id":@ID@}\r\n`,
        },
      },
    },
    refused: { code: internal, says: 'no \\x00 \\x1b[31m way' },
  }),
  {
    id: 'Q-10',
    what: 'answers with another id',
    at: 'suspend',
    script: stop(`{"return":{},"id":"x"}\r\n`),
    refused: broken(`an answer to id '"x"'`),
  },
  { id: 'Q-11', what: 'answers twice', at: 'suspend', script: stop(answered + answered) },
  {
    id: 'Q-12',
    what: 'answers without an id',
    at: 'suspend',
    script: stop(`{"return":{}}\r\n`),
    refused: broken('an answer without id'),
  },
  {
    id: 'Q-13',
    what: 'answers what nobody asked, and then what was asked',
    at: 'suspend',
    script: stop(`{"return":{},"id":9999}\r\n${answered}`),
    refused: broken(`an answer to id '9999'`),
  },
  ...both({ id: 'Q-15', what: 'sends byte by byte', script: { chunk: 1 } }),
  {
    id: 'Q-16',
    what: 'sends events and the answer in one piece',
    at: 'suspend',
    script: stop(event('RESUME').repeat(50) + answered + event('STOP')),
  },
  {
    id: 'Q-17',
    what: 'ends its lines by LF alone',
    at: 'suspend',
    script: stop('{"return":{},"id":@ID@}\n'),
  },
  {
    id: 'Q-18',
    what: 'sends blank lines',
    at: 'suspend',
    script: stop(`\r\n\r\n \n${answered}\r\n`),
  },
  ...[1, 2, 3, 5].map((chunk): OddPeer => ({
    id: 'Q-19',
    what: `splits characters and escapes into pieces of ${chunk} bytes`,
    at: 'suspend',
    script: { chunk, ...stop(event('X', '{"a":"\u00e9\u{1f600}\\u00e9\\n"}') + answered) },
  })),
  {
    id: 'Q-20',
    what: 'tells of 100,000 events before it answers',
    at: 'suspend',
    script: stop(event('RTC_CHANGE', '{"offset":1}').repeat(100_000) + answered),
  },
  ...[
    ['an event that nobody knows', event('FROBNICATE')],
    ['an event without data or time', '{"event":"STOP"}\r\n'],
    ['an event of before 1970', event('STOP', '{}', -5)],
    ['an event whose name is a number', '{"event":5}\r\n'],
    ['an event with __proto__ in it', event('STOP', '{"__proto__":{"polluted":1}}')],
    ['an event whose data is a text', event('STOP', '"x"')],
  ].map(([what = '', raw = '']): OddPeer => ({
    id: 'Q-21',
    what: `tells of ${what}`,
    at: 'suspend',
    script: stop(raw + answered),
  })),
  ...[
    event('SHUTDOWN', '{"guest":true,"reason":"guest-shutdown"}'),
    event('STOP'),
    event('RESET', '{"guest":true,"reason":"guest-reset"}'),
    event('DEVICE_DELETED', '{"device":"balloon0","path":"/machine/peripheral/balloon0"}'),
    event('BLOCK_JOB_COMPLETED', '{"device":"x","type":"commit","len":1,"offset":1,"speed":0}'),
  ].map((raw): OddPeer => ({
    id: 'Q-22',
    what: `lies: ${/"event":"(\w+)"/.exec(raw)?.[1] ?? ''}`,
    at: 'suspend',
    script: stop(raw + answered),
  })),
  {
    id: 'Q-24',
    what: 'closes instead of answering',
    at: 'suspend',
    script: { answers: { stop: { close: true } } },
    refused: closed,
  },
]

/** Commands whose answers are read, and verbs that ask for them: each gets answers of other types. */
export const wrongTypes: readonly unknown[] = [null, 5, 'text', [], [5], {}, [{}], { a: [] }]

export const otherPeers: readonly Numbered[] = [
  { id: 'Q-01', what: 'never greets' },
  { id: 'Q-02', what: 'greets and never agrees' },
  { id: 'Q-04', what: 'greets in bytes that are no UTF-8' },
  { id: 'Q-14', what: 'answers with another type, whatever it is asked' },
  { id: 'Q-23', what: 'answers late, and after the limit' },
  { id: 'Q-24', what: 'answers all but one command' },
  { id: 'Q-25', what: 'has its socket gone while the guest lives' },
  { id: 'Q-26', what: 'stands still' },
  { id: 'Q-27', what: 'does not hear SIGTERM' },
  { id: 'Q-28', what: 'is held by another client' },
]
