import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from '../../src/guest/file-lock.ts'

describe('a file lock', () => {
  let directory: string
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'polyvirt-lock-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  it('lets one in at a time, also within one process', async () => {
    const file = join(directory, 'sub', 'lock')
    let inside = 0
    let most = 0
    const waits: number[] = []
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      await setTimeout(30)
      inside--
    }
    await Promise.all([1, 2, 3].map((n) => withFileLock(file, work, () => waits.push(n))))
    expect(most).toBe(1)
    expect(waits).toEqual([2, 3])
  })

  it('fails where its folder cannot be made', async () => {
    const locked = withFileLock('/proc/no-such/lock', () => Promise.resolve('yes'))
    await expect(locked).rejects.toThrow('ENOENT')
  })

  it('is free again after an error', async () => {
    const file = join(directory, 'lock')
    const failing = withFileLock(file, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(await withFileLock(file, () => Promise.resolve('yes'))).toBe('yes')
  })

  it('dies with its holder, however that dies', async () => {
    const file = join(directory, 'lock')
    const module = new URL('../../src/guest/file-lock.ts', import.meta.url).href
    const script = `
      const { withFileLock } = await import(${JSON.stringify(module)})
      await withFileLock(${JSON.stringify(file)}, () => {
        console.log('held')
        return new Promise((resolve) => setTimeout(resolve, 60_000))
      })`
    const flags = ['--conditions=@polyvirt/source', '--input-type=module']
    const holder = execa(process.execPath, [...flags, '-e', script], { reject: false })
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    let waited = false
    const mine = withFileLock(
      file,
      () => Promise.resolve(waited),
      () => {
        waited = true
        holder.kill('SIGKILL')
      },
    )
    expect(await mine).toBe(true)
    await holder
  })
})
