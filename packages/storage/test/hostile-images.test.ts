import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { execa } from 'execa'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readImageHeader } from '../src/images/image-header.ts'
import { readQcow2 } from '../src/images/qcow2-header.ts'
import { bytes, driverOf, failure, openPool, qcow2, raw, volumeXml } from './support/open.ts'
import type { OpenPool } from './support/open.ts'

async function made(path: string, ...options: readonly string[]): Promise<Buffer> {
  await execa('qemu-img', ['create', '-q', ...options, path, '1M'])
  return readFileSync(path)
}

describe('the header of an image', () => {
  it('never makes its reader fail, whatever the bytes', async () => {
    const { dir } = await openPool()
    const seeds = await Promise.all(
      ['qcow2', 'qcow', 'qed', 'vmdk', 'vdi', 'vpc', 'vhdx'].map((format) =>
        made(`${dir}/${format}`, '-f', format),
      ),
    )
    const change = fc.record({
      seed: fc.constantFrom(...seeds),
      cut: fc.integer({ min: 0, max: 600 }),
      at: fc.integer({ min: 0, max: 512 }),
      bytes: fc.uint8Array({ maxLength: 16 }),
    })
    fc.assert(
      fc.property(change, ({ seed, cut, at, bytes: written }) => {
        const copy = Buffer.from(seed.subarray(0, cut < 500 ? 65_536 : cut - 500))
        copy.set(written.subarray(0, Math.max(0, copy.length - at)), Math.min(at, copy.length))
        const { format, capacity } = readImageHeader(copy)
        expect(typeof format).toBe('string')
        if (capacity !== undefined) expect(Number.isSafeInteger(capacity)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it(`says of QEMU's own images what QEMU says`, async () => {
    const { dir } = await openPool()
    const image = await made(
      `${dir}/a`,
      '-f',
      'qcow2',
      '-o',
      'compat=0.10',
      '-u',
      '-b',
      '/b/c',
      '-F',
      'qed',
    )
    expect(readQcow2(image)).toEqual({
      capacity: 2 ** 20,
      compat: '0.10',
      clusterSize: 65_536,
      lazyRefcounts: false,
      extendedL2: false,
      encrypted: false,
      backing: '/b/c',
      backingFormat: 'qed',
    })
  })
})

/** Puts a file into a pool as somebody who may write there does. */
async function planted({ path }: OpenPool, name: string, image: Buffer): Promise<void> {
  writeFileSync(`${path}/${name}`, image)
}

describe('an image that somebody sent', () => {
  it('is not opened where it names a file of the host below it', async () => {
    const pool = await openPool()
    const { hypervisor, dir } = pool
    writeFileSync(`${dir}/secret`, 'x'.repeat(4096))
    const evil = await made(`${dir}/evil`, '-f', 'qcow2', '-u', '-b', `${dir}/secret`, '-F', 'raw')
    await planted(pool, 'evil', evil)
    const original = { pool: 'images', name: 'evil' }
    const attempts = [
      () => hypervisor.storageVolCreateXmlFrom('images', volumeXml('copy', ''), { original }),
      () => hypervisor.storageVolResize(original, 2 ** 21),
      () => driverOf(pool).resolve('images', 'evil'),
    ]
    for (const attempt of attempts) {
      const { code, message } = await failure(attempt())
      expect(code).toBe('ERR_OPERATION_INVALID')
      expect(message).toContain(`names '${dir}/secret' below it, which is outside of the pools`)
    }
  })

  it('is opened where what is below it is in a pool, or was named by its own document', async () => {
    const pool = await openPool()
    const { hypervisor, dir, path } = pool
    await made(`${dir}/base`, '-f', 'qcow2')
    await hypervisor.storageVolCreateXml(
      'images',
      volumeXml(
        'over',
        `<target><format type='qcow2'/></target><backingStore><path>${dir}/base</path><format type='qcow2'/></backingStore>`,
      ),
    )
    await planted(
      pool,
      'top',
      await made(`${dir}/t`, '-f', 'qcow2', '-u', '-b', 'inner', '-F', 'qcow2'),
    )
    await planted(pool, 'inner', await made(`${dir}/i`, '-f', 'qcow2'))
    const driver = driverOf(pool)
    expect(await driver.resolve('images', 'over')).toEqual({
      path: `${path}/over`,
      type: 'file',
      format: 'qcow2',
    })
    expect(await driver.resolve('images', 'top')).toMatchObject({ format: 'qcow2' })
  })

  it('is not opened where its data are in a file of its own choice, or it goes round in a circle', async () => {
    const pool = await openPool()
    const { dir } = pool
    mkdirSync(`${dir}/made`)
    await planted(
      pool,
      'data',
      await made(`${dir}/made/d`, '-f', 'qcow2', '-o', `data_file=${dir}/made/x`),
    )
    await planted(
      pool,
      'json',
      await made(`${dir}/made/j`, '-f', 'qcow2', '-u', '-b', 'json:{"driver":"file"}', '-F', 'raw'),
    )
    await planted(
      pool,
      'round',
      await made(`${dir}/made/r`, '-f', 'qcow2', '-u', '-b', 'round', '-F', 'qcow2'),
    )
    await planted(pool, 'flat', Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/shadow" 0\n'))
    const driver = driverOf(pool)
    const words = {
      data: 'names other files that hold its data',
      json: 'names below it is no path',
      round: 'go round in a circle',
      flat: 'names other files that hold its data',
    }
    for (const [name, said] of Object.entries(words)) {
      expect((await failure(driver.resolve('images', name))).message, name).toContain(said)
    }
  })
})

describe('a raw volume', () => {
  it('stays raw whatever its guest writes into it', async () => {
    const pool = await openPool()
    const { hypervisor, dir, path } = pool
    writeFileSync(`${dir}/secret`, 'x'.repeat(4096))
    const evil = await made(`${dir}/evil`, '-f', 'qcow2', '-u', '-b', `${dir}/secret`, '-F', 'raw')
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    writeFileSync(`${path}/foreign`, Buffer.alloc(2 ** 20))
    const driver = driverOf(pool)
    // This is when a guest gets it; from here on the bytes are the guest's.
    await driver.resolve('images', 'foreign')
    for (const name of ['disk', 'foreign']) {
      const file = openSync(`${path}/${name}`, 'r+')
      writeSync(file, evil, 0, 65_536, 0)
      closeSync(file)
      await hypervisor.storagePoolRefresh('images')
      expect(await driver.resolve('images', name), name).toMatchObject({ format: 'raw' })
      const { format, capacityBytes } = await hypervisor.storageVolLookup({ pool: 'images', name })
      expect([format, capacityBytes]).toEqual(['raw', 2 ** 20])
    }
  })

  it('takes the format of what its owner uploads', async () => {
    const { hypervisor, dir } = await openPool()
    const image = await made(`${dir}/image`, '-f', 'qcow2')
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', raw))
    await hypervisor.storageVolUpload({ pool: 'images', name: 'disk' }, bytes(image))
    const found = await hypervisor.storageVolLookup({ pool: 'images', name: 'disk' })
    expect(found).toMatchObject({ format: 'qcow2', capacityBytes: 2 ** 20 })
  })

  it('that replaced another of its name is looked at anew', async () => {
    const pool = await openPool()
    const { hypervisor, dir, path } = pool
    await hypervisor.storageVolCreateXml('images', volumeXml('disk', qcow2))
    writeFileSync(`${dir}/new`, Buffer.alloc(4096))
    await execa('mv', ['-f', `${dir}/new`, `${path}/disk`])
    appendFileSync(`${path}/disk`, 'x')
    expect(await hypervisor.storageVolLookup({ pool: 'images', name: 'disk' })).toMatchObject({
      format: 'raw',
    })
  })
})
