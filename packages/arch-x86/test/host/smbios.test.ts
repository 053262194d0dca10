import { describedHost } from '@polyvirt/conformance'
import type { HostSysinfo, SysinfoBlock } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { dmiEntryPoint, dmiTable } from '@polyvirt/core/arch'
import { smbiosSysinfo } from '@polyvirt/core/arch'
import { processorSignature } from '../../src/host/processor-signature.ts'
import * as smbios from '../hosts/smbios.ts'
import type { Structure } from '../hosts/smbios.ts'

function read(
  structures: readonly Structure[],
  [major = 3, minor = 3]: readonly number[] = [],
): { readonly sysinfo: HostSysinfo | undefined; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const files = describedHost({
    [dmiTable]: smbios.smbiosTable(structures),
    [dmiEntryPoint]: smbios.smbiosEntryPoint(major, minor),
  })
  return { sysinfo: smbiosSysinfo(files, { warnings, signature: processorSignature }), warnings }
}

const of = (block: SysinfoBlock | undefined, name: string): string | undefined =>
  new Map(block ?? []).get(name)

const uuid = [0x44, 0x45, 0x4c, 0x4c, 0x41, 0, 0x42, 0x10, 0x80, 0x43, 0xb1, 0xc0, 0x4f, 1, 2, 3]

/** What `dmidecode -q` 3.4 says of these structures. */
describe('the SMBIOS table', () => {
  it('tells of boards and the chassis', () => {
    const { sysinfo, warnings } = read([
      smbios.baseBoard(['Dell Inc.', '0XJ05X', 'A04', '.ABC1234.CN', '', 'Slot 1']),
      smbios.baseBoard(['Dell Inc.', 'Riser', '', '', '', '']),
      smbios.chassis(['Dell Inc.', '', 'ABC1234', 'tag', 'SKU9']),
    ])
    expect(sysinfo?.baseBoards?.[0]).toEqual([
      ['manufacturer', 'Dell Inc.'],
      ['product', '0XJ05X'],
      ['version', 'A04'],
      ['serial', '.ABC1234.CN'],
      ['asset', 'Not Specified'],
      ['location', 'Slot 1'],
    ])
    expect(sysinfo?.baseBoards).toHaveLength(2)
    expect(sysinfo?.chassis).toEqual([
      ['manufacturer', 'Dell Inc.'],
      ['version', 'Not Specified'],
      ['serial', 'ABC1234'],
      ['asset', 'tag'],
      ['sku', 'SKU9'],
    ])
    expect(warnings).toEqual([])
  })

  it.each([
    [[2, 8], uuid, '4c4c4544-0041-1042-8043-b1c04f010203'],
    [[2, 5], uuid, '44454c4c-4100-4210-8043-b1c04f010203'],
    [[3, 0], Array<number>(16).fill(0), 'Not Settable'],
    [[3, 0], Array<number>(16).fill(255), 'Not Present'],
  ])('of version %j has the UUID %j as %s', (version, bytes, expected) => {
    const { sysinfo } = read([smbios.system(['Maker', 'Box', '', '', '', ''], bytes)], version)
    expect(of(sysinfo?.system, 'uuid')).toBe(expected)
  })

  it.each([
    [0xb3, 0x000606a6, 'Intel', 'Xeon', 'Type 0, Family 6, Model 106, Stepping 6'],
    [0x6b, 0x00a00f11, 'Advanced Micro Devices, Inc.', 'Zen', 'Family 25, Model 1, Stepping 1'],
    [0x01, 0x00000663, 'QEMU', 'Other', undefined],
    [0x118, 0, '', '<OUT OF SPEC>', undefined],
  ])('names family %i with CPUID %i of %s', (family, eax, maker, name, signature) => {
    const strings = ['CPU 0', maker, '', '', '', '']
    const { sysinfo } = read([
      smbios.processor({ family, eax, external: 0, max: 2000, status: 0x41, strings }),
    ])
    const [processor] = sysinfo?.processors ?? []
    expect(of(processor, 'family')).toBe(name)
    expect(of(processor, 'signature')).toBe(signature)
    expect(of(processor, 'external_clock')).toBe('Unknown')
    expect(of(processor, 'max_speed')).toBe('2000 MHz')
  })

  it.each([
    [0x41, 'Populated, Enabled'],
    [0x44, 'Populated, Idle'],
    [0x45, 'Populated, <OUT OF SPEC>'],
    [0x01, 'Unpopulated'],
  ])('says of status %i: %s', (status, expected) => {
    const strings = ['', '', '', '', '', '']
    const { sysinfo } = read([
      smbios.processor({ family: 2, eax: 0, external: 0, max: 0, status, strings }),
    ])
    expect(of(sysinfo?.processors?.[0], 'status')).toBe(expected)
  })

  it.each([
    [512, '512 MB'],
    [1536, '1536 MB'],
    [32768, '32 GB'],
    [1048576, '1 TB'],
  ])('says of %i MiB: %s', (size, expected) => {
    const strings = ['A1', '', '', '', '', '']
    const { sysinfo } = read([
      smbios.memoryDevice({ size, formFactor: 13, type: 0x1e, detail: 0, speed: 0, strings }),
    ])
    expect(sysinfo?.memoryDevices?.[0]?.slice(0, 7)).toEqual([
      ['size', expected],
      ['form_factor', 'SODIMM'],
      ['locator', 'A1'],
      ['bank_locator', 'Not Specified'],
      ['type', 'LPDDR4'],
      ['type_detail', 'None'],
      ['speed', 'Unknown'],
    ])
  })

  it('leaves out slots without a module', () => {
    const strings = ['A2', '', '', '', '', '']
    const slot = { size: 0, formFactor: 9, type: 2, detail: 0, speed: 0, strings }
    const { sysinfo } = read([
      smbios.memoryDevice(slot),
      smbios.bios(['SeaBIOS', '1.16', ''], [255, 255]),
    ])
    expect(sysinfo).toEqual({
      bios: [
        ['vendor', 'SeaBIOS'],
        ['version', '1.16'],
        ['date', 'Not Specified'],
      ],
    })
  })

  it('has the maker’s own strings', () => {
    const { sysinfo } = read([{ type: 11, body: [3], strings: ['one', 'two: v1.0'] }])
    expect(sysinfo?.oemStrings).toEqual(['one', 'two: v1.0'])
  })

  it('that ends in the middle tells what it can, and says so', () => {
    const whole = smbios.smbiosTable([
      smbios.bios(['SeaBIOS', '1.16', ''], [0, 0]),
      smbios.system(['Maker', 'Box', '', '', '', ''], uuid),
    ])
    const warnings: string[] = []
    const files = describedHost({ [dmiTable]: whole.subarray(0, whole.length - 12) })
    expect(smbiosSysinfo(files, { warnings, signature: processorSignature })).toHaveProperty('bios')
    expect(warnings).toEqual([`${dmiTable} ends in the middle; what stands before the cut counts`])
  })

  it('shows no control characters', () => {
    const { sysinfo } = read([smbios.bios(['\u001b[31mred', 'tab\there ', ''], [0, 0])])
    expect(of(sysinfo?.bios, 'vendor')).toBe('.[31mred')
    expect(of(sysinfo?.bios, 'version')).toBe('tab.here')
  })
})

describe('without the table', () => {
  it('everyone’s strings are enough', () => {
    const files = describedHost({
      '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
      '/sys/class/dmi/id/board_name': 'board\n',
      '/sys/class/dmi/id/chassis_asset_tag': 'tag\n',
    })
    expect(smbiosSysinfo(files, { warnings: [] })).toEqual({
      system: [['manufacturer', 'QEMU']],
      baseBoards: [[['product', 'board']]],
      chassis: [['asset', 'tag']],
    })
  })
})
