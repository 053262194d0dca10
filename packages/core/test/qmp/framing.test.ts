import { array, assert, integer, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFrameReader, maxDepth, maxLineBytes } from '../../src/qmp/framing.ts'
import type { Frame } from '../../src/qmp/framing.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}\n`
const line = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}\n`

function read(text: string | Uint8Array, sizes: readonly number[] = []): Frame[] {
  const data = typeof text === 'string' ? bytes(text) : text
  const reader = createFrameReader()
  const frames: Frame[] = []
  let at = 0
  for (const size of sizes) {
    frames.push(...reader.push(data.subarray(at, at + size)))
    at += size
  }
  return [...frames, ...reader.push(data.subarray(at))]
}

const conversation =
  '{"QMP": {}}\r\n\r\n{"return": "Grüße 🦉 \\"}\\u00e4\\n"}\n   \n{"a": [1, {"b": "\\\\"}]}\r\n'
const messages = [{ QMP: {} }, { return: 'Grüße 🦉 "}ä\n' }, { a: [1, { b: '\\' }] }].map(
  (message) => ({ kind: 'message', message }),
)

describe('framing', () => {
  test('Q-16 several messages in one write are all read', () => {
    expect(read(conversation)).toEqual(messages)
  })

  test('Q-15 Q-17 Q-18 Q-19 any cutting gives the same messages: bytewise too', () => {
    const length = bytes(conversation).length
    expect(read(conversation, Array<number>(length).fill(1))).toEqual(messages)
    assert(
      property(array(integer({ min: 0, max: 20 }), { maxLength: 40 }), (sizes) => {
        expect(read(conversation, sizes)).toEqual(messages)
      }),
    )
  })

  test('a transport that reuses its buffer does no harm', () => {
    const reader = createFrameReader()
    const buffer = bytes('{"a":1')
    reader.push(buffer)
    buffer.fill(0)
    expect(reader.push(bytes('}\n'))).toEqual([{ kind: 'message', message: { a: 1 } }])
  })

  test.each([
    ['hello', 'not JSON'],
    ['HTTP/1.1 400 Bad Request', 'not JSON'],
    ['[1]', 'not an object'],
    ['"x"', 'not an object'],
    ['null', 'not an object'],
    ['{"a":1', 'not JSON'],
    ['\0', 'not JSON'],
  ])('Q-04 %j is malformed and the next line is read', (line, reason) => {
    const [first, second] = read(`${line}\r\n{"ok":true}\n`)
    expect(first).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(reason) })
    expect(second).toEqual({ kind: 'message', message: { ok: true } })
  })

  test('Q-04 bytes that are not UTF-8 are malformed', () => {
    const line = Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d, 0x0a)
    expect(read(line)).toMatchObject([{ kind: 'malformed', reason: 'bytes that are not UTF-8' }])
  })

  test('Q-06 nesting to the limit is read, deeper is refused within 100 ms', () => {
    expect(read(nested(maxDepth))).toMatchObject([{ kind: 'message' }])
    const start = performance.now()
    expect(read(nested(maxDepth + 1))).toMatchObject([{ kind: 'malformed' }])
    expect(read(nested(200_000))).toMatchObject([{ kind: 'malformed' }])
    expect(performance.now() - start).toBeLessThan(100)
  })

  test('brackets inside strings do not count as nesting', () => {
    const text = `{"a":"${'[{'.repeat(2000)}\\"["}\n`
    expect(read(text)).toMatchObject([{ kind: 'message' }])
  })

  test('Q-07 a line of exactly 10 MiB is read, one byte more is not', () => {
    expect(read(line(maxLineBytes))).toMatchObject([{ kind: 'message' }])
    expect(read(`${line(maxLineBytes + 1)}{"ok":true}\n`)).toMatchObject([
      { kind: 'malformed', reason: expect.stringContaining('10485760') },
      { kind: 'message', message: { ok: true } },
    ])
  })

  test('Q-08 a line of 200 MB costs one error and at most 20 MB', () => {
    const reader = createFrameReader()
    const chunk = new Uint8Array(65_536).fill(0x61)
    const before = process.memoryUsage().rss
    let peak = 0
    let malformed = 0
    for (let sent = 0; sent < 200_000_000; sent += chunk.length) {
      malformed += reader.push(chunk).length
      peak = Math.max(peak, process.memoryUsage().rss)
    }
    expect(malformed).toBe(1)
    expect(reader.push(bytes('\n{"ok":true}\n'))).toEqual([
      { kind: 'message', message: { ok: true } },
    ])
    expect((peak - before) / 1e6).toBeLessThan(20)
  })

  test.each([
    '__proto__',
    '\\u005f_proto__',
    '\\u005F\\u005f\\u0070\\u0072\\u006f\\u0074\\u006F__',
  ])('Q-21 the key %s reaches no prototype', (key) => {
    const [frame] = read(`{"${key}": {"polluted": 1}, "data": {"${key}": {"polluted": 1}}}\n`)
    expect(frame?.kind).toBe('message')
    const message = frame?.kind === 'message' ? frame.message : {}
    expect(Object.keys(message)).toEqual(['data'])
    expect(Object.assign({}, message, message['data'])).not.toHaveProperty('polluted')
    expect({}).not.toHaveProperty('polluted')
  })

  test('no bytes make the reader throw', () => {
    assert(
      property(array(uint8Array({ maxLength: 40 })), (chunks) => {
        const reader = createFrameReader({ maxLineBytes: 30 })
        for (const chunk of chunks) reader.push(chunk)
      }),
    )
  })
})
