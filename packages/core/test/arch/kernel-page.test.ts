import { describe, expect, it } from 'vitest'
import { kernelPageKiB } from '../../src/arch/index.ts'
import type { HostFiles } from '../../src/arch/index.ts'

const filesOf = (files: Readonly<Record<string, Uint8Array>>): HostFiles => ({
  list: () => [],
  read: (path) => files[path],
})

/** Pairs as the kernel of either byte order writes them: something first, then the size of pages. */
function auxv(pageBytes: bigint, little: boolean): Uint8Array {
  const bytes = new Uint8Array(48)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of [33n, 0x7fff_0000n, 6n, pageBytes].entries())
    view.setBigUint64(i * 8, value, little)
  return bytes
}

const smaps = (kib: number): Uint8Array =>
  new TextEncoder().encode(`Size:  128 kB\nKernelPageSize:       ${kib} kB\n`)

describe('the base page of the kernel', () => {
  it.each([true, false])('is what it tells this process (little-endian: %s)', (little) => {
    expect(kernelPageKiB(filesOf({ '/proc/self/auxv': auxv(65_536n, little) }))).toBe(64)
  })

  it('is how the process is mapped, where the kernel’s word is missing or cut off', () => {
    const mapped = smaps(16)
    expect(kernelPageKiB(filesOf({ '/proc/self/smaps': mapped }))).toBe(16)
    const cut = auxv(4096n, true).subarray(0, 20)
    expect(kernelPageKiB(filesOf({ '/proc/self/smaps': mapped, '/proc/self/auxv': cut }))).toBe(16)
  })

  it('is not known where neither tells', () => {
    expect(kernelPageKiB(filesOf({}))).toBeUndefined()
    expect(kernelPageKiB(filesOf({ '/proc/self/auxv': new Uint8Array(3) }))).toBeUndefined()
  })
})
