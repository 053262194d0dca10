import { describe, expect, it } from 'vitest'
import { treeFirmware, treeSysinfo } from '../../src/arch/index.ts'
import type { HostFiles } from '../../src/arch/index.ts'

/** A device tree of these properties of its root. */
function tree(properties: Readonly<Record<string, string>>): HostFiles {
  return {
    list: () => [],
    read(path) {
      const text = properties[path.replace('/proc/device-tree/', '')]
      return text === undefined ? undefined : new TextEncoder().encode(text)
    },
  }
}

describe('a machine by the root of its device tree', () => {
  it('has its model, its maker by what it is compatible with, and its serial number', () => {
    const files = tree({
      model: 'Raspberry Pi 4 Model B\0',
      compatible: 'raspberrypi,4-model-b\0brcm,bcm2711\0',
      'serial-number': '10000000abcdef01\0',
    })
    const firmware = treeFirmware(files)
    expect(firmware).toEqual({
      kind: 'device-tree',
      manufacturer: 'raspberrypi',
      product: 'Raspberry Pi 4 Model B',
      serial: '10000000abcdef01',
    })
    expect(treeSysinfo(firmware)?.system).toEqual([
      ['manufacturer', 'raspberrypi'],
      ['product', 'Raspberry Pi 4 Model B'],
      ['serial', '10000000abcdef01'],
    ])
  })

  it('without a model is what it is compatible with', () => {
    expect(treeFirmware(tree({ compatible: 'loongson,ls2k2000-ref\0' }))).toEqual({
      kind: 'device-tree',
      manufacturer: 'loongson',
      product: 'loongson,ls2k2000-ref',
    })
  })

  it('has no serial number where all of it is zeros', () => {
    expect(treeFirmware(tree({ model: 'x\0', 'serial-number': '0000\0' }))).toEqual({
      kind: 'device-tree',
      product: 'x',
    })
  })

  it('is none without a tree', () => {
    expect(treeFirmware(tree({}))).toEqual({ kind: 'none' })
    expect(treeSysinfo({ kind: 'none' })).toBeUndefined()
  })
})
