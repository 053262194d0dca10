import { connect } from 'node:net'
import { QmpClient } from '@polyvirt/core/qmp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { oddPeers, otherPeers, wrongTypes } from './cases/qmp.ts'
import type { OddPeer } from './cases/qmp.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import type { OddGuest, OddScript } from './support/odd-guest.ts'
import { failure } from './support/failure.ts'
import { expectHarmless } from './support/refusal.ts'
import { identify } from './support/rooms.ts'
import { openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'
import { until } from './support/until.ts'

let bed: Testbed
let odd: OddGuest
beforeAll(async () => {
  bed = await openTestbed()
  odd = await defineOddGuest(bed, 'odd')
}, 60_000)
afterAll(() => bed.dispose(), 60_000)
beforeEach(() => odd.behave({}))

const title = (id: string): string => titleOf(byId(otherPeers, id))
async function running(): Promise<void> {
  const { state } = await bed.hypervisor.domainGetState('odd')
  if (state === 'shut off') await bed.hypervisor.domainCreate('odd')
}

/** The guest is manageable, as if nothing had been. */
async function expectManageable(): Promise<void> {
  odd.behave({})
  await bed.hypervisor.domainResume('odd').catch(() => undefined)
  await bed.hypervisor.domainSuspend('odd')
  expect(identify(odd.pid())).toBeDefined()
}

function expectTold(error: unknown, { refused }: OddPeer): void {
  expect(error, 'it was accepted').toMatchObject({ name: 'DomainError', code: refused?.code })
  const { message } = error as Error
  expect(message).toContain(refused?.says)
  expectHarmless(message)
}

describe('Q: a monitor, met by a guest that runs', () => {
  beforeAll(async () => {
    odd.behave({})
    await running()
  })
  afterAll(() => bed.hypervisor.domainDestroy('odd'))
  const rows = oddPeers.filter(({ at }) => at === 'suspend')

  test.for(titled(rows))(
    '%s',
    heldRow(async (row) => {
      const before = process.memoryUsage().rss
      odd.behave(row.script)
      const error = await failure(bed.hypervisor.domainSuspend('odd'))
      if (row.refused === undefined) expect(error).toBeUndefined()
      else expectTold(error, row)
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      await expectManageable()
    }),
  )

  test(
    title('Q-14'),
    held(async () => {
      const { hypervisor } = bed
      const verbs = {
        suspend: () => hypervisor.domainSuspend('odd'),
        resume: () => hypervisor.domainResume('odd'),
        reset: () => hypervisor.domainReset('odd'),
        shutdown: () => hypervisor.domainShutdown('odd'),
        state: () => hypervisor.domainGetState('odd'),
        stats: () => hypervisor.connectGetAllDomainStats(),
        vcpus: () => hypervisor.domainGetVcpus('odd'),
        memory: () => hypervisor.domainGetMemoryStats('odd'),
        screenshot: () => hypervisor.domainScreenshot('odd'),
        nmi: () => hypervisor.domainInjectNmi('odd'),
        keys: () => hypervisor.domainSendKey('odd', ['KEY_A']),
        disk: () => hypervisor.domainGetBlockStats('odd'),
        list: () => hypervisor.connectListAllDomains(),
        monitor: () => hypervisor.domainQemuMonitorCommand('odd', 'info status', { hmp: true }),
      }
      for (const value of wrongTypes) {
        odd.behave({ answers: { '*': { return: value }, 'query-status': { return: value } } })
        for (const [verb, work] of Object.entries(verbs)) {
          const error = await failure(work())
          const told = `${verb} answered ${JSON.stringify(value)}: ${String(error)}`
          if (error !== undefined) expect(error, told).toMatchObject({ name: 'DomainError' })
          expectHarmless(error instanceof Error ? error.message : '')
        }
        const identity = { answers: { 'query-uuid': { return: value } } }
        odd.behave(identity)
        expect(await failure(hypervisor.domainSuspend('odd'))).toMatchObject({
          code: 'ERR_INTERNAL_ERROR',
          message: expect.stringContaining(`unexpected answer to 'query-uuid': return`),
        })
      }
      await expectManageable()
    }),
  )

  test(
    `${title('Q-23')}: the answer is awaited, and a late one is thrown away`,
    held(async () => {
      odd.behave({ answers: { stop: { return: {}, delayMs: 300 } } })
      await bed.hypervisor.domainSuspend('odd')
      await using client = await QmpClient.connect({ transport: transportTo(odd.monitor()) })
      await expect(client.execute('stop', undefined, { timeoutMs: 50 })).rejects.toMatchObject({
        code: 'ERR_OPERATION_TIMEOUT',
      })
      odd.behave({})
      await until(
        () => client.execute('query-status'),
        ({ status }) => status === 'running',
      )
      await expectManageable()
    }),
  )

  test(
    title('Q-04'),
    held(async () => {
      const latin = Buffer.from('{"return":{},"caf\u00e9":1}\n', 'latin1').toString('base64')
      odd.behave({ answers: { stop: { base64: latin } } })
      expect(await failure(bed.hypervisor.domainSuspend('odd'))).toMatchObject({
        message: expect.stringContaining('bytes that are not UTF-8'),
      })
      await expectManageable()
    }),
  )

  test(
    `${title('Q-24')}: what is known answers, and the next command works`,
    held(async () => {
      odd.behave({ answers: { 'query-status': { silent: true } } })
      const begin = performance.now()
      expect(await bed.hypervisor.domainGetState('odd')).toMatchObject({ state: 'paused' })
      expect(await bed.hypervisor.connectListAllDomains()).toHaveLength(1)
      expect(performance.now() - begin).toBeLessThan(6000)
      await expectManageable()
    }),
  )
})

describe('Q: a monitor, met by a guest that starts', () => {
  const rows = oddPeers.filter(({ at }) => at === 'start')

  test.for(titled(rows))(
    '%s',
    heldRow(async (row) => {
      odd.behave(row.script)
      const error = await failure(bed.hypervisor.domainCreate('odd'))
      if (row.refused === undefined) {
        expect(error).toBeUndefined()
        odd.behave({})
        await bed.hypervisor.domainDestroy('odd')
      } else {
        expectTold(error, row)
        const state = await bed.hypervisor.domainGetState('odd')
        expect(state).toEqual({ state: 'shut off', reason: 'failed' })
      }
      expect(bed.processes()).toEqual([])
    }),
  )

  const silent: Readonly<Record<string, OddScript>> = {
    'Q-01': { greet: null },
    'Q-02': { answers: { qmp_capabilities: { silent: true } } },
  }
  for (const [id, script] of Object.entries(silent))
    test(
      `${title(id)}: given up when the caller says so, and ended`,
      held(async () => {
        odd.behave(script)
        const controller = new AbortController()
        const onPhase = (phase: string): void => {
          if (phase === 'monitor') setTimeout(() => controller.abort(), 200)
        }
        const error = await failure(
          bed.hypervisor.domainCreate('odd', { signal: controller.signal, onPhase }),
        )
        expect(error).toBeInstanceOf(Error)
        expectHarmless((error as Error).message)
        expect(bed.processes()).toEqual([])
        expect(await bed.hypervisor.domainGetState('odd')).toMatchObject({ state: 'shut off' })
      }),
    )
})

function transportTo(path: string): Parameters<typeof QmpClient.connect>[0]['transport'] {
  const socket = connect(path)
  return {
    readable: socket,
    write: (bytes) => new Promise((resolve) => void socket.write(bytes, () => resolve())),
    close: () => void socket.destroy(),
  }
}
