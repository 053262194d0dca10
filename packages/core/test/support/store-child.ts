// A second process on one store: `store-child.ts MODE PATH [ARG…]`. It waits for the moment given
// as START (ms) so that several begin at once, and prints what came of it as one JSON line.
import { openDatabase } from '../../src/store/database.ts'
import { openStore } from '../../src/store/index.ts'
import { definition, pairOf } from './definitions.ts'

const [mode, path = '', arg = ''] = process.argv.slice(2)
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
const begin = Number(process.env['START'] ?? 0)
while (Date.now() < begin) await new Promise((resolve) => setTimeout(resolve, 1))

try {
  if (mode === 'define') {
    using store = await openStore({ path })
    store.define(definition('contested', arg))
    say({ ok: true })
  } else if (mode === 'job') {
    const store = await openStore({ path })
    const job = store.beginJob(arg, 'start', { detail: { stateDir: '/run/x' } })
    store.setPhase(job, 'spawn')
    say({ ok: true })
    setInterval(() => undefined, 1000)
  } else if (mode === 'hold') {
    const database = await openDatabase(path)
    database.write(() => {
      database.run('UPDATE domains SET title = ?', 'not yet')
      say({ ok: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(arg))
    })
  } else if (mode === 'pairs') {
    // Two domains are only ever changed together; a count goes up with each acknowledged change.
    const store = await openStore({ path })
    const database = await openDatabase(path)
    for (let count = 1; ; count++) {
      database.write(() => {
        for (const uuid of pairOf(arg)) {
          const xml = JSON.stringify({ count, filler: 'x'.repeat(20_000) })
          database.run('UPDATE domains SET xml = ? WHERE uuid = ?', xml, uuid)
        }
      })
      say(count)
      const id = store.allocateId()
      const [uuid = ''] = pairOf(arg)
      store.activate({
        uuid,
        id,
        process: { pid: 2, startTime: 1, bootId: '' },
        xml: '',
        argv: [],
        stateDir: '',
        log: '',
        emulator: '',
        monitor: '',
        state: 'running',
        reason: 'booted',
      })
      store.deactivate({ uuid, id }, 'shut off', 'destroyed')
    }
  }
} catch (error) {
  say({ ok: false, message: error instanceof Error ? error.message : String(error) })
}
