import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { failure, openIn, openPool, poolXml, tempDir } from './support/open.ts'

describe('a pool', () => {
  it('is defined, built, started, stopped, deleted and undefined', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    const path = `${dir}/deep/images`
    const { pool } = await hypervisor.storagePoolDefineXml(poolXml(path))
    expect(pool).toMatchObject({ state: 'inactive', active: false, capacityBytes: 0 })
    const early = await failure(hypervisor.storagePoolCreate('images'))
    expect(early.message).toBe(`cannot open directory '${path}': No such file or directory`)
    await hypervisor.storagePoolBuild('images')
    expect(statSync(path).mode & 0o777).toBe(0o711)
    const started = await hypervisor.storagePoolCreate('images')
    expect(started).toMatchObject({ state: 'running', persistent: true, autostart: false })
    expect(started.capacityBytes).toBe(started.allocationBytes + started.availableBytes)
    await hypervisor.storagePoolDestroy('images')
    await hypervisor.storagePoolDelete(pool.uuid)
    expect(existsSync(path)).toBe(false)
    await hypervisor.storagePoolUndefine('images')
    expect(await hypervisor.storagePoolListAll()).toEqual([])
  })

  it(`has a document like libvirt's, with the directory's own mode and owner`, async () => {
    const { hypervisor, path } = await openPool()
    const { uuid, capacityBytes, allocationBytes, availableBytes } =
      await hypervisor.storagePoolLookup('images')
    const { uid, gid } = statSync(path)
    expect(await hypervisor.storagePoolGetXmlDesc('images')).toBe(`<pool type='dir'>
  <name>images</name>
  <uuid>${uuid}</uuid>
  <capacity unit='bytes'>${capacityBytes}</capacity>
  <allocation unit='bytes'>${allocationBytes}</allocation>
  <available unit='bytes'>${availableBytes}</available>
  <source/>
  <target>
    <path>${path}</path>
    <permissions>
      <mode>0711</mode>
      <owner>${uid}</owner>
      <group>${gid}</group>
    </permissions>
  </target>
</pool>
`)
  })

  it('of a directory is what is offered, with volumes of the formats that one may have', async () => {
    const hypervisor = await openIn(tempDir())
    const xml = await hypervisor.connectGetStoragePoolCapabilities()
    expect(xml).toContain(`<storagepoolCapabilities>
  <pool type='dir' supported='yes'>
    <volOptions>
      <defaultFormat type='raw'/>
      <enum name='targetFormatType'>
        <value>raw</value>
        <value>qcow2</value>`)
    expect(xml.match(/supported='yes'/g)).toHaveLength(1)
    expect(xml).toContain(`<pool type='rbd' supported='no'/>`)
  })

  it('says so where no directory can be made', async () => {
    const hypervisor = await openIn(tempDir())
    await hypervisor.storagePoolDefineXml(poolXml('/proc/no-such/images'))
    const { message } = await failure(hypervisor.storagePoolBuild('images'))
    expect(message).toBe(
      `cannot build the directory '/proc/no-such/images': No such file or directory`,
    )
  })

  it('says what it is too early or too late for', async () => {
    const { hypervisor } = await openPool()
    const active = [
      [() => hypervisor.storagePoolCreate('images'), 'is already active'],
      [() => hypervisor.storagePoolBuild('images'), 'is already active'],
      [() => hypervisor.storagePoolUndefine('images'), 'is still active'],
      [() => hypervisor.storagePoolDelete('images'), 'is still active'],
    ] as const
    for (const [call, words] of active) {
      const { code, message } = await failure(call())
      expect([code, message]).toEqual([
        'ERR_OPERATION_INVALID',
        `Requested operation is not valid: storage pool 'images' ${words}`,
      ])
    }
    await hypervisor.storagePoolDestroy('images')
    const inactive = [
      () => hypervisor.storagePoolDestroy('images'),
      () => hypervisor.storagePoolRefresh('images'),
      () => hypervisor.storageVolListAll('images'),
      () => hypervisor.storageVolLookup({ pool: 'images', name: 'x' }),
    ]
    for (const call of inactive) {
      expect((await failure(call())).message).toBe(
        `Requested operation is not valid: storage pool 'images' is not active`,
      )
    }
    expect((await failure(hypervisor.storagePoolLookup('other'))).message).toBe(
      `Storage pool not found: no storage pool with matching name 'other'`,
    )
  })

  it('is not deleted while something is in it', async () => {
    const { hypervisor, path } = await openPool()
    writeFileSync(`${path}/kept`, 'x')
    await hypervisor.storagePoolDestroy('images')
    const { message } = await failure(hypervisor.storagePoolDelete('images'))
    expect(message).toBe(`failed to remove pool '${path}': Directory not empty`)
    expect(existsSync(`${path}/kept`)).toBe(true)
  })

  it('keeps its UUID when it is defined again, and autostart', async () => {
    const { hypervisor, path } = await openPool()
    const before = await hypervisor.storagePoolLookup('images')
    await hypervisor.storagePoolSetAutostart('images', true)
    const { pool } = await hypervisor.storagePoolDefineXml(poolXml(path))
    expect(pool).toMatchObject({ uuid: before.uuid, autostart: true, active: true })
    expect(await hypervisor.storagePoolListAll({ autostart: false })).toEqual([])
    expect(await hypervisor.storagePoolListAll({ autostart: true, types: ['dir'] })).toHaveLength(1)
  })

  it('that is transient is forgotten when it is stopped, and cannot start by itself', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    mkdirSync(`${dir}/there`)
    const { pool } = await hypervisor.storagePoolCreateXml(poolXml(`${dir}/there`))
    expect(pool).toMatchObject({ active: true, persistent: false })
    expect((await failure(hypervisor.storagePoolSetAutostart('images', true))).message).toBe(
      'invalid argument: pool has no config file',
    )
    await hypervisor.storagePoolDestroy('images')
    expect(await hypervisor.storagePoolListAll()).toEqual([])
  })

  it('has a directory of its own', async () => {
    const { hypervisor, path } = await openPool()
    const { code, message } = await failure(
      hypervisor.storagePoolDefineXml(poolXml(`${path}//`, 'twin')),
    )
    expect(code).toBe('ERR_OPERATION_FAILED')
    expect(message).toContain(`Storage source conflict with pool: 'images'`)
  })

  it('is stopped by a refresh that does not find its directory', async () => {
    const { hypervisor, path } = await openPool()
    const { rmdirSync } = await import('node:fs')
    rmdirSync(path)
    const { code } = await failure(hypervisor.storagePoolRefresh('images'))
    expect(code).toBe('ERR_SYSTEM_ERROR')
    expect((await hypervisor.storagePoolLookup('images')).active).toBe(false)
  })

  it('is found by its directory while it is active', async () => {
    const { hypervisor, path } = await openPool()
    const found = await hypervisor.storagePoolLookupByTargetPath(`${path}/`)
    expect(found.name).toBe('images')
    const { code } = await failure(hypervisor.storagePoolLookupByTargetPath('/nowhere'))
    expect(code).toBe('ERR_NO_STORAGE_POOL')
  })

  it('is seen by every connection of the same root', async () => {
    const { dir } = await openPool()
    const other = await openIn(dir)
    expect(await other.storagePoolLookup('images')).toMatchObject({ active: true })
    await other.storagePoolDestroy('images')
  })
})
