import { execFile, spawn } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { floods } from './cases/floods.ts'
import { disk } from './cases/devices.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import type { OddGuest, OddScript } from './support/odd-guest.ts'
import { failure } from './support/failure.ts'
import { expectHarmless, uncoloured, unsafe } from './support/refusal.ts'
import { cliCommand, openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'

let bed: Testbed
let odd: OddGuest
beforeAll(async () => {
  bed = await openTestbed()
  odd = await defineOddGuest(bed, 'odd')
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(floods, id))
const mebibyte = 1024 * 1024

/** What is kept of all that a guest ever wrote: four files of 2 MiB, as virtlogd keeps it. */
const keptBytes = 8 * mebibyte

function logBytes(): number {
  const dir = `${bed.dir}/log`
  return readdirSync(dir).reduce((sum, name) => sum + statSync(`${dir}/${name}`).size, 0)
}

/** A start that fails with this on its standard error. */
async function failedStart(stderr: OddScript['stderr']): Promise<string> {
  odd.behave({ ...(stderr && { stderr }), exit: 3 })
  const error = await failure(bed.hypervisor.domainCreate('odd'))
  expect(error).toMatchObject({ name: 'DomainError' })
  const { message } = error as Error
  expectHarmless(message)
  expect(message).toContain('process exited with status 3')
  expect(bed.processes()).toEqual([])
  return message
}

describe('O: a log', () => {
  for (const [id, text, times] of [
    ['O-01', `${'x'.repeat(1023)}\n`, 60 * 1024],
    ['O-02', `${'y'.repeat(99)}\n`, 200_000],
    ['O-08', 'z\n', 1_000_000],
  ] as const) {
    test(
      title(id),
      held(async () => {
        const lines = text.repeat(1000)
        const message = await failedStart({ text: lines, times: Math.ceil(times / 1000) })
        expect(message).toContain(text.slice(0, 1))
        expect((await bed.cli(['list', '--all'])).code).toBe(0)
        expect(logBytes()).toBeLessThanOrEqual(keptBytes)
      }),
    )
  }

  test(
    title('O-05'),
    held(async () => {
      const message = await failedStart({ text: '\u001b]0;x\u0007\u001b[2Jwords\u009b\u202e\n' })
      expect(message).toContain('\\x1b]0;x\\x07\\x1b[2Jwords')
      const shown = await bed.cli(['start', 'odd'], { terminal: true })
      expect(uncoloured(shown.stderr)).not.toMatch(unsafe)
    }),
  )

  test(
    title('O-06'),
    held(async () => {
      const bytes = Buffer.concat([
        Buffer.from('a\0b'),
        Buffer.of(0xff, 0xc3, 0x28),
        Buffer.from('c\n'),
      ])
      const message = await failedStart({ base64: bytes.toString('base64') })
      expect(message).toContain('a\\x00b')
    }),
  )

  test(
    title('O-07'),
    held(async () => {
      const message = await failedStart({ text: 'w'.repeat(mebibyte), times: 100 })
      expect(message).toContain('www')
    }),
  )
})

describe('O: a console', () => {
  /** A guest of one boot sector, which writes ESC, `[` and `x` to its first serial port for ever. */
  function chattering(): string {
    const sector = Buffer.alloc(mebibyte)
    // mov dx,3f8; mov al,1b; out dx,al; mov al,'['; out; mov al,'x'; out; jmp
    Buffer.from('baf803b01beeb05beeb078eeebf5', 'hex').copy(sector)
    sector.writeUInt16LE(0xaa55, 510)
    const path = bed.file('chatter.img')
    writeFileSync(path, sector, { mode: 0o600 })
    return guestXml({
      name: '<name>chatter</name>',
      devices: `${disk(path)}<serial type='pty'/>`,
    })
  }

  beforeAll(async () => {
    await bed.hypervisor.domainDefineXml(chattering())
    await bed.hypervisor.domainCreate('chatter')
  })

  test(
    title('O-03'),
    held(async () => {
      const cpu = async (): Promise<number> =>
        (await bed.hypervisor.domainGetInfo('chatter')).cpuTimeNs
      await sleep(500)
      const [first] = [await cpu()]
      await sleep(500)
      // It is not blocked, and it fills no disk.
      expect(await cpu()).toBeGreaterThan(first)
      expect(statSync(`${bed.dir}/log/chatter.log`).size).toBeLessThan(mebibyte)
      expect(await bed.hypervisor.domainGetState('chatter')).toMatchObject({ state: 'running' })
    }),
  )

  test(
    title('O-04'),
    held(async () => {
      const before = process.memoryUsage().rss
      await using stream = await bed.hypervisor.domainOpenConsole('chatter')
      let seen = ''
      for await (const bytes of stream) {
        seen += Buffer.from(bytes).toString('latin1')
        await sleep(100)
        if (seen.length > 3000) break
      }
      // A console gives what the guest wrote as it is.
      expect(seen).toContain('\u001b[x')
      expect(process.memoryUsage().rss - before).toBeLessThan(50 * mebibyte)
      await bed.hypervisor.domainSuspend('chatter')
      await bed.hypervisor.domainDestroy('chatter')
    }),
  )
})

describe('O-09', () => {
  test(
    title('O-09'),
    held(async () => {
      const [program, ...words] = cliCommand(['-c', bed.uri, 'help'])
      const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
      let stderr = ''
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
      child.stdout.once('data', () => child.stdout.destroy())
      const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve) =>
        child.once('exit', (...end) => resolve(end)),
      )
      expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
    }),
  )

  test('O-09 an answer that could not be written is a command that failed', async () => {
    const [program, ...words] = cliCommand(['-c', bed.uri, 'list', '--all'])
    const ended = await new Promise<{ readonly code: number; readonly stderr: string }>((resolve) =>
      execFile('sh', ['-c', '"$@" > /dev/full', 'sh', program, ...words], (error, _, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      ),
    )
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('ENOSPC') })
  })
})
