import { afterEach, describe, expect, test } from 'vitest'
import { returnShapes } from '../../src/qmp/command-shapes.ts'
import type { QmpCommandName } from '../../src/qmp/index.ts'
import { MonitorError, QmpClient, QmpError } from '../../src/qmp/index.ts'
import { createFakePeer, greeting } from '../support/fake-peer.ts'
import type { FakePeer } from '../support/fake-peer.ts'

const open: QmpClient[] = []
afterEach(async () => {
  for (const client of open.splice(0)) await client.close()
})

async function connected(
  peer: FakePeer = createFakePeer(),
  debug?: (line: string) => void,
): Promise<{ peer: FakePeer; client: QmpClient }> {
  const [client] = await Promise.all([
    QmpClient.connect({
      transport: peer.transport,
      peer: "domain 'x'",
      ...(debug ? { debug } : {}),
    }),
    peer.negotiate(),
  ])
  open.push(client)
  return { peer, client }
}

const running = { status: 'running', running: true }

/** The client still works: the next command gets its answer. */
async function expectUsable(peer: FakePeer, client: QmpClient): Promise<void> {
  const answer = client.execute('query-status')
  peer.send({ return: running, id: (await peer.command()).id })
  await expect(answer).resolves.toEqual(running)
}

function failure(failure: string): unknown {
  return expect.objectContaining({ name: 'DomainError', failure })
}

describe('connecting', () => {
  test('greets, negotiates and knows the version', async () => {
    const { client } = await connected()
    expect(client.version.qemu).toEqual({ major: 7, minor: 2, micro: 22 })
  })

  test('Q-01 Q-28 a peer that never greets is given up in time, and closed', async () => {
    const peer = createFakePeer()
    const start = performance.now()
    await expect(
      QmpClient.connect({ transport: peer.transport, timeoutMs: 50, peer: "domain 'x'" }),
    ).rejects.toThrow(
      "Timed out during operation: domain 'x': the QEMU monitor sent no greeting within 0.05 s; it is in use by another program, or QEMU hangs",
    )
    expect(performance.now() - start).toBeLessThan(500)
    expect(peer.closed).toBe(true)
  })

  test('Q-02 a peer that greets and never agrees is given up in time', async () => {
    const peer = createFakePeer()
    peer.send(greeting)
    await expect(QmpClient.connect({ transport: peer.transport, timeoutMs: 50 })).rejects.toThrow(
      "QEMU did not answer 'qmp_capabilities' within 0.0",
    )
    expect(peer.closed).toBe(true)
  })

  test.each([
    ['before', () => undefined],
    ['after', (peer: FakePeer) => peer.send(greeting)],
  ])('Q-03 a peer that closes %s the greeting fails at once', async (_, first) => {
    const peer = createFakePeer()
    first(peer)
    peer.hangUp()
    await expect(QmpClient.connect({ transport: peer.transport })).rejects.toEqual(
      failure('closed'),
    )
  })

  test.each([
    ['garbage', 'hello\r\n', "not JSON: 'hello\\x0d'"],
    ['an HTTP banner', 'HTTP/1.1 400 Bad Request\r\n', 'not JSON'],
    ['another object', '{"hello":1}\n', 'not a QMP server'],
    ['bad UTF-8', Uint8Array.of(0x7b, 0xff, 0x0a), 'not UTF-8'],
    ['escape sequences', '\u001b]0;x\u0007\n', '\\x1b]0;x\\x07'],
    ['an answer', '{"return":{}}\n', 'not a QMP server'],
  ])('Q-04 %s instead of a greeting fails at once', async (_, data, text) => {
    const peer = createFakePeer()
    peer.send(data)
    await expect(QmpClient.connect({ transport: peer.transport })).rejects.toThrow(text)
    expect(peer.closed).toBe(true)
  })

  test.each([
    [
      '0.15 is too old',
      { qemu: { major: 0, minor: 15, micro: 0 }, package: '' },
      /QEMU 0\.15 is too/,
    ],
    ['4.1 is too old', { qemu: { major: 4, minor: 1, micro: 0 }, package: '' }, /QEMU 4\.1 is too/],
    [
      'text',
      { qemu: '0.12.1', package: '' },
      /bad greeting: QMP\.version\.qemu: expected an object/,
    ],
    [
      'parts as text',
      { qemu: { major: '7', minor: 2, micro: 0 }, package: '' },
      /major: expected a n/,
    ],
    ['absent', undefined, /QMP\.version: expected an object/],
  ])('Q-05 a version that is %s is refused', async (_, version, text) => {
    const peer = createFakePeer()
    peer.send({ QMP: { version, capabilities: [] } })
    await expect(QmpClient.connect({ transport: peer.transport })).rejects.toThrow(text)
  })

  test('Q-05 a version from the future is taken', async () => {
    const peer = createFakePeer()
    peer.send({
      QMP: { version: { qemu: { major: 99, minor: 9, micro: 0 }, package: '' }, capabilities: [] },
    })
    const connecting = QmpClient.connect({ transport: peer.transport })
    peer.send({ return: {}, id: (await peer.command()).id })
    open.push(await connecting)
  })

  test('an event that comes before the greeting is no protocol error', async () => {
    const peer = createFakePeer()
    peer.send({ timestamp: { seconds: 1, microseconds: 2 }, event: 'RESUME' })
    const negotiated = peer.negotiate()
    await using client = await QmpClient.connect({ transport: peer.transport, timeoutMs: 2000 })
    await negotiated
    expect(client.version.qemu.major).toBe(7)
  })

  test('Q-06 a greeting nested 100,000 deep is refused within 100 ms', async () => {
    const peer = createFakePeer()
    peer.send(`{"QMP":${'['.repeat(100_000)}\n`)
    const start = performance.now()
    await expect(QmpClient.connect({ transport: peer.transport })).rejects.toThrow('nesting deeper')
    expect(performance.now() - start).toBeLessThan(100)
  })

  test('the signal ends the wait, also when it has aborted already', async () => {
    const abort = new AbortController()
    const connecting = QmpClient.connect({
      transport: createFakePeer().transport,
      signal: abort.signal,
    })
    abort.abort()
    await expect(connecting).rejects.toEqual(failure('aborted'))
    await expect(
      QmpClient.connect({ transport: createFakePeer().transport, signal: abort.signal }),
    ).rejects.toEqual(failure('aborted'))
  })
})

describe('executing', () => {
  test('an answer goes to the command whose id it carries, in any order', async () => {
    const { peer, client } = await connected()
    const name = client.execute('query-name')
    const status = client.execute('query-status')
    const [first, second] = [await peer.command(), await peer.command()]
    peer.send({ return: running, id: second.id })
    peer.send({ return: { name: 'x' }, id: first.id })
    expect(await name).toEqual({ name: 'x' })
    expect(await status).toEqual(running)
    expect(first).toEqual({ execute: 'query-name', id: first.id })
  })

  test('arguments are sent', async () => {
    const { peer, client } = await connected()
    const adding = client.execute('device_add', {
      driver: 'virtio-rng-pci',
      id: 'rng0',
      bus: 'pci.0',
    })
    const command = await peer.command()
    expect(command.arguments).toEqual({ driver: 'virtio-rng-pci', id: 'rng0', bus: 'pci.0' })
    peer.send({ return: {}, id: command.id })
    await adding
  })

  test('arguments that are no JSON reject, and nothing is left behind', async () => {
    const { peer, client } = await connected()
    await expect(client.executeUnchecked('x', { value: 1n })).rejects.toThrow(TypeError)
    await expectUsable(peer, client)
  })

  test('Q-09 a refusal keeps class and text as sent, and prints them escaped', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('cont')
    const desc = 'no \u0000 \u001b[31m way'
    peer.send({ error: { class: 'GenericError', desc }, id: (await peer.command()).id })
    const error = await answer.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(QmpError)
    expect(error).toMatchObject({
      code: 'ERR_INTERNAL_ERROR',
      command: 'cont',
      qmpClass: 'GenericError',
      desc,
      message: "internal error: unable to execute QEMU command 'cont': no \\x00 \\x1b[31m way",
    })
  })

  test('Q-09 a refusal of megabytes is cut', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('cont')
    const desc = 'x'.repeat(1e6)
    peer.send({ error: { class: 'GenericError', desc }, id: (await peer.command()).id })
    const error: unknown = await answer.catch((thrown: unknown) => thrown)
    expect(error instanceof Error && error.message.length).toBeLessThan(4096)
  })

  test.each([
    [
      'Q-10 a wrong id',
      () => ({ return: running, id: 'polyvirt-77' }),
      /answer to id '"polyvirt-77"'/,
    ],
    ['Q-10 a number as id', () => ({ return: running, id: 3 }), /an answer to id '3'/],
    ['Q-12 no id', () => ({ return: running }), /an answer without id/],
    ['Q-12 an error without id', () => ({ error: { class: 'X', desc: 'y' } }), /without id/],
    ['an empty object', () => ({}), /an answer without id/],
    ['a second greeting', () => greeting, /an answer without id/],
    ['a line that is no JSON', () => 'garbage\r\n', /not JSON: 'garbage/],
  ])('%s fails the command in flight; the connection goes on', async (_, reply, text) => {
    const { peer, client } = await connected()
    const answer = client.execute('query-status')
    const { id } = await peer.command()
    peer.send(reply())
    await expect(answer).rejects.toThrow(text)
    await expect(answer).rejects.toEqual(failure('protocol'))
    expect(peer.resyncs).toBe(1)
    await expectUsable(peer, client)
    // The true answer may still come.
    peer.send({ return: running, id })
    await expectUsable(peer, client)
    expect(peer.resyncs).toBe(1)
  })

  test.each([
    ['Q-11 an answer twice', (id: string) => ({ return: running, id })],
    ['Q-13 an answer to nothing', () => ({ return: running, id: 'nobody' })],
  ])('%s harms nobody', async (_, extra) => {
    const { peer, client } = await connected()
    const answer = client.execute('query-status')
    const { id } = await peer.command()
    peer.send({ return: running, id })
    await answer
    peer.send(extra(id))
    await new Promise(setImmediate)
    expect(peer.resyncs).toBe(1)
    await expectUsable(peer, client)
  })

  test('a peer that does not answer the reset is still usable, and can be reset again', async () => {
    const { peer, client } = await connected(createFakePeer({ answersResync: false }))
    for (const expected of [1, 2]) {
      const answer = client.execute('query-status')
      await peer.command()
      peer.send('garbage\n')
      await expect(answer).rejects.toEqual(failure('protocol'))
      expect(peer.resyncs).toBe(expected)
      await expectUsable(peer, client)
    }
  })

  test('a peer that sends only garbage is given up', async () => {
    const { peer, client } = await connected()
    peer.send('garbage\n'.repeat(100))
    expect(await client.closed).toEqual(failure('protocol'))
    expect(peer.closed).toBe(true)
    expect(peer.resyncs).toBeLessThan(17)
  })

  test('Q-08 a line of 200 MB fails the command; the connection goes on', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('query-status')
    await peer.command()
    const chunk = new Uint8Array(1_000_000).fill(0x61)
    for (let sent = 0; sent < 200; sent++) peer.send(chunk)
    await expect(answer).rejects.toThrow('more than 10485760 bytes')
    peer.send('\n')
    await expectUsable(peer, client)
  })

  const wrong: readonly unknown[] = [null, 5, 'x', [], [5], {}, [{}], { status: 5 }, true]
  test.each(Object.keys(returnShapes) as QmpCommandName[])(
    'Q-14 an answer of another type to %s is refused by name and path, or fits',
    async (name) => {
      const { peer, client } = await connected()
      for (const value of wrong) {
        const answer = client.execute(name as 'query-status').then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        peer.send({ return: value, id: (await peer.command()).id })
        const error = await answer
        if (error === undefined) continue
        expect(error).toEqual(failure('protocol'))
        expect(error instanceof Error ? error.message : '').toMatch(
          new RegExp(`unexpected answer to '${name}': return.*: expected`),
        )
      }
    },
  )

  test('Q-14 the path leads to the place', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('query-chardev')
    const entry = { label: 'a', filename: 'b', 'frontend-open': true }
    peer.send({ return: [entry, { ...entry, label: 7 }], id: (await peer.command()).id })
    await expect(answer).rejects.toThrow(
      "unexpected answer to 'query-chardev': return[1].label: expected a string",
    )
  })

  test.each([{ error: 5 }, { error: { class: 'X' } }, { neither: 1 }])(
    'Q-14 an answer that is %j is refused',
    async (reply) => {
      const { peer, client } = await connected()
      const answer = client.execute('cont')
      peer.send({ ...reply, id: (await peer.command()).id })
      await expect(answer).rejects.toThrow("unexpected answer to 'cont'")
      await expectUsable(peer, client)
    },
  )

  test('Q-23 Q-24 a dropped answer times out; a late one is discarded by its id', async () => {
    const lines: string[] = []
    const { peer, client } = await connected(undefined, (line) => void lines.push(line))
    const answer = client.execute('query-status', undefined, { timeoutMs: 30 })
    const { id } = await peer.command()
    await expect(answer).rejects.toThrow(
      "Timed out during operation: domain 'x': QEMU did not answer 'query-status' within 0.03 s",
    )
    await expectUsable(peer, client)
    peer.send({ return: { status: 'late', running: false }, id })
    await expectUsable(peer, client)
    expect(peer.resyncs).toBe(0)
    expect(lines).toEqual([expect.stringContaining('discarded a late answer')])
  })

  test('Q-23 an answer within the limit is in time', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('query-status', undefined, { timeoutMs: 300 })
    const { id } = await peer.command()
    await new Promise((resolve) => setTimeout(resolve, 150))
    peer.send({ return: running, id })
    await expect(answer).resolves.toEqual(running)
  })

  test('the signal ends one wait only', async () => {
    const { peer, client } = await connected()
    const abort = new AbortController()
    const answer = client.execute('query-status', undefined, { signal: abort.signal })
    await peer.command()
    abort.abort()
    await expect(answer).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    await expect(client.execute('cont', undefined, { signal: abort.signal })).rejects.toEqual(
      failure('aborted'),
    )
    await expectUsable(peer, client)
  })

  test('Q-25 a peer that hangs up fails what is in flight, at once and by name', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('query-status')
    await peer.command()
    peer.hangUp()
    await expect(answer).rejects.toThrow("domain 'x': QEMU closed its monitor")
    expect(await client.closed).toEqual(failure('closed'))
    await expect(client.execute('cont')).rejects.toEqual(failure('closed'))
  })

  test('a stream that breaks tells its cause', async () => {
    const { peer, client } = await connected()
    peer.hangUp(new Error('read ECONNRESET'))
    const error = await client.closed
    expect(error).toBeInstanceOf(MonitorError)
    expect(error?.message).toContain('read ECONNRESET')
  })

  test('closing fails what is in flight and is no failure itself', async () => {
    const { peer, client } = await connected()
    const answer = client.execute('query-status')
    await peer.command()
    void client.close()
    await expect(answer).rejects.toEqual(failure('closed'))
    expect(await client.closed).toBeUndefined()
    await client.close()
  })
})

describe('events', () => {
  const event = (name: unknown, rest: object = {}): object => ({
    event: name,
    data: {},
    timestamp: { seconds: 1_700_000_000, microseconds: 5000 },
    ...rest,
  })

  test('the first reader gets what came since the connection was made', async () => {
    const peer = createFakePeer()
    peer.send(greeting)
    const connecting = QmpClient.connect({ transport: peer.transport })
    const { id } = await peer.command()
    peer.send(`${JSON.stringify({ return: {}, id })}\r\n${JSON.stringify(event('RESUME'))}\r\n`)
    const client = await connecting
    open.push(client)
    peer.send(event('STOP'))
    const seen: string[] = []
    for await (const { name } of client.events()) {
      seen.push(name)
      if (name === 'STOP') break
    }
    expect(seen).toEqual(['RESUME', 'STOP'])
  })

  test('data and time are read', async () => {
    const { peer, client } = await connected()
    peer.send(event('SHUTDOWN', { data: { guest: true, reason: 'guest-shutdown' } }))
    const { value } = await client.events().next()
    expect(value).toEqual({
      name: 'SHUTDOWN',
      data: { guest: true, reason: 'guest-shutdown' },
      timestampMs: 1_700_000_000_005,
    })
  })

  test('Q-21 odd events are ignored with a line each, and cost nothing', async () => {
    const lines: string[] = []
    const { peer, client } = await connected(undefined, (line) => void lines.push(line))
    const events = client.events()
    const odd = [
      event(5),
      event('NEVER_HEARD'),
      event('toString'),
      event('SHUTDOWN', { data: { guest: 'yes', reason: 'x' } }),
      event('VSERPORT_CHANGE', { data: 7 }),
      event('\u001b[2J'),
    ]
    for (const one of odd) peer.send(one)
    peer.send({ event: 'STOP', timestamp: { seconds: -1, microseconds: -1 } })
    peer.send('{"event":"RESUME","data":{"__proto__":{"polluted":1}}}\n')
    expect((await events.next()).value).toEqual({ name: 'STOP', data: {} })
    expect((await events.next()).value).toEqual({ name: 'RESUME', data: {} })
    expect(lines).toHaveLength(odd.length)
    expect(lines.join()).not.toContain('\u001b')
    await expectUsable(peer, client)
  })

  test('Q-20 a million events cost no memory, and the answer among them is found', async () => {
    const { peer, client } = await connected()
    const events = client.events()
    const block = Buffer.from(`${JSON.stringify(event('STOP'))}\r\n`.repeat(10_000))
    const answer = client.execute('query-status', undefined, { timeoutMs: 60_000 })
    const { id } = await peer.command()
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    for (let sent = 0; sent < 50; sent++) peer.send(block)
    peer.send({ return: running, id })
    for (let sent = 0; sent < 50; sent++) peer.send(block)
    await expect(answer).resolves.toEqual(running)
    peer.send(event('RESUME'))
    const seen: Record<string, number> = {}
    for await (const one of events) {
      seen[one.name] = (seen[one.name] ?? 0) + (one.name === 'EVENTS_LOST' ? one.data.count : 1)
      if (one.name === 'RESUME') break
    }
    expect((seen['STOP'] ?? 0) + (seen['EVENTS_LOST'] ?? 0)).toBe(1_000_000)
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(150)
  }, 60_000)

  test('every reader gets every event; a reader ends by signal, by break or with the connection', async () => {
    const { peer, client } = await connected()
    const abort = new AbortController()
    const collect = async (events: AsyncIterable<{ readonly name: string }>): Promise<string[]> => {
      const names: string[] = []
      for await (const { name } of events) names.push(name)
      return names
    }
    const never = client.events({ signal: abort.signal })
    const first = collect(client.events({ signal: abort.signal }))
    const second = collect(client.events())
    peer.send(event('STOP'))
    await expectUsable(peer, client)
    abort.abort()
    expect(await first).toEqual(['STOP'])
    expect(await collect(never)).toEqual([])
    expect(await collect(client.events({ signal: abort.signal }))).toEqual([])
    peer.send(event('RESUME'))
    await expectUsable(peer, client)
    await client.close()
    expect(await second).toEqual(['STOP', 'RESUME'])
    expect(await collect(client.events())).toEqual([])
  })
})
