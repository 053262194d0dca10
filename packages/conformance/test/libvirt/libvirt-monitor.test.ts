import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { libvirtMonitor, readEvent } from '../../src/libvirt/libvirt-monitor.ts'
import { qemuOf } from '../../src/libvirt/qemu-of.ts'
import type { Virsh } from '../../src/libvirt/virsh.ts'

const stop = "event STOP at 1795805303.405036 for domain 'a': <null>"
const reset = `event RESET at 1795805304.5 for domain 'it''s: b': {"guest":true,"reason":"guest-reset"}`

describe('a line that virsh tells of an event', () => {
  it.each([
    [stop, { name: 'STOP', data: {}, timestampMs: 1795805303405.036 }],
    [reset, { name: 'RESET', data: { guest: true, reason: 'guest-reset' } }],
    ['events received: 2', undefined],
    ['', undefined],
  ])('%s', (line, event) => {
    if (event === undefined) expect(readEvent(line)).toBeUndefined()
    else expect(readEvent(line)).toMatchObject(event)
  })
})

describe('events of a guest that libvirt has started', () => {
  /** Tells these lines, and goes on until it is ended, as virsh does. */
  const telling =
    (lines: readonly string[], ended: () => void): Virsh =>
    async (_, signal, onLine) => {
      for (const line of lines) onLine?.(line)
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      ended()
      return { kind: 'refused', message: 'ended' }
    }

  it('come in order, and virsh is ended when nobody listens any more', async () => {
    let isEnded = false
    const virsh = telling([stop, 'noise', reset], () => (isEnded = true))
    const names: string[] = []
    for await (const { name } of libvirtMonitor(virsh, 'a').events()) {
      names.push(name)
      if (names.length === 2) break
    }
    expect(names).toEqual(['STOP', 'RESET'])
    expect(isEnded).toBe(true)
  })

  it('are kept from the moment on at which they are asked for', async () => {
    const over = new AbortController()
    let isAsked = false
    const virsh: Virsh = (...asked) => {
      isAsked = true
      return telling([stop], () => undefined)(...asked)
    }
    const events = libvirtMonitor(virsh, 'a').events({ signal: over.signal })
    expect(isAsked).toBe(true)
    over.abort()
    expect((await events.next()).value).toMatchObject({ name: 'STOP' })
  })

  it('end with the signal', async () => {
    const over = new AbortController()
    const events = libvirtMonitor(
      telling([stop], () => undefined),
      'a',
    ).events({ signal: over.signal })
    expect((await events.next()).value).toMatchObject({ name: 'STOP' })
    over.abort()
    expect((await events.next()).done).toBe(true)
  })

  it('end where virsh cannot listen', async () => {
    const virsh: Virsh = async () => ({ kind: 'refused', message: 'no such domain' })
    const { done } = await libvirtMonitor(virsh, 'a').events().next()
    expect(done).toBe(true)
  })
})

describe('the process of a guest that libvirt has started', () => {
  it('is the one with its UUID and its number on the command line', () => {
    const proc = mkdtempSync(join(tmpdir(), 'pv-'))
    try {
      const lines = {
        6: 'qemu\0-uuid\0u-1\0file=/other/domain-2-a/key\0',
        7: 'virsh\0start\0u-1\0',
        8: 'qemu\0-uuid\0u-2\0file=/run/domain-4-a/key\0',
        9: 'qemu\0file=/run/domain-4-a/key\0-uuid\0u-1\0',
      }
      for (const [pid, line] of Object.entries(lines)) {
        mkdirSync(join(proc, pid))
        writeFileSync(join(proc, pid, 'cmdline'), line)
      }
      mkdirSync(join(proc, 'self'))
      mkdirSync(join(proc, '10'))
      expect(qemuOf('u-1', 4, proc)).toEqual({
        pid: 9,
        argv: ['qemu', 'file=/run/domain-4-a/key', '-uuid', 'u-1'],
      })
      expect(qemuOf('u-3', 4, proc)).toBeUndefined()
      expect(qemuOf('u-1', 5, proc)).toBeUndefined()
    } finally {
      rmSync(proc, { recursive: true, force: true })
    }
  })
})
