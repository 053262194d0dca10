import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { liveDomain } from '../../src/hypervisor/live-domain.ts'
import { isChosen, pickCid, pickedCid } from '../../src/hypervisor/vsock-cid.ts'
import { ownIdentity } from '../../src/run/process-identity.ts'
import { openStore } from '../../src/store/index.ts'
import { formatDomain, parseDomain } from '../../src/xml/parse-domain.ts'
import { definition, uuid } from '../support/definitions.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { tempDir } from '../support/temp-dir.ts'

const vsock = (cid: string): string => toyXml({ devices: `<vsock model='virtio'>${cid}</vsock>` })

describe('an address on vsock', () => {
  it('is the first that no guest of the root has, and nobody else was found to have', async () => {
    using store = await openStore({ path: join(tempDir(), 'polyvirt.db') })
    expect(pickCid(store)).toBe(3)
    for (const [i, cid] of [3, 5].entries()) {
      const own = { ...definition(`g${i}`, uuid(i + 1)), xml: '<domain/>' }
      store.define(own)
      store.activate({
        ...{ uuid: own.uuid, id: i + 1, argv: [], process: ownIdentity(), stateDir: '', log: '' },
        ...{ emulator: '', monitor: '', state: 'running', reason: 'booted' },
        xml: `<domain><devices><vsock><cid auto='yes' address='${cid}'/></vsock></devices></domain>`,
      })
    }
    expect([pickCid(store), pickCid(store, new Set([4]))]).toEqual([4, 6])
  })

  it('is chosen where the document leaves it open, and shown', async () => {
    using store = await openStore({ path: join(tempDir(), 'polyvirt.db') })
    const picked = (cid: string): unknown =>
      pickedCid(parseDomain(vsock(cid)).domain, store, new Set())
    expect([picked(`<cid auto='yes'/>`), picked('')]).toEqual([{ vsockCid: 3 }, { vsockCid: 3 }])
    expect(picked(`<cid auto='no' address='7'/>`)).toEqual({})
    expect(isChosen({ auto: true, cid: 4 })).toBe(true)
    const { domain } = planToy(vsock(`<cid auto='yes'/>`))
    const facts = { chardevs: [], taps: {}, ports: {}, websockets: {}, vsockCid: 3 }
    expect(formatDomain(liveDomain(domain, facts))).toContain(`<cid auto='yes' address='3'/>`)
  })

  it('is asked of the kernel by QEMU itself; without a start, the line shows a descriptor', () => {
    const { argv } = planToy(vsock(`<cid auto='yes'/>`))
    const deviceOf = (line: readonly string[]): unknown =>
      JSON.parse(line.find((word) => word.includes('vsock')) ?? '{}')
    const started = deviceOf(argv({ opensDevices: true, vsockCid: 5 }))
    expect(started).toMatchObject({ 'guest-cid': 5 })
    expect(started).not.toHaveProperty('vhostfd')
    expect(deviceOf(argv())).toMatchObject({ vhostfd: '-1' })
  })
})
