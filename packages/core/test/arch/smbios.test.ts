import { expect, it } from 'vitest'
import type { HostFiles } from '../../src/arch/index.ts'
import {
  anonymizeSmbios,
  dmiTable,
  smbiosFirmware,
  smbiosPaths,
  smbiosSysinfo,
} from '../../src/arch/index.ts'

const bytesOf = (text: string): readonly number[] => [...new TextEncoder().encode(text), 0]

/** A system and a processor of the table of DSP0134, and its end. */
function table(): Uint8Array {
  const system = [1, 27, 1, 0, 1, 2, 0, 3, ...Array<number>(19).fill(0)]
  const processor = Array<number>(48).fill(0)
  processor.splice(0, 8, 4, 48, 4, 0, 0, 3, 0xfe, 1)
  processor.splice(8, 8, 0xd1, 0xd0, 0x3f, 0x41, 0, 0, 0, 0)
  processor.splice(0x28, 2, 0x22, 0x03)
  return Uint8Array.from([
    ...system,
    ...bytesOf('Maker'),
    ...bytesOf('Board'),
    ...bytesOf('SN42'),
    0,
    ...processor,
    ...bytesOf('Chips'),
    0,
    ...[127, 4, 9, 0, 0, 0],
  ])
}

const files: HostFiles = {
  list: () => [],
  read: (path) => (path === dmiTable ? table() : undefined),
}

it('what SMBIOS says of a processor is read by whoever knows its kind', () => {
  const sysinfo = smbiosSysinfo(files, {
    warnings: [],
    signature: ({ low, high, manufacturer }) => `${manufacturer} ${low.toString(16)} ${high}`,
    families: new Map([[0x322, 'Abacus']]),
  })
  expect(new Map(sysinfo?.processors?.[0]).get('signature')).toBe('Chips 413fd0d1 0')
  expect(new Map(sysinfo?.processors?.[0]).get('family')).toBe('Abacus')
  expect(smbiosFirmware(sysinfo)).toMatchObject({ kind: 'smbios', product: 'Board' })
})

it('a processor nobody can read has no signature, and an unknown family is said to be one', () => {
  const sysinfo = smbiosSysinfo(files, { warnings: [] })
  expect(new Map(sysinfo?.processors?.[0]).has('signature')).toBe(false)
  expect(new Map(sysinfo?.processors?.[0]).get('family')).toBe('<OUT OF SPEC>')
})

it('a recording keeps no serial number, and leaves files that are not SMBIOS to others', () => {
  const safe = anonymizeSmbios(dmiTable, table())
  expect(safe).toHaveLength(table().length)
  expect(Buffer.from(safe ?? []).toString('latin1')).not.toContain('SN42')
  expect(smbiosPaths).toContain(dmiTable)
  expect(anonymizeSmbios('/proc/cpuinfo', table())).toBeUndefined()
})
