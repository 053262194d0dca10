import { rmSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { failure, listen, openIn, poolXml, tempDir, volumeXml, raw } from './support/open.ts'

it('tells what happens to pools and their folders, and of no volume', async () => {
  const dir = tempDir()
  const hypervisor = await openIn(dir)
  const heard = await listen(
    (signal) => hypervisor.storagePoolEvents({ signal }),
    () => hypervisor.storagePoolDefineXml(poolXml(`${dir}/probe`, 'probe')),
  )
  const path = `${dir}/images`
  await hypervisor.storagePoolDefineXml(poolXml(path))
  await failure(hypervisor.storagePoolCreate('images'))
  await hypervisor.storagePoolBuild('images')
  await hypervisor.storagePoolCreate('images')
  await hypervisor.storageVolCreateXml('images', volumeXml('a', raw))
  await hypervisor.storagePoolRefresh('images')
  await hypervisor.storageVolDelete({ pool: 'images', name: 'a' })
  await hypervisor.storagePoolDestroy('images')
  await hypervisor.storagePoolDelete('images')
  await hypervisor.storagePoolBuild('images')
  await hypervisor.storagePoolCreate('images')
  rmSync(path, { recursive: true })
  await failure(hypervisor.storagePoolRefresh('images'))
  await hypervisor.storagePoolUndefine('images')
  await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ event: 'undefined' }))
  expect(heard.map(({ pool, event }) => `${pool.name} ${event}`)).toEqual(
    [
      ...['defined', 'created', 'started', 'refreshed', 'stopped', 'deleted'],
      ...['created', 'started', 'stopped', 'undefined'],
    ].map((event) => `images ${event}`),
  )
})
