import { describe, expect, it } from 'vitest'
import { moduleName, readKernelModule } from '../../src/guest/kernel-module.ts'
import { moduleIndex } from '../../src/guest/module-index.ts'
import { moduleOrder, type ModuleSource } from '../../src/guest/module-order.ts'
import { elfObject } from './elf-object.ts'

describe('a kernel module', () => {
  const info = [
    'license=GPL',
    'alias=virtio:d00000002v*',
    'alias=pci:v00001AF4d*',
    'depends=virtio,virtio-ring',
    'softdep=pre: crc32c  crc-t10dif post: later',
  ]
  for (const layout of [
    { bits: 64, little: true },
    { bits: 64, little: false },
    { bits: 32, little: true },
    { bits: 32, little: false },
  ] as const) {
    it(`tells what it needs and drives (${layout.bits} bit, little endian: ${layout.little})`, () => {
      expect(readKernelModule('x/virtio-blk.ko', elfObject(info, layout))).toEqual({
        name: 'virtio_blk',
        depends: ['virtio', 'virtio_ring'],
        softDepends: ['crc32c', 'crc_t10dif'],
        aliases: ['virtio:d00000002v*', 'pci:v00001AF4d*'],
      })
    })
  }

  it('needs nothing when it says nothing', () => {
    const elf = elfObject(['depends='], { bits: 64, little: true })
    expect(readKernelModule('a.ko', elf)).toMatchObject({ depends: [], softDepends: [] })
  })

  it('is an ELF object', () => {
    expect(() => readKernelModule('a.ko', new Uint8Array(100))).toThrow('a.ko is not an ELF object')
  })

  it.each([
    ['kernel/drivers/char/hw_random/virtio-rng.ko', 'virtio_rng'],
    ['sd_mod.ko.xz', 'sd_mod'],
    ['a-b.ko.zst', 'a_b'],
    ['8139cp', '8139cp'],
  ])('%s is called %s', (file, name) => expect(moduleName(file)).toBe(name))
})

describe('module order', () => {
  const source = (
    modules: Record<string, readonly string[]>,
    soft: Record<string, readonly string[]> = {},
  ): ModuleSource => ({
    builtin: new Set(['core']),
    find: (name) =>
      modules[name] && {
        name,
        depends: modules[name],
        softDepends: soft[name] ?? [],
        aliases: [`bus:${name}*`],
      },
  })
  const kernel = source({ disk: ['bus', 'core'], bus: ['ring'], ring: [], net: ['ring'] })

  it('loads each module once, after what it needs', () => {
    expect(moduleOrder(['disk', 'net', 'disk'], kernel)).toEqual({
      load: ['ring', 'bus', 'disk', 'net'],
      absent: [],
    })
  })

  it('passes over what is built in and notes what does not exist', () => {
    expect(moduleOrder(['core', 'nothing'], kernel)).toEqual({ load: [], absent: ['nothing'] })
  })

  it('loads soft dependencies first, where there are any', () => {
    const soft = source({ a: [], helper: [] }, { a: ['helper', 'nowhere'] })
    expect(moduleOrder(['a'], soft).load).toEqual(['helper', 'a'])
  })

  it('refuses a package in which a dependency is missing', () => {
    expect(() => moduleOrder(['a'], source({ a: ['gone'] }))).toThrow("'a' needs 'gone'")
  })

  it('is written down for modprobe, nearest dependency first', () => {
    expect(moduleIndex(['disk', 'ring'], kernel)).toEqual({
      dependencies: 'disk.ko: bus.ko ring.ko\nring.ko:\n',
      aliases: 'alias bus:disk* disk\nalias bus:ring* ring\n',
    })
  })
})
