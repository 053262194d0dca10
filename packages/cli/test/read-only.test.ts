import { describe, expect, it } from 'vitest'
import type { Hypervisor } from '../src/core.ts'
import { readOnlyHypervisor } from '../src/read-only-hypervisor.ts'
import { testDefault } from './memory-hypervisor.ts'

/** Calls a verb, which may be one that nobody here has heard of, on a read-only connection. */
async function ask(verb: string): Promise<unknown> {
  const hypervisor = await testDefault()
  Object.assign(hypervisor, { [verb]: () => Promise.resolve('done') })
  const call: unknown = Reflect.get(readOnlyHypervisor(hypervisor), verb)
  return typeof call === 'function' ? (call as () => Promise<unknown>)() : undefined
}

describe('a read-only connection', () => {
  it.each([
    ['domainDestroy', 'virDomainDestroy'],
    ['domainDefineXml', 'virDomainDefineXML'],
    ['domainAttachDevice', 'virDomainAttachDeviceFlags'],
    ['domainGetGuestInfo', 'virDomainGetGuestInfo'],
    ['domainOpenConsole', 'virDomainOpenConsole'],
    ['domainSave', 'virDomainSave'],
    ['domainSnapshotDelete', 'virDomainSnapshotDelete'],
    ['domainGetTime', 'virDomainGetTime'],
    ['domainScreenshot', 'virDomainScreenshot'],
    // Newer than the list, so it is refused before anybody has judged it.
    ['domainRenameEverything', 'virDomainRenameEverything'],
  ])('refuses %s', async (verb, call) => {
    await expect(ask(verb)).rejects.toThrow(
      `operation forbidden: read only access prevents ${call}`,
    )
  })

  it.each([
    'domainGetBlockStats',
    'connectGetAllDomainStats',
    'domainListAllSnapshots',
    'domainHasManagedSaveImage',
    'nodeGetInfo',
    'domainLookup',
  ])('lets %s through', async (verb) => {
    expect(await ask(verb)).toBe('done')
  })

  it('is closed as any other', async () => {
    const inner = await testDefault()
    const hypervisor: Hypervisor = readOnlyHypervisor(inner)
    await hypervisor.close()
    expect(inner.closed).toBe(true)
  })
})
