import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { definition, pairOf, uuid } from '../support/definitions.ts'
import { tempDir } from '../support/temp-dir.ts'

const script = new URL('../support/store-child.ts', import.meta.url).pathname

type Child = ChildProcessByStdio<null, Readable, null> & { lines: AsyncIterator<string> }

function start(args: readonly string[], startAt = 0): Child {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, START: String(startAt) },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return Object.assign(child, { lines })
}

async function said(child: Child): Promise<{ ok: boolean; message?: string }> {
  const line = await child.lines.next()
  if (line.done === true) throw new Error('the child said nothing')
  return JSON.parse(line.value) as { ok: boolean; message?: string }
}

describe('several processes', () => {
  test('R-01 of eight that define one name, exactly one wins; also on a database none has made yet', async () => {
    for (const made of [false, true]) {
      const path = join(tempDir(), 'db')
      if (made) (await openStore({ path })).close()
      const startAt = Date.now() + 700
      const children = Array.from({ length: 8 }, (_, n) =>
        start(['define', path, uuid(n)], startAt),
      )
      const answers = await Promise.all(children.map(said))
      const losers = answers.filter(({ ok }) => !ok)
      expect(losers).toHaveLength(7)
      using store = await openStore({ path })
      const [winner] = store.list()
      for (const { message } of losers) {
        expect(message).toContain(
          `domain 'contested' already exists with uuid ${winner?.domain.uuid}`,
        )
      }
    }
  }, 30_000)

  test('a reader, even a new one, waits for no writer and sees what was before', async () => {
    const path = join(tempDir(), 'db')
    using before = await openStore({ path })
    before.define(definition('a', uuid(1)))
    const writer = start(['hold', path, '1500'])
    await said(writer)
    const begin = performance.now()
    using store = await openStore({ path })
    expect(store.list()).toMatchObject([{ domain: { name: 'a' } }])
    expect(before.lookup('a')?.domain.title).toBeUndefined()
    expect(performance.now() - begin).toBeLessThan(300)
    // A second writer takes its turn.
    store.define(definition('b', uuid(2)))
    expect(performance.now() - begin).toBeGreaterThan(500)
    expect(store.lookup('a')?.domain.title).toBe('not yet')
  }, 20_000)

  test('a job of a live process is busy; of a killed one it is repaired', async () => {
    const path = join(tempDir(), 'db')
    using store = await openStore({ path })
    store.define(definition('a', uuid(1)))
    const child = start(['job', path, uuid(1)])
    await said(child)
    expect(() => store.beginJob(uuid(1), 'destroy')).toThrow(
      `domain 'a' is held by pid ${child.pid}, which does 'start' (phase 'spawn')`,
    )
    const closed = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await closed
    expect(store.beginJob(uuid(1), 'destroy').interrupted).toMatchObject({
      kind: 'start',
      phase: 'spawn',
      owner: { pid: child.pid },
      detail: { stateDir: '/run/x' },
    })
  })

  test('K-02 a writer killed at any moment leaves the store before or after, and loses nothing acknowledged', async () => {
    const path = join(tempDir(), 'db')
    {
      using store = await openStore({ path })
      for (const id of pairOf('9')) store.define(definition(id, id, '{"count":0}'))
    }
    for (let round = 0; round < 12; round++) {
      const child = start(['pairs', path, '9'])
      let acknowledged = await said(child)
      const closed = new Promise((resolve) => child.once('close', resolve))
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 60)
      for (
        let line = await child.lines.next();
        line.done !== true;
        line = await child.lines.next()
      ) {
        acknowledged = JSON.parse(line.value) as typeof acknowledged
      }
      await closed
      using store = await openStore({ path })
      const counts = pairOf('9').map((id) => {
        const xml = store.get(id)?.domain.xml ?? '{}'
        return (JSON.parse(xml) as { count?: number }).count
      })
      expect(counts[0]).toBe(counts[1])
      expect(Number(counts[0]) - Number(acknowledged)).toBeOneOf([0, 1])
      const { active, lastState } = store.get(pairOf('9')[0] ?? '') ?? {}
      expect(active?.state ?? lastState?.reason ?? 'new').toBeOneOf([
        'running',
        'destroyed',
        'crashed',
        'new',
      ])
      if (active) store.deactivate(active, 'shut off', 'crashed')
    }
    const raw = new DatabaseSync(path)
    expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    raw.close()
  }, 60_000)
})
