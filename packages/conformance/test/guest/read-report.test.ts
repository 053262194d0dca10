import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cpioFile, writeCpio } from '../../src/guest/cpio.ts'
import { readReport } from '../../src/guest/read-report.ts'
import { scriptedGuest } from './scripted-guest.ts'

const archive = writeCpio([
  cpioFile('machine', 'toy\n'),
  cpioFile('files/proc/meminfo', 'MemTotal:      1000 kB\n'),
])
const lines =
  gzipSync(archive)
    .toString('base64')
    .match(/.{1,76}/g) ?? []
const sha256 = createHash('sha256')
  .update(lines.join('\n') + '\n')
  .digest('hex')
const numbered = lines.map((line, index) => `${index + 1} ${line}\r\n`)
const begin = (nonce = '-'): string => `=== polyvirt report begin ${nonce} ===\r\n`
const end = (nonce = '-'): string => `=== polyvirt report end ${nonce} ${sha256} ===\r\n`

describe('reading a report', () => {
  it('gives what the guest sent', async () => {
    const guest = scriptedGuest()
    guest.says(`booting\r\n${begin('n1')}${numbered.join('')}${end('n1')}`)
    const { report, files } = await readReport(guest.console, { nonce: 'n1' })
    expect(report).toMatchObject({
      nonce: 'n1',
      kernel: { machine: 'toy' },
      memory: { totalKiB: 1000 },
    })
    expect(files.text('/proc/meminfo')).toBe('MemTotal:      1000 kB')
  })

  it('is not disturbed by lines of the kernel between its own', async () => {
    const guest = scriptedGuest()
    const noisy = numbered.join('[   12.345] usb 1-1: new device\r\n')
    guest.says(`${begin()}${noisy}${end()}`)
    expect((await readReport(guest.console)).report.kernel.machine).toBe('toy')
  })

  it('asks again when a line was cut into', async () => {
    const guest = scriptedGuest()
    guest.onHear = (text) => {
      expect(text).toBe('report\n')
      guest.says(`${begin()}${numbered.join('')}${end()}`)
    }
    const cut = numbered[0]?.replace(/.{9}\r/, '[  1.0] oops\r')
    guest.says(`${begin()}${cut}${numbered.slice(1).join('')}${end()}`)
    expect((await readReport(guest.console)).report.kernel.machine).toBe('toy')
    expect(guest.heard).toEqual(['report\n'])
  })

  it('gives up when it arrives damaged again and again', async () => {
    const guest = scriptedGuest()
    guest.onHear = () => guest.says(`${begin()}${end()}`)
    guest.says(`${begin()}${end()}`)
    await expect(readReport(guest.console)).rejects.toThrow('damaged 3 times: 0 lines')
  })

  it('does not take another boot’s report for its own', async () => {
    const guest = scriptedGuest()
    guest.says(`${begin('old')}${numbered.join('')}${end('old')}`)
    guest.closes()
    await expect(readReport(guest.console, { nonce: 'new' })).rejects.toThrow('console was closed')
  })
})
