import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { guestXml } from '../support/real-arch.ts'
import { openToOthers, testRoot } from '../support/hypervisor.ts'

describe('definitions', () => {
  test('a definition is kept, replaced and removed, and every process sees the same', async () => {
    const root = testRoot()
    const [one, two] = [await root.open(), await root.open()]
    const { domain } = await one.domainDefineXml(
      guestXml({ name: 'a', more: '<title>first</title>' }),
    )
    expect(domain).toMatchObject({
      name: 'a',
      state: 'shut off',
      persistent: true,
      title: 'first',
      arch: 'small64',
    })
    expect(domain).not.toHaveProperty('id')
    const again = await two.domainDefineXml(guestXml({ name: 'a', more: '<title>second</title>' }))
    expect(again.domain.uuid).toBe(domain.uuid)
    expect(await one.domainGetXmlDesc('a')).toContain('<title>second</title>')
    expect(await one.domainLookup(domain.uuid)).toMatchObject({ name: 'a' })
    await one.domainUndefine('a')
    expect(await two.connectListAllDomains()).toEqual([])
    await expect(two.domainLookup('a')).rejects.toMatchObject({
      code: 'ERR_NO_DOMAIN',
      message: "Domain not found: no domain with matching name 'a'",
    })
  })

  test('U-27, U-28 a name or UUID of another domain is refused and the other one named', async () => {
    const hypervisor = await testRoot().open()
    const { domain } = await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    const sameName = guestXml({ name: 'b' }).replace('<name>b<', '<name>a<')
    await expect(hypervisor.domainDefineXml(sameName)).rejects.toMatchObject({
      code: 'ERR_OPERATION_FAILED',
      message: expect.stringContaining(`domain 'a' already exists with uuid ${domain.uuid}`),
    })
    const sameUuid = guestXml({ name: 'a' }).replace('<name>a<', '<name>b<')
    await expect(hypervisor.domainDefineXml(sameUuid)).rejects.toMatchObject({
      message: expect.stringContaining(`'a'`),
    })
    expect(await hypervisor.connectListAllDomains()).toHaveLength(1)
  })

  test.each([
    ['/bin/sh', 'is no emulator by its name'],
    ['/nope/qemu-system-x', 'does not exist'],
    ['/nope/qemu-kvm', 'leave <emulator> out'],
    ['/usr/bin', 'is not a regular file'],
    ['qemu-system-x86_64', 'is not an absolute path'],
    ['', 'is an empty path'],
  ])('P-21 the emulator %j is refused, with its line, and never executed', async (path, says) => {
    const hypervisor = await testRoot().open()
    const xml = guestXml({ name: 'a', devices: `\n<emulator>${path}</emulator>` })
    await expect(hypervisor.domainDefineXml(xml)).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNSUPPORTED',
      problems: [
        { path: 'devices/emulator', place: { line: 9 }, message: expect.stringContaining(says) },
      ],
    })
    expect(await hypervisor.connectListAllDomains()).toEqual([])
  })

  test('what firmware is chosen by is kept in an order of its own', async () => {
    const hypervisor = await testRoot().open()
    const feature = (name: string): string => `<feature enabled='no' name='${name}'/>`
    const xml = guestXml({ name: 'a' })
      .replace('<os>', "<os firmware='efi'>")
      .replace(
        '</os>',
        `<firmware>${feature('secure-boot')}${feature('enrolled-keys')}</firmware></os>`,
      )
    await hypervisor.domainDefineXml(xml)
    expect(await hypervisor.domainGetXmlDesc('a')).toMatch(/enrolled-keys[^]*secure-boot/)
  })

  test('variables beside firmware that keeps none are kept, and said to have no effect', async () => {
    const hypervisor = await testRoot().open()
    const xml = guestXml({ name: 'a' }).replace(
      '</os>',
      "<loader type='rom'>/fw</loader><nvram>/v</nvram></os>",
    )
    const { warnings } = await hypervisor.domainDefineXml(xml)
    expect(warnings).toMatchObject([{ path: 'os/nvram' }])
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('<nvram>/v</nvram>')
  })

  test('firmware whose variables begin as nobody knows what is not started', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const firmware = `${root.dir}/fw`
    writeFileSync(firmware, '')
    const xml = guestXml({ name: 'a' }).replace(
      '</os>',
      `<loader readonly='yes' type='pflash'>${firmware}</loader></os>`,
    )
    await hypervisor.domainDefineXml(xml)
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(
      /no template of '[^']*fw' is known: name one with <nvram template='…'\/>/,
    )
    expect(root.guests()).toEqual([])
  })

  test('G18 nobody else can look into the state', async () => {
    const root = testRoot()
    const before = process.umask(0)
    try {
      const hypervisor = await root.open()
      await hypervisor.domainCreateXml(
        guestXml({
          name: 'a',
          devices: "<channel type='unix'><target type='virtio' name='x'/></channel>",
        }),
      )
      expect(root.guests()).toHaveLength(1)
      expect(openToOthers(root.dir)).toEqual([])
      await hypervisor.domainDestroy('a')
    } finally {
      process.umask(before)
    }
  })
})
