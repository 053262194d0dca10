import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import type { TestRoot } from './hypervisor.ts'

/** Where things are written, in bytes. */
export interface Extent {
  readonly offset?: number
  readonly bytes?: number
}

const device = '/machine/peripheral/virtio-disk0/virtio-backend'

function command(
  what: 'read' | 'write',
  pattern: number,
  { offset = 65_536, bytes = 65_536 }: Extent,
): string {
  return `qemu-io -d ${device} "${what} -P ${pattern} ${offset} ${bytes}"`
}

/** Has the first disk of guest `a` written to through its device, as the guest would. */
export async function writeDisk(
  hypervisor: Hypervisor,
  pattern: number,
  extent: Extent = {},
): Promise<void> {
  const said = await hypervisor.domainQemuMonitorCommand('a', command('write', pattern, extent), {
    hmp: true,
  })
  expect(said).toBe('')
}

/** Has what was written come to its image, where others can read it. */
export async function flushDisk(hypervisor: Hypervisor): Promise<void> {
  const words = `qemu-io -d ${device} flush`
  expect(await hypervisor.domainQemuMonitorCommand('a', words, { hmp: true })).toBe('')
}

/** Whether it reads as this byte all through. QEMU says the answer on its standard output: the log. */
export async function reads(
  root: TestRoot,
  hypervisor: Hypervisor,
  pattern: number,
  extent: Extent = {},
): Promise<boolean> {
  const log = join(root.dir, 'log/a.log')
  const before = readFileSync(log, 'utf8').length
  await hypervisor.domainQemuMonitorCommand('a', command('read', pattern, extent), { hmp: true })
  const said = readFileSync(log, 'utf8').slice(before)
  expect(said).toMatch(/^read \d+\/\d+ bytes/m)
  return !said.includes('Pattern verification failed')
}
