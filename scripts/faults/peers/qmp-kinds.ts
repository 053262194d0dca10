import type { Instead, QemuLine, Tamper } from './qmp-proxy.ts'

/** How a command that met a peer ends: with its answer, with an error, or either of the two. */
export type Ending = 'answer' | 'error' | 'either'

export interface QmpKind {
  readonly id: string
  readonly what: string
  readonly ending: Ending
  /** Longest the command may take, in milliseconds. */
  readonly limitMs: number
  readonly tamper: (number: number) => Tamper
}

/** A command has 10 s, and the question for the state before it 1 s; the rest is for a busy machine. */
const waitMs = 20_000
const soonMs = 8_000

/** Does something to the answer that is waited for, and to nothing else. */
const reply =
  (change: (text: string, number: number) => Instead) =>
  (number: number): Tamper =>
  ({ kind, command, text }: QemuLine) =>
    kind === 'reply' && command === 'query-kvm' ? change(text, number) : undefined

const greeting =
  (change: (text: string, number: number) => Instead) =>
  (number: number): Tamper =>
  ({ kind, text }: QemuLine) =>
    kind === 'greeting' ? change(text, number) : undefined

const event = (name: string, data: object = {}): string =>
  `${JSON.stringify({ event: name, data, timestamp: { seconds: 1, microseconds: 2 } })}\r\n`

const line = (text: string): string => `${text}\r\n`
const pickOf = <T>(list: readonly T[], number: number): T => list[number % list.length] as T
const withId = (text: string, id: unknown): string => JSON.stringify({ ...JSON.parse(text), id })

/** A greeting that says it is of another version. */
const versioned = (qemu: unknown): string =>
  line(JSON.stringify({ QMP: { version: { qemu, package: '' }, capabilities: [] } }))

const mebibyte = 'y'.repeat(1024 * 1024)

const garbage = ['what is this\r\n', Buffer.of(0xc3, 0x28, 0x0a), '{"hello":1}\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n'] // prettier-ignore

const oddEvents = [
  '{"event":"NEVER_HEARD_OF"}\r\n',
  '{"event":"STOP"}\r\n',
  '{"event":"RESET","data":{},"timestamp":{"seconds":-99999999999,"microseconds":-1}}\r\n',
  '{"event":"RESUME","data":{"__proto__":{"polluted":true}},"timestamp":{"seconds":1,"microseconds":1}}\r\n',
  '{"event":5}\r\n',
  '{"event":null,"data":"text"}\r\n',
]

const lies = [
  event('SHUTDOWN', { guest: true, reason: 'guest-shutdown' }),
  event('STOP'),
  event('RESET', { guest: true, reason: 'guest-reset' }),
  event('DEVICE_DELETED', { device: 'virtio-disk0', path: '/machine/peripheral/virtio-disk0' }),
  event('BLOCK_JOB_COMPLETED', { device: 'd', type: 'commit', len: 1, offset: 1, speed: 0 }),
]

const wrongTypes: readonly (readonly [command: string, answer: string])[] = [
  ['query-uuid', '"text"'],
  ['query-uuid', '{"UUID":5}'],
  ['query-status', '[]'],
  ['query-uuid', 'null'],
]

/** The 28 kinds of monitors that do not do what they should. are done to QEMU itself. */
export const qmpKinds: readonly QmpKind[] = [
  { id: 'Q-01', what: 'never greets', ending: 'error', limitMs: waitMs, tamper: greeting(() => []) },
  { id: 'Q-02', what: 'greets and never agrees', ending: 'error', limitMs: waitMs, tamper: () => (one) => one.command === 'qmp_capabilities' ? [] : undefined },
  { id: 'Q-03', what: 'closes before or behind its greeting', ending: 'error', limitMs: waitMs, tamper: greeting((text, number) => number % 2 === 0 ? ['close'] : [line(text), 'close']) },
  { id: 'Q-04', what: 'is no monitor', ending: 'error', limitMs: waitMs, tamper: greeting((_, number) => [pickOf(garbage, number)]) },
  { id: 'Q-05', what: 'is of another time', ending: 'either', limitMs: soonMs, tamper: greeting((_, number) => [versioned(pickOf([{ major: 0, minor: 15, micro: 0 }, { major: 99, minor: 9, micro: 0 }, { major: {}, minor: [], micro: 'x' }], number))]) },
  { id: 'Q-06', what: 'greets 100,000 deep', ending: 'error', limitMs: soonMs, tamper: greeting(() => [`{"QMP":${'['.repeat(100_000)}${']'.repeat(100_000)}}\r\n`]) },
  { id: 'Q-07', what: 'answers in exactly 10 MiB', ending: 'answer', limitMs: soonMs, tamper: reply((text) => { const padded = text.replace('"present"', `"pad":"", "present"`); return [line(padded.replace('""', `"${'x'.repeat(10 * 1024 * 1024 - 1 - Buffer.byteLength(padded))}"`))] }) },
  { id: 'Q-08', what: 'answers in 200 MB', ending: 'error', limitMs: waitMs, tamper: reply(() => [`{"return":"`, ...Array.from({ length: 200 }, () => mebibyte), `"}\r\n`]) },
  { id: 'Q-09', what: 'fails with control characters', ending: 'error', limitMs: soonMs, tamper: reply((text) => [line(JSON.stringify({ id: JSON.parse(text).id, error: { class: 'GenericError', desc: 'no\u0000\u001b]0;owned\u0007\n\u001b[31m' } }))]) },
  { id: 'Q-10', what: 'answers with another id', ending: 'error', limitMs: soonMs, tamper: reply((text, number) => [line(withId(text, pickOf(['x', 5, null, {}, 'polyvirt-999999'], number)))]) },
  { id: 'Q-11', what: 'answers twice', ending: 'either', limitMs: soonMs, tamper: reply((text) => [line(text), line(text)]) },
  { id: 'Q-12', what: 'answers without an id', ending: 'error', limitMs: soonMs, tamper: reply(() => ['{"return":{"enabled":true,"present":true}}\r\n']) },
  { id: 'Q-13', what: 'answers what nobody asked', ending: 'either', limitMs: soonMs, tamper: reply((text) => ['{"return":{},"id":"nobody"}\r\n', line(text)]) },
  { id: 'Q-14', what: 'answers with another type', ending: 'error', limitMs: soonMs, tamper: (number) => { const [command, answer] = pickOf(wrongTypes.filter(([name]) => name === 'query-uuid'), number); return (one) => one.command === command ? [line(`{"return":${answer},"id":${JSON.stringify(JSON.parse(one.text).id)}}`)] : undefined } },
  { id: 'Q-15', what: 'sends byte by byte', ending: 'answer', limitMs: soonMs, tamper: () => (one) => [...Buffer.from(line(one.text))].map((byte) => Buffer.of(byte)) },
  { id: 'Q-16', what: 'sends all in one', ending: 'answer', limitMs: soonMs, tamper: reply((text) => [event('NICE') + line(text) + event('NICE')]) },
  { id: 'Q-17', what: 'ends lines with LF alone', ending: 'answer', limitMs: soonMs, tamper: () => (one) => [`${one.text}\n`] },
  { id: 'Q-18', what: 'sends blank lines', ending: 'answer', limitMs: soonMs, tamper: () => (one) => ['\r\n', '\n', '   \r\n', line(one.text), '\n'] },
  { id: 'Q-19', what: 'splits characters and escapes', ending: 'answer', limitMs: soonMs, tamper: reply((text) => [...Buffer.from(line(text.replace('"present"', String.raw`"ä€😀":"\ud83d\ude00", "present"`)))].map((byte) => Buffer.of(byte))) },
  { id: 'Q-20', what: 'floods with events', ending: 'answer', limitMs: waitMs, tamper: reply((text, number) => [event('RTC_CHANGE', { offset: 1 }).repeat(number === 0 ? 1_000_000 : 50_000), line(text)]) },
  { id: 'Q-21', what: 'sends odd events', ending: 'answer', limitMs: soonMs, tamper: reply((text, number) => [pickOf(oddEvents, number), line(text)]) },
  { id: 'Q-22', what: 'tells of what has not happened', ending: 'answer', limitMs: soonMs, tamper: reply((text, number) => [pickOf(lies, number), line(text)]) },
  { id: 'Q-23', what: 'answers late, or too late', ending: 'either', limitMs: waitMs, tamper: reply((text, number) => [{ pauseMs: number % 2 === 0 ? 5000 : 10_500 }, line(text)]) },
  { id: 'Q-24', what: 'drops an answer', ending: 'error', limitMs: waitMs, tamper: reply(() => []) },
  { id: 'Q-25', what: 'closes in the middle', ending: 'error', limitMs: soonMs, tamper: reply((text) => [text.slice(0, 20), 'close']) },
] // prettier-ignore
