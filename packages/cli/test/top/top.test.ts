import { describe, expect, it } from 'vitest'
import { createStyles } from '../../src/output/style.ts'
import { formatTop, size } from '../../src/top/format-top.ts'
import { ratesBetween, sorted } from '../../src/top/rates.ts'
import type { GuestSample, Sample } from '../../src/top/sample.ts'
import { displayWidth } from '../../src/output/display-width.ts'
import { realPolyvirt } from '../verbs/real-polyvirt.ts'

const guest = (name: string, more: Partial<GuestSample> = {}): GuestSample => ({
  ...{ name, uuid: name, id: 1, state: 'running', vcpus: 1, cpuTimeNs: 0 },
  ...{ memoryKiB: 1024, maxMemoryKiB: 2048, readBytes: 0, writeBytes: 0 },
  ...more,
})

const sample = (atMs: number, guests: readonly GuestSample[], busyNs = 0): Sample => ({
  atMs,
  guests,
  cpu: { userNs: busyNs, systemNs: 0, idleNs: atMs * 1e6 - busyNs, iowaitNs: 0 },
  memory: { totalKiB: 8192, freeKiB: 1024, buffersKiB: 512, cachedKiB: 512 },
})

const styles = createStyles(false)

describe('rates', () => {
  it('are what grew between two looks, in a second', () => {
    const before = sample(1000, [guest('a', { readBytes: 100, rxBytes: 0, txBytes: 0 })])
    const now = sample(
      3000,
      [guest('a', { cpuTimeNs: 3e9, readBytes: 2148, rxBytes: 10, txBytes: 4 })],
      1e9,
    )
    const { guests, host } = ratesBetween(before, now)
    expect(guests[0]).toMatchObject({
      cpuPercent: 150,
      readBytesPerSecond: 1024,
      writeBytesPerSecond: 0,
      rxBytesPerSecond: 5,
      txBytesPerSecond: 2,
    })
    expect(host).toEqual({ cpuPercent: 50, memoryKiB: 8192, usedMemoryKiB: 6144 })
  })

  it('are none of a guest that is seen first, or was started anew, and never below nothing', () => {
    const before = sample(0, [guest('a', { id: 1 }), guest('b', { id: 2, cpuTimeNs: 5e9 })])
    const now = sample(1000, [guest('a', { id: 3 }), guest('b', { id: 2 }), guest('c')])
    const { guests } = ratesBetween(before, now)
    expect(guests.map(({ cpuPercent }) => cpuPercent)).toEqual([undefined, 0, undefined])
    expect(guests[1]?.rxBytesPerSecond).toBeUndefined()
  })

  it('sort the busiest first, and what is alike by name', () => {
    const guests = [
      { ...guest('b'), cpuPercent: 1, readBytesPerSecond: 9 },
      { ...guest('a', { id: 7 }), cpuPercent: 1, rxBytesPerSecond: 1 },
      { ...guest('c', { memoryKiB: 9 }), cpuPercent: 2 },
    ]
    const names = (key: Parameters<typeof sorted>[1]): string =>
      sorted(guests, key)
        .map(({ name }) => name)
        .join('')
    expect(names('cpu')).toBe('cab')
    expect(names('memory')).toBe('abc')
    expect(names('disk')).toBe('bac')
    expect(names('net')).toBe('abc')
    expect(names('name')).toBe('abc')
    expect(names('id')).toBe('bca')
  })
})

describe('the view', () => {
  const rates = {
    guests: [
      guest('web'),
      guest('a name that is \u001b[2J longer than any column is', { id: 12_345 }),
    ],
    host: { cpuPercent: 12.34, memoryKiB: 8192, usedMemoryKiB: 1024 },
  }

  it.each([20, 40, 80, 132, 200])('is never wider than a screen of %i columns', (columns) => {
    const lines = formatTop(rates, { columns, styles }).split('\n')
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
    expect(lines[1]).toContain('CPU %')
    expect(lines.join('\n')).not.toContain('\u001b')
  })

  it('counts the guests that it has no room for', () => {
    const many = { ...rates, guests: Array.from({ length: 30 }, (_, at) => guest(`g${at}`)) }
    const text = formatTop(many, { columns: 80, rows: 10, styles })
    expect(text.split('\n')).toHaveLength(11)
    expect(text).toContain('… and 23 more')
  })

  it('has sizes of at most six characters', () => {
    expect([0, 999, 1024, 100 * 1024, 1023 * 1024, 5 * 1024 ** 3].map(size)).toEqual([
      ...['0B', '999B', '1.0K', '100K', '1.0M', '5.0G'],
    ])
  })
})

describe('top', { timeout: 60_000 }, () => {
  const real = realPolyvirt()

  it('shows what runs as tables that follow each other, or as documents', async () => {
    const path = real.file(
      't.xml',
      `<domain type='qemu'><name>t</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os></domain>`,
    )
    await real.answers(`create ${path} --paused`)
    const tables = await real.run('top', '--count', '2', '--interval', '1')
    expect([tables.code, tables.stderr]).toEqual([0, ''])
    expect(tables.stdout.match(/^Name .*CPU %/gm)).toHaveLength(2)
    expect(tables.stdout).toMatch(/^1 guest, 0 running {3}host CPU [\d.]+ % {3}host memory /)
    expect(tables.stdout).toMatch(/^t +\d+ +paused +\d+\.\d /m)
    const { stdout } = await real.run('--json', 'top', '--once')
    expect(JSON.parse(stdout)).toMatchObject({ guests: [{ name: 't', state: 'paused' }] })
    expect((await real.run('top', '--sort', 'luck')).stderr).toContain("cannot sort by 'luck'")
  })

  it('gives the terminal back as it was, at q and at Ctrl-C', async () => {
    for (const key of ['q', '\u0003']) {
      const text = await onTerminal(real.folder, key)
      expect(text.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true)
      expect(text).toContain('CPU %')
      expect(text.trim().replaceAll('\r', '')).toMatch(/code 0$/)
      expect(text).toContain('\u001b[?25h\u001b[?1049l')
    }
  })
})

/** `top` under util-linux's `script`; the key is typed when the first look is there. */
async function onTerminal(folder: string, key: string): Promise<string> {
  const { spawn } = await import('node:child_process')
  const main = `${import.meta.dirname}/../../src/main.ts`
  const command = `'${process.execPath}' --conditions=@polyvirt/source '${main}' -q -c 'qemu:///embed?root=${folder}/root' top; echo code $?`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: folder, TERM: 'xterm', NO_COLOR: '1' },
  })
  let text = ''
  let typed = false
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (typed || !text.includes('CPU %')) return
    typed = true
    child.stdin.write(key)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('close', () => resolve())
  await promise
  return text
}
