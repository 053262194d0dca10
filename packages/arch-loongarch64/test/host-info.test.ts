import { describedHost } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { host } from '../src/host-info.ts'
import { describedLoongsons } from './hosts/index.ts'
import { auxv, cpuinfo, kvmDevice } from './hosts/parts.ts'

const lines = {
  'CPU Family': 'Loongson-64bit',
  'Model Name': 'Loongson-3A5000',
  Features: 'cpucfg lam ual fpu lsx lasx',
}

const one = (more: Readonly<Record<string, string>>): string =>
  cpuinfo({ places: [[0, 0, 0]], lines: { ...lines, ...more } })

describe('a LoongArch host', () => {
  it.each([
    ['Loongson-2K1000LA', 'la264'],
    ['Loongson-2K3000', 'la364'],
    ['Loongson-3B5000', 'la464'],
    ['Loongson-3D5000', 'la464'],
    ['Loongson-3C6000/D', 'la664'],
    ['Loongson-3A4000', undefined],
    ['Loongson-9X9000', undefined],
  ])('with a %s has the core %s', (name, model) => {
    const files = describedHost({ '/proc/cpuinfo': one({ 'Model Name': name }) })
    const { cpu, warnings } = host.read(files)
    expect(cpu.model).toBe(model)
    expect(warnings).toEqual(
      model === undefined ? [`no CPU model is known for a processor called ${name}`] : [],
    )
  })

  it('is known by its identity, whatever the chip calls itself', () => {
    const text = one({ 'Model Name': 'Loongson-9X9000', PRID: 'LA664 (0014d001)' })
    const { cpu } = host.read(describedHost({ '/proc/cpuinfo': text }))
    expect(cpu).toMatchObject({ model: 'la664', registers: { prid: 0x14d001 } })
  })

  it('has the features that all of its processors have, and is told that they differ', () => {
    const second = cpuinfo({ places: [[1, 0, 1]], lines: { ...lines, Features: 'cpucfg lsx' } })
    const files = describedHost({ '/proc/cpuinfo': one({}) + second })
    const { cpu, warnings } = host.read(files)
    expect(cpu.features).toEqual(['cpucfg', 'lsx'])
    expect(warnings).toEqual(['not all processors have the same features'])
  })

  it.each([4, 16, 64])('has pages of %d KiB where its kernel has', (kib) => {
    const files = describedHost({ '/proc/self/auxv': auxv(kib * 1024) })
    expect(host.read(files).pageSizesKiB).toEqual([kib])
  })

  it('tells the size of pages by what is mapped where there is no vector', () => {
    const files = describedHost({ '/proc/self/smaps': 'Rss: 4 kB\nKernelPageSize:       64 kB\n' })
    expect(host.read(files).pageSizesKiB).toEqual([64])
  })

  it('has the usual pages where nothing sensible is told', () => {
    const files = describedHost({ '/proc/self/auxv': auxv(7777) })
    expect(host.read(files).pageSizesKiB).toEqual([16])
  })

  it('of which nothing is known is still one', () => {
    const info = host.read(describedHost({}))
    expect(info).toMatchObject({ arch: 'loongarch64', cpu: { features: [], mhz: 0 } })
    expect(info.warnings).toEqual(['no processor is known'])
  })

  it('whose core nobody knows is told what that means to guests of KVM', () => {
    const files = describedHost({ '/proc/cpuinfo': one({ 'Model Name': 'x' }), ...kvmDevice })
    const topics = host.diagnose?.(host.read(files), files).map(({ topic }) => topic)
    expect(topics).toEqual(['KVM', 'CPU'])
  })

  it('without the extension cannot have KVM, and with it is told what to do', () => {
    const say = (features: string) => {
      const files = describedHost({ '/proc/cpuinfo': one({ Features: features }) })
      return host.diagnose?.(host.read(files), files).map(({ level, command }) => [level, command])
    }
    expect(say('cpucfg lsx')).toEqual([['note', undefined]])
    expect(say('cpucfg lsx lvz')).toEqual([['problem', 'modprobe kvm']])
  })
})

describe('a recording', () => {
  it('has no serial number', () => {
    const bytes = new TextEncoder().encode('LS-2K-0042\0')
    const shown = host.anonymize?.('/proc/device-tree/serial-number', bytes)
    expect(new TextDecoder().decode(shown)).toBe('00-00-0000\0')
  })

  it('has no addresses of the process it came from', () => {
    const bytes = auxv(16384)
    // AT_RANDOM: where sixteen random bytes are.
    new DataView(bytes.buffer).setBigUint64(32, 25n, true)
    new DataView(bytes.buffer).setBigUint64(40, 0x7ffffefee57fn, true)
    const shown = host.anonymize?.('/proc/self/auxv', bytes) ?? bytes
    const view = new DataView(shown.buffer, shown.byteOffset)
    expect(view.getBigUint64(24, true)).toBe(16384n)
    expect(view.getBigUint64(40, true)).toBe(0n)
  })

  it.each(describedLoongsons)('of $name is read as that host', ({ files }) => {
    const paths = host.paths ?? []
    const isOwn = (path: string): boolean =>
      paths.some((known) => path === known || path.startsWith(`${known}/`))
    const isCommon = (path: string): boolean =>
      /^\/(?:proc\/(?:cpuinfo|meminfo)$|sys\/kernel\/mm\/|sys\/devices\/system\/)/.test(path)
    const recorded = {
      list: files.list,
      read(path: string) {
        const bytes = isOwn(path) || isCommon(path) ? files.read(path) : undefined
        return bytes === undefined ? undefined : (host.anonymize?.(path, bytes) ?? bytes)
      },
    }
    expect(host.read(recorded)).toEqual(host.read(files))
  })
})
