import { join } from 'node:path'
import { expect, it } from 'vitest'
import { domainError } from '../../src/errors.ts'
import { withFreePlaces } from '../../src/hypervisor/free-places.ts'
import { openStore } from '../../src/store/index.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { toyXml } from '../support/plan-toy.ts'
import { tempDir } from '../support/temp-dir.ts'

it('a start is tried with the next address on vsock where somebody unknown has the first', async () => {
  using store = await openStore({ path: join(tempDir(), 'polyvirt.db') })
  const devices = `<vsock model='virtio'><cid auto='yes'/></vsock>`
  const { domain } = parseDomain(toyXml({ devices }))
  const inUse = `process exited with status 1: vhost-vsock: unable to set guest cid: Address already in use`
  const tried: (number | undefined)[] = []
  const started = await withFreePlaces(domain, store, async ({ vsockCid }) => {
    tried.push(vsockCid)
    if (tried.length < 3) throw domainError('ERR_INTERNAL_ERROR', inUse)
    return 'started'
  })
  expect([started, tried]).toEqual(['started', [3, 4, 5]])
  const other = domainError('ERR_INTERNAL_ERROR', 'process exited with status 1: said nothing')
  await expect(withFreePlaces(domain, store, () => Promise.reject(other))).rejects.toBe(other)
})
