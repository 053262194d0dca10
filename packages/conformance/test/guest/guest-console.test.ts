import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { guestCommand } from '../../src/guest/guest-command.ts'
import type { ConsoleProgress } from '../../src/guest/patience.ts'
import { scriptedGuest } from './scripted-guest.ts'

const word =
  (text: string) =>
  (line: string): string | undefined =>
    line.includes(text) ? line : undefined

describe('a guest console', () => {
  it('finds lines however they are cut, without escapes and carriage returns', async () => {
    const guest = scriptedGuest()
    const found = guest.console.next('hello', word('hello'))
    for (const part of ['\u001b[0m\u001b[?25hgrü', 'ß\r\nhe', 'llo wo', 'rld\r', '\nnext']) {
      guest.says(part)
      await setTimeout(1)
    }
    expect(await found).toBe('hello world')
    expect(guest.console.transcript).toBe('grüß\nhello world\nnext')
  })

  it('shows each line to one wait only', async () => {
    const guest = scriptedGuest()
    guest.says('a 1\nb 1\na 2\n')
    expect(await guest.console.next('a', word('a'))).toBe('a 1')
    expect(await guest.console.next('a', word('a'))).toBe('a 2')
    guest.closes()
    await expect(guest.console.next('b', word('b'))).rejects.toThrow(
      'waiting for b, but its console was closed. Its last lines:\na 1\nb 1\na 2',
    )
  })

  it('tells at once of a panic, unless that is what is wanted', async () => {
    const guest = scriptedGuest()
    guest.says('[ 1.0] Kernel panic - not syncing: no init\n')
    await expect(guest.console.next('x', word('x'))).rejects.toThrow('its kernel panicked')
    const other = scriptedGuest()
    other.says('[ 1.0] Kernel panic - not syncing: no init\nx\n')
    expect(await other.console.next('x', word('x'), { panicIsFine: true })).toBe('x')
  })

  it('shows progress and gives up on silence', async () => {
    const guest = scriptedGuest()
    const shown: ConsoleProgress[] = []
    guest.says('SLOF \u001b[1m**')
    const wait = guest.console.next('x', word('x'), {
      quietMs: 100,
      onProgress: (progress) => shown.push(progress),
    })
    await expect(wait).rejects.toThrow(/it wrote nothing for 0 s.*SLOF/s)
    expect(shown.at(-1)).toMatchObject({ bytes: 11, lastLine: 'SLOF **' })
  })

  it('can be aborted', async () => {
    const guest = scriptedGuest()
    const wait = guest.console.next('x', word('x'), { signal: AbortSignal.timeout(10) })
    await expect(wait).rejects.toThrow('aborted')
  })
})

describe('a guest command', () => {
  it('gives the output and the status', async () => {
    const guest = scriptedGuest()
    guest.onHear = (text) => {
      expect(text).toBe('run ls\n')
      // The guest's terminal echoes what it is sent.
      guest.says(
        'run ls\r\n=== polyvirt reply 7 begin ===\r\na\r\nb=== polyvirt reply 7 end 2 ===\r\n',
      )
    }
    expect(await guestCommand(guest.console, 'run ls')).toEqual({ output: 'a\nb', status: 2 })
  })

  it('is one line', async () => {
    await expect(guestCommand(scriptedGuest().console, 'echo a\npoweroff')).rejects.toThrow(
      'one line',
    )
  })
})
