import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { JobProgress } from '@polyvirt/core'
import { bytes, collect, failure, openPool, qcow2, raw, volumeXml } from './support/open.ts'

interface QemuInfo {
  readonly format: string
  readonly 'virtual-size': number
  readonly 'backing-filename'?: string
  readonly 'cluster-size'?: number
  readonly 'format-specific'?: { readonly data: Readonly<Record<string, unknown>> }
}

/** What QEMU itself says of an image. */
async function info(path: string, format: string): Promise<QemuInfo> {
  const { stdout } = await execa('qemu-img', ['info', '-f', format, '--output=json', path])
  return JSON.parse(stdout) as QemuInfo
}

describe('a volume', () => {
  it('is made as its document says, private to its owner', async () => {
    const { hypervisor, path } = await openPool()
    const { volume, warnings } = await hypervisor.storageVolCreateXml(
      'images',
      volumeXml(
        'disk',
        `<capacity unit='MiB'>8</capacity><target><format type='qcow2'/><compat>1.1</compat>
         <clusterSize unit='KiB'>128</clusterSize><features><lazy_refcounts/><extended_l2/></features></target>`,
      ),
    )
    expect(warnings).toEqual([])
    expect(volume).toMatchObject({ key: `${path}/disk`, type: 'file', capacityBytes: 8 * 2 ** 20 })
    expect(statSync(`${path}/disk`).mode & 0o777).toBe(0o600)
    expect(await info(`${path}/disk`, 'qcow2')).toMatchObject({
      'virtual-size': 8 * 2 ** 20,
      'cluster-size': 131_072,
      'format-specific': { data: { compat: '1.1', 'lazy-refcounts': true, 'extended-l2': true } },
    })
    const document = await hypervisor.storageVolGetXmlDesc({ pool: 'images', name: 'disk' })
    expect(document).toContain(`<capacity unit='bytes'>8388608</capacity>`)
    expect(document).toContain(`    <compat>1.1</compat>
    <clusterSize unit='B'>131072</clusterSize>
    <features>
      <lazy_refcounts/>
      <extended_l2/>
    </features>`)
  })

  it.each(['raw', 'qcow2', 'qcow', 'qed', 'vmdk', 'vdi', 'vpc', 'iso'])(
    'of format %s has it after it is made',
    async (format) => {
      const { hypervisor } = await openPool()
      const xml = volumeXml(
        'x',
        `<capacity unit='MiB'>8</capacity><target><format type='${format}'/></target>`,
      )
      const { volume } = await hypervisor.storageVolCreateXml('images', xml)
      expect(volume.format).toBe(format)
      // vpc's size is one of cylinders, heads and sectors.
      expect(volume.capacityBytes / 2 ** 20).toBeCloseTo(8, 0)
    },
  )

  it('that is raw takes its space at once, or as much of it as it says', async () => {
    const { hypervisor } = await openPool()
    const make = async (name: string, rest: string): Promise<readonly number[]> => {
      const xml = volumeXml(name, `<capacity unit='MiB'>2</capacity>${rest}`)
      const { volume } = await hypervisor.storageVolCreateXml('images', xml)
      return [volume.capacityBytes, volume.allocationBytes]
    }
    const MiB = 2 ** 20
    expect(await make('whole', '')).toEqual([2 * MiB, 2 * MiB])
    expect(await make('half', `<allocation unit='MiB'>1</allocation>`)).toEqual([2 * MiB, MiB])
    const [capacity = 0, allocation = 0] = await make('none', '<allocation>0</allocation>')
    expect(capacity).toBe(2 * MiB)
    // A file system may take a block for the tool's own test of it.
    expect(allocation).toBeLessThanOrEqual(4096)
  })

  it('of a growing format takes its space where it is told to', async () => {
    const { hypervisor } = await openPool()
    const options = { preallocateMetadata: true }
    const whole = volumeXml('whole', `<allocation unit='MiB'>4</allocation>${qcow2}`)
    const { volume } = await hypervisor.storageVolCreateXml('images', whole, options)
    expect(volume.allocationBytes).toBeGreaterThanOrEqual(4 * 2 ** 20)
    const { message } = await failure(
      hypervisor.storageVolCreateXml('images', volumeXml('r', raw), options),
    )
    expect(message).toContain('metadata preallocation is not supported for raw volumes')
  })

  it('stands on another image where its document names one', async () => {
    const { hypervisor, dir, path } = await openPool()
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', `${dir}/base`, '3M'])
    const over = (format: string): string =>
      volumeXml(
        'over',
        `<target><format type='qcow2'/></target><backingStore><path>${dir}/base</path>${format}</backingStore>`,
      )
    const unsaid = await failure(hypervisor.storageVolCreateXml('images', over('')))
    expect(unsaid.message).toContain(`looks like qcow2; say so: <format type='qcow2'/>`)
    const wrong = await failure(
      hypervisor.storageVolCreateXml('images', over(`<format type='qed'/>`)),
    )
    expect(wrong.message).toContain('is taken as qed and is qcow2')
    const { volume } = await hypervisor.storageVolCreateXml(
      'images',
      over(`<format type='qcow2'/>`),
    )
    expect(volume.capacityBytes).toBe(3 * 2 ** 20)
    expect(await info(`${path}/over`, 'qcow2')).toMatchObject({ 'backing-filename': `${dir}/base` })
    expect(await hypervisor.storageVolGetXmlDesc({ pool: 'images', name: 'over' })).toContain(
      `  <backingStore>\n    <path>${dir}/base</path>\n    <format type='qcow2'/>`,
    )
    const again = await failure(
      hypervisor.storageVolCreateXml('images', over(`<format type='qcow2'/>`)),
    )
    expect(again.code).toBe('ERR_STORAGE_VOL_EXIST')
    const nowhere = over(`<format type='qcow2'/>`)
      .replace('/base', '/gone')
      .replace('over', 'other')
    const gone = await failure(hypervisor.storageVolCreateXml('images', nowhere))
    expect(gone.message).toBe(
      `inaccessible backing store volume '${dir}/gone': No such file or directory`,
    )
  })

  it.each([
    [volumeXml('x', ''), 'missing capacity element'],
    [volumeXml('x', '<capacity>-1</capacity>'), '/volume/capacity'],
    [volumeXml('x', `<capacity unit='bogus'>1</capacity>`), 'bogus'],
    [
      volumeXml('x', `${raw}<target><format type='bogus'/></target>`),
      `unknown volume format type 'bogus'`,
    ],
    [
      volumeXml('x', `${raw}<target><format type='cloop'/></target>`),
      `volumes of format 'cloop' cannot be made`,
    ],
    [
      volumeXml('x', `${raw}<backingStore><path>/b</path></backingStore>`),
      'backing storage not supported for raw volumes',
    ],
    [volumeXml('x', `${raw}<target><compat>1.1</compat></target>`), `<compat> is qcow2's`],
    [
      volumeXml(
        'x',
        `${raw}<target><format type='qcow2'/><compat>0.10</compat><features><lazy_refcounts/></features></target>`,
      ),
      'lazy_refcounts not supported with compat level 0.10',
    ],
    [
      volumeXml('x', `${raw}<target><format type='qcow2'/><compat>1.2</compat></target>`),
      `'1.2' is not one of 0.10, 1.1`,
    ],
    [
      volumeXml(
        'x',
        `${raw}<target><format type='qcow2'/><clusterSize>1000</clusterSize></target>`,
      ),
      'not a cluster',
    ],
    [
      volumeXml(
        'x',
        `${raw}<target><encryption format='luks'><secret type='passphrase' uuid='9a1c'/></encryption></target>`,
      ),
      'encrypted volumes are not made',
    ],
    [
      `<volume type='block'><name>x</name>${raw}</volume>`,
      `volumes of type 'block' are not offered`,
    ],
  ])('%s is refused, and nothing is made', async (xml, words) => {
    const { hypervisor, path } = await openPool()
    const { message } = await failure(hypervisor.storageVolCreateXml('images', xml))
    expect(message).toContain(words)
    expect(message).toMatch(/line \d+:\d+: \/volume/)
    expect(readdirSync(path)).toEqual([])
  })

  it('is never overwritten', async () => {
    const { hypervisor, path } = await openPool()
    writeFileSync(`${path}/disk`, 'mine')
    const { code, message } = await failure(
      hypervisor.storageVolCreateXml('images', volumeXml('disk', qcow2)),
    )
    expect(code).toBe('ERR_STORAGE_VOL_EXIST')
    expect(message).toContain(`storage volume 'disk' exists already`)
    expect(readFileSync(`${path}/disk`, 'utf8')).toBe('mine')
  })

  it('is a directory where its format is dir', async () => {
    const { hypervisor, path } = await openPool()
    await hypervisor.storageVolCreateXml(
      'images',
      volumeXml('d', `<target><format type='dir'/></target>`),
    )
    expect(statSync(`${path}/d`).isDirectory()).toBe(true)
    expect(await hypervisor.storageVolLookup({ pool: 'images', name: 'd' })).toMatchObject({
      type: 'dir',
      format: 'dir',
      capacityBytes: 0,
    })
    await hypervisor.storageVolDelete({ pool: 'images', name: 'd' })
    expect(readdirSync(path)).toEqual([])
  })

  it('changes its size, and becomes smaller only where that is said', async () => {
    const { hypervisor } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', qcow2))
    const disk = { pool: 'images', name: 'disk' }
    const size = async (): Promise<number> =>
      (await hypervisor.storageVolLookup(disk)).capacityBytes / 2 ** 20
    await hypervisor.storageVolResize(disk, 8 * 2 ** 20)
    expect(await size()).toBe(8)
    await hypervisor.storageVolResize(disk, 2 ** 20, { delta: true })
    expect(await size()).toBe(9)
    const refusals = [
      [6 * 2 ** 20, {}, `Can't shrink capacity below current capacity unless shrink flag`],
      [1, { shrink: true }, `can't shrink capacity below existing allocation`],
      [0, {}, 'capacity in virStorageVolResize cannot be zero'],
      [-5, { delta: true }, 'is not a number of bytes'],
      [Number.MAX_SAFE_INTEGER, { delta: true }, 'are more than 8 PiB'],
    ] as const
    for (const [bytes, options, words] of refusals) {
      const { code, message } = await failure(hypervisor.storageVolResize(disk, bytes, options))
      expect([code, message.includes(words)], message).toEqual(['ERR_INVALID_ARG', true])
    }
    await hypervisor.storageVolResize(disk, 2 ** 20, { delta: true, shrink: true })
    expect(await size()).toBe(8)
  })

  it('is copied, in another format and larger where that is asked for', async () => {
    const { hypervisor, path } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    const disk = { pool: 'images', name: 'disk' }
    await hypervisor.storageVolUpload(disk, bytes('contents of a disk'))
    const seen: JobProgress[] = []
    const { volume } = await hypervisor.storageVolCreateXmlFrom(
      'images',
      volumeXml('copy', `<capacity unit='MiB'>2</capacity><target><format type='qcow2'/></target>`),
      { original: disk, onProgress: (one) => seen.push(one) },
    )
    expect(volume).toMatchObject({ format: 'qcow2', capacityBytes: 2 * 2 ** 20 })
    expect(seen.at(-1)).toMatchObject({ kind: 'clone', remainingBytes: 0, totalBytes: 2 ** 20 })
    await execa('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', `${path}/copy`, `${path}/back`])
    expect(readFileSync(`${path}/back`, 'latin1').slice(0, 18)).toBe('contents of a disk')
  })

  it('is written to and read from, anywhere in it', async () => {
    const { hypervisor } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    const disk = { pool: 'images', name: 'disk' }
    const seen: number[] = []
    await hypervisor.storageVolUpload(disk, bytes('abc', 'def'), {
      offset: 1000,
      length: 6,
      onProgress: (one) => seen.push(one.processedBytes),
    })
    expect(seen).toEqual([3, 6])
    const read = async (offset: number, length?: number): Promise<string> =>
      (
        await collect(
          hypervisor.storageVolDownload(disk, { offset, ...(length !== undefined && { length }) }),
        )
      ).toString('latin1')
    expect(await read(999, 5)).toBe('\0abcd')
    expect((await read(0)).length).toBe(2 ** 20)
    expect(await read(2 ** 20 - 1, 100)).toBe('\0')
    expect(await read(2 ** 21)).toBe('')
    const { message } = await failure(
      hypervisor.storageVolUpload(disk, bytes('12345'), { length: 4 }),
    )
    expect(message).toContain('more than the 4 bytes that were announced')
    const { code } = await failure(hypervisor.storageVolUpload(disk, bytes('1'), { offset: -1 }))
    expect(code).toBe('ERR_INVALID_ARG')
  })

  it('that is not there is named as it was asked for', async () => {
    const { hypervisor, path } = await openPool()
    const by = await failure(hypervisor.storageVolLookup({ pool: 'images', name: 'x' }))
    expect(by.message).toBe(`Storage volume not found: no storage vol with matching name 'x'`)
    const at = await failure(hypervisor.storageVolLookup({ path: `${path}/x` }))
    expect(at.message).toBe(
      `Storage volume not found: no storage vol with matching path '${path}/x'`,
    )
  })

  it.each(['zero', 'random'] as const)(
    'is wiped with algorithm %s, and is raw then',
    async (algorithm) => {
      const { hypervisor, path } = await openPool()
      await hypervisor.storageVolCreateXml('images', volumeXml('disk', qcow2))
      const disk = { pool: 'images', name: 'disk' }
      const before = readFileSync(`${path}/disk`)
      await hypervisor.storageVolWipe(disk, { algorithm })
      const after = readFileSync(`${path}/disk`)
      expect(after.length).toBe(before.length)
      expect(after.subarray(0, 4096).equals(before.subarray(0, 4096))).toBe(false)
      if (algorithm === 'zero') expect(after.every((byte) => byte === 0)).toBe(true)
      expect(await hypervisor.storageVolLookup(disk)).toMatchObject({ format: 'raw' })
    },
  )

  it('cannot be trimmed away, and says what else there is', async () => {
    const { hypervisor } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    const { code } = await failure(
      hypervisor.storageVolWipe({ pool: 'images', name: 'disk' }, { algorithm: 'trim' }),
    )
    expect(code).toBe('ERR_OPERATION_UNSUPPORTED')
  })

  it('in the making can be given up, and nothing is left', async () => {
    const { hypervisor, path } = await openPool()
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    const stop = new AbortController()
    const endless = async function* (): AsyncGenerator<Buffer> {
      for (;;) {
        yield Buffer.alloc(1024)
        stop.abort()
      }
    }
    await failure(
      hypervisor.storageVolUpload({ pool: 'images', name: 'disk' }, endless(), {
        signal: stop.signal,
      }),
    )
    await failure(
      hypervisor.storageVolCreateXml('images', volumeXml('other', qcow2), { signal: stop.signal }),
    )
    expect(readdirSync(path)).toEqual(['disk'])
    await hypervisor.storageVolDelete({ pool: 'images', name: 'disk' })
  })
})
