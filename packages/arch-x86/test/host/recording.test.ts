import { describedHost } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { host } from '../../src/host-info.ts'
import { dmiTable } from '@polyvirt/core/arch'
import { smbiosSysinfo } from '@polyvirt/core/arch'
import { processorSignature } from '../../src/host/processor-signature.ts'
import { describedPcs } from '../hosts/index.ts'
import * as smbios from '../hosts/smbios.ts'

const encoder = new TextEncoder()
const anonymous = (path: string, text: string): string =>
  new TextDecoder().decode(host.anonymize?.(path, encoder.encode(text)))

describe('a recording', () => {
  it.each([
    ['product_serial', 'CZC-1234 X\n', '000-0000 0\n'],
    ['chassis_asset_tag', 'room 5\n', '0000 0\n'],
    [
      'product_uuid',
      '2b9e8e3a-4a0c-4b7e-9d3c-6f0f5e0f0b11\n',
      '00000000-0000-4000-8000-000000000000\n',
    ],
    ['product_name', 'PowerEdge R650\n', 'PowerEdge R650\n'],
  ])('has of %s %j as %j', (name, text, expected) => {
    expect(anonymous(`/sys/class/dmi/id/${name}`, text)).toBe(expected)
  })

  it('has a table that is still one, without what is the machine’s own', () => {
    const uuid = Array.from({ length: 16 }, (_, i) => i + 1)
    const strings = ['CPU1', 'Intel', 'Xeon', 'SECRET4', 'SECRET5', 'PART']
    const table = smbios.smbiosTable([
      smbios.system(['Maker', 'Box', 'v1', 'SECRET1', 'SKU', 'Family'], uuid),
      smbios.baseBoard(['Maker', 'Board', 'v2', 'SECRET2', 'SECRET3', 'Slot 1']),
      smbios.processor({ family: 0xb3, eax: 1, external: 0, max: 0, status: 0x41, strings }),
      { type: 11, body: [1], strings: ['SECRET6'] },
      { type: 221, body: [0x53, 0x45, 0x43, 0x52, 0x45, 0x54], strings: ['SECRET7'] },
    ])
    const safe = host.anonymize?.(dmiTable, table) ?? table
    expect(safe).toHaveLength(table.length)
    expect(Buffer.from(safe).toString('latin1')).not.toContain('SECRET')
    const sysinfo = smbiosSysinfo(describedHost({ [dmiTable]: safe }), {
      warnings: [],
      signature: processorSignature,
    })
    expect(sysinfo?.system).toEqual([
      ['manufacturer', 'Maker'],
      ['product', 'Box'],
      ['version', 'v1'],
      ['serial', '0000000'],
      ['uuid', '00000000-0000-4000-8000-000000000000'],
      ['sku', 'SKU'],
      ['family', 'Family'],
    ])
    expect(new Map(sysinfo?.processors?.[0]).get('part_number')).toBe('PART')
    expect(sysinfo?.oemStrings).toEqual(['0000000'])
    expect(host.anonymize?.(dmiTable, safe)).toEqual(safe)
  })

  it('keeps nothing of a table that is none', () => {
    const noise = encoder.encode('SECRET, and nothing of a structure')
    expect(host.anonymize?.(dmiTable, noise)).toEqual(new Uint8Array(noise.length))
  })

  it.each(describedPcs)('of $name has the files that are read', ({ files }) => {
    const everywhere = [
      '/proc/cpuinfo',
      '/proc/meminfo',
      '/sys/devices/system/cpu/',
      '/sys/devices/system/node/',
      '/sys/kernel/mm/hugepages/',
    ]
    const missing: string[] = []
    host.read({
      list: (path) => files.list(path),
      read(path) {
        const bytes = files.read(path)
        const covered = [...everywhere, ...(host.paths ?? [])].some((one) => path.startsWith(one))
        if (bytes !== undefined && !covered) missing.push(path)
        return bytes
      },
    })
    expect(missing).toEqual([])
  })
})
