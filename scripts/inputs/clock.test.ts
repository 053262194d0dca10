import { readFileSync, utimesSync, writeFileSync, chmodSync, mkdirSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { clockJumps } from './cases/clock.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import type { OddGuest } from './support/odd-guest.ts'
import { failure } from './support/failure.ts'
import { expectRefused } from './support/refusal.ts'
import { openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { until } from './support/until.ts'

let bed: Readers
let odd: OddGuest
beforeAll(async () => {
  bed = await openReaders()
  odd = await defineOddGuest(bed, 'odd')
  await bed.hypervisor.domainCreate('odd')
}, 60_000)
afterEach(() => {
  vi.useRealTimers()
  odd.behave({})
})
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(clockJumps, id))
const hourMs = 3_600_000
const moments: Readonly<Record<string, () => number>> = {
  'an hour back': () => Date.now() - hourMs,
  'an hour ahead': () => Date.now() + hourMs,
  'to 1970': () => 0,
  'to 2038': () => Date.UTC(2038, 0, 19, 3, 14, 8),
  'to 2106': () => Date.UTC(2106, 1, 7, 6, 28, 16),
}

/** From now on the wall's clock says so; it goes on from there. Timers run as they do. */
function jumpTo(moment: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: moment })
}

describe('C: clocks', () => {
  for (const [where, moment] of Object.entries(moments)) {
    test(
      `${title('C-01')}: ${where}`,
      held(async () => {
        const { hypervisor } = bed
        odd.behave({ answers: { stop: { return: {}, delayMs: 400 } } })
        const begin = performance.now()
        const suspending = hypervisor.domainSuspend('odd')
        jumpTo(moment())
        await suspending
        expect(performance.now() - begin).toBeLessThan(9000)
        odd.behave({})
        await hypervisor.domainResume('odd')
        expect(await hypervisor.domainGetState('odd')).toMatchObject({ state: 'running' })
        // Our own job of before the jump is nobody else's to take.
        expect(await hypervisor.domainGetJobInfo('odd')).toBeUndefined()
      }),
    )
  }

  test(
    title('C-02'),
    held(async () => {
      const controller = new AbortController()
      const seen: string[] = []
      const watching = (async () => {
        for await (const { event, domain } of bed.hypervisor.domainEvents({
          signal: controller.signal,
        }))
          seen.push(`${domain.name} ${event}`)
      })()
      const { hypervisor } = bed
      // Who watches has seen something of a domain, so what follows is seen.
      let number = 0
      await until(
        async () => {
          await hypervisor.domainDefineXml(guestXml({ name: `<name>early${number++}</name>` }))
          return seen
        },
        ({ length }) => length > 0,
      )
      expect(seen[0]).toMatch(/^early\d+ defined$/)
      await hypervisor.domainDefineXml(guestXml({ name: '<name>watched</name>' }))
      await vi.waitFor(() => expect(seen).toContain('watched defined'), 10_000)
      jumpTo(0)
      await hypervisor.domainUndefine('watched')
      await vi.waitFor(() => expect(seen).toContain('watched undefined'), 10_000)
      controller.abort()
      await watching
      expect(seen.filter((event) => event.startsWith('watched'))).toEqual([
        'watched defined',
        'watched undefined',
      ])
    }),
  )

  test(
    title('C-03'),
    held(async () => {
      const dir = bed.file('future')
      mkdirSync(dir, { mode: 0o700 })
      const emulator = `${dir}/qemu-system-x86_64`
      const trace = `${dir}/asked`
      writeFileSync(
        emulator,
        `#!/bin/sh\necho asked >> ${trace}\nexec /usr/bin/qemu-system-x86_64 "$@"\n`,
      )
      chmodSync(emulator, 0o755)
      const xml = guestXml({ devices: `<emulator>${emulator}</emulator>` })
      const asked = (): number => readFileSync(trace, 'utf8').split('\n').length - 1
      utimesSync(emulator, new Date('2100-01-01'), new Date('2100-01-01'))
      await bed.hypervisor.connectExplainXml(xml)
      const first = asked()
      await bed.hypervisor.connectExplainXml(xml)
      await bed.cli(['define', '--validate', bed.around.whole])
      expect(asked()).toBe(first)
      // What it is kept by is the file, not the time: another file is asked anew.
      writeFileSync(emulator, readFileSync(emulator, 'utf8').replace('asked >>', 'again >>'))
      utimesSync(emulator, new Date('2000-01-01'), new Date('2000-01-01'))
      await using fresh = await bed.open()
      await fresh.connectExplainXml(xml)
      expect(readFileSync(trace, 'utf8')).toContain('again')
    }),
  )

  test(
    title('C-04'),
    held(async () => {
      odd.behave({ answers: { stop: { return: {}, delayMs: 600 } } })
      const suspending = bed.hypervisor.domainSuspend('odd')
      await vi.waitFor(async () => {
        expect(await bed.hypervisor.domainGetJobInfo('odd')).toBeDefined()
      }, 5000)
      jumpTo(Date.now() + 24 * hourMs)
      await using other = await bed.open()
      expect(await failure(other.domainResume('odd'))).toMatchObject({ code: 'ERR_RESOURCE_BUSY' })
      await suspending
      odd.behave({})
      await other.domainResume('odd')
    }),
  )

  test(
    title('C-05'),
    held(async () => {
      for (const seconds of ['-1', '1e300', '99999999999999999999', '"x"', 'null', '{}']) {
        const event = `{"event":"STOP","data":{},"timestamp":{"seconds":${seconds},"microseconds":-7}}\r\n`
        odd.behave({ answers: { stop: { raw: `${event}{"return":{},"id":@ID@}\r\n` } } })
        await bed.hypervisor.domainSuspend('odd')
      }
    }),
  )

  const clocks: Readonly<Record<string, readonly [clock: string, says: string | undefined]>> = {
    'a zone that is a path': [
      `<clock offset='timezone' timezone='../../etc/passwd'/>`,
      'time zone',
    ],
    'a zone with an option in it': [`<clock offset='timezone' timezone='UTC,x=y'/>`, 'time zone'],
    'no zone': [`<clock offset='timezone'/>`, 'time zone'],
    'an offset of a leap second': [
      `<clock offset='variable' adjustment='1' basis='utc'/>`,
      undefined,
    ],
    'an offset of 68 years': [
      `<clock offset='variable' adjustment='2147483648' basis='utc'/>`,
      undefined,
    ],
    'an offset beyond all time': [
      `<clock offset='variable' adjustment='99999999999999999999' basis='utc'/>`,
      `'99999999999999999999'`,
    ],
    'a start before 1970': [`<clock offset='absolute' start='-1'/>`, `'-1'`],
  }
  for (const [what, [clock, says]] of Object.entries(clocks)) {
    test(
      `${title('C-06')}: ${what}`,
      held(async () => {
        const answer = await bed.read('domxml-to-native', guestXml({ more: clock }))
        if (says === undefined) expect(answer).toMatchObject({ code: 0, stderr: '' })
        else expectRefused(answer, { at: '7:1', says })
      }),
    )
  }
})
