import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { driverOf, openIn, secretXml, tempDir, uuidOf } from './support/open.ts'

const sesame = Buffer.from('sesame')
const ceph = `<usage type='ceph'><name>client.admin secret</name></usage>`

describe('a secret', () => {
  it('is printed as libvirt prints it, without its value', async () => {
    const hypervisor = await openIn(tempDir())
    await hypervisor.secretDefineXml(
      secretXml(1, `<description>for Ceph</description>${ceph}`, `private='no'`),
    )
    await hypervisor.secretSetValue(uuidOf(1), sesame)
    expect(await hypervisor.secretGetXmlDesc(uuidOf(1))).toBe(`<secret ephemeral='no' private='no'>
  <uuid>${uuidOf(1)}</uuid>
  <description>for Ceph</description>
  <usage type='ceph'>
    <name>client.admin secret</name>
  </usage>
</secret>
`)
  })

  it('keeps its value for the next connection, in a file of its own that nobody else reads', async () => {
    const dir = tempDir()
    const first = await openIn(dir)
    await first.secretDefineXml(secretXml(1, ceph))
    await first.secretSetValue(uuidOf(1), sesame)
    const second = await openIn(dir)
    expect(Buffer.from(await second.secretGetValue(uuidOf(1)))).toEqual(sesame)
    const file = `${dir}/lib/secret/${uuidOf(1)}.base64`
    expect(readFileSync(file, 'utf8')).toBe('c2VzYW1l')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(`${dir}/lib/polyvirt.db`).includes('sesame')).toBe(false)
  })

  it('gets a UUID where it has none, and stands in the list by it', async () => {
    const hypervisor = await openIn(tempDir())
    const { secret } = await hypervisor.secretDefineXml('<secret/>')
    await hypervisor.secretDefineXml(secretXml(1, ceph, `private='yes'`))
    expect(await hypervisor.secretListAll()).toHaveLength(2)
    expect(await hypervisor.secretListAll({ private: true })).toEqual([
      {
        uuid: uuidOf(1),
        ephemeral: false,
        private: true,
        usage: { type: 'ceph', id: 'client.admin secret' },
      },
    ])
    expect(await hypervisor.secretLookup(secret.uuid.toUpperCase())).toEqual(secret)
  })

  it('that is private is told to no one but a guest', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.secretDefineXml(secretXml(1, ceph, `private='yes'`))
    await hypervisor.secretSetValue(uuidOf(1), sesame)
    await expect(hypervisor.secretGetValue(uuidOf(1))).rejects.toThrow(
      'Invalid secret: secret is private',
    )
    const driver = driverOf(dir)
    const value = await driver.resolve({ type: 'ceph', usage: 'client.admin secret' })
    expect(Buffer.from(value)).toEqual(sesame)
    await expect(hypervisor.secretDefineXml(secretXml(1, ceph))).rejects.toThrow(
      'cannot change private flag on existing secret',
    )
  })

  it('that is ephemeral has its value in no file that outlives the run of the machine', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.secretDefineXml(secretXml(1, ceph, `ephemeral='yes'`))
    await hypervisor.secretSetValue(uuidOf(1), sesame)
    expect(readdirSync(`${dir}/lib/secret`)).toEqual([])
    expect(readdirSync(`${dir}/run/secret`)).toEqual([`${uuidOf(1)}.base64`])
    const other = await openIn(dir)
    expect(Buffer.from(await other.secretGetValue(uuidOf(1)))).toEqual(sesame)
  })

  it('takes its value along where it becomes ephemeral, and back', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    const files = (): readonly (readonly string[])[] =>
      ['lib', 'run'].map((one) => readdirSync(`${dir}/${one}/secret`))
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    await hypervisor.secretSetValue(uuidOf(1), sesame)
    await hypervisor.secretDefineXml(secretXml(1, ceph, `ephemeral='yes'`))
    expect(files()).toEqual([[], [`${uuidOf(1)}.base64`]])
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    expect(files()).toEqual([[`${uuidOf(1)}.base64`], []])
    expect(Buffer.from(await hypervisor.secretGetValue(uuidOf(1)))).toEqual(sesame)
  })

  it('is forgotten with its value', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    await hypervisor.secretSetValue(uuidOf(1), sesame)
    await hypervisor.secretUndefine(uuidOf(1))
    expect(readdirSync(`${dir}/lib/secret`)).toEqual([])
    await expect(hypervisor.secretGetXmlDesc(uuidOf(1))).rejects.toThrow(
      `Secret not found: no secret with matching uuid '${uuidOf(1)}'`,
    )
    // Another one of that UUID begins without a value.
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    await expect(hypervisor.secretGetValue(uuidOf(1))).rejects.toThrow('does not have a value')
  })

  it('whose command was killed over it leaves no value behind', async () => {
    const dir = tempDir()
    mkdirSync(`${dir}/lib/secret`, { recursive: true, mode: 0o700 })
    for (const name of [`${uuidOf(7)}.base64`, `.${uuidOf(7)}.base64.999999-abc.new`])
      writeFileSync(`${dir}/lib/secret/${name}`, 'c2VzYW1l', { mode: 0o600 })
    const hypervisor = await openIn(dir)
    expect(await hypervisor.secretListAll()).toEqual([])
    expect(readdirSync(`${dir}/lib/secret`)).toEqual([])
  })
})

describe('what is refused', () => {
  it.each([
    [`<usage type='foo'><name>x</name></usage>`, 'ERR_CONFIG_UNSUPPORTED', `'foo' is not one of`],
    [`<usage type='ceph'/>`, 'ERR_XML_ERROR', 'says what it is for: <name>…</name>'],
    [`<usage type='volume'><name>x</name></usage>`, 'ERR_XML_ERROR', '<volume>…</volume>'],
    [`<uuid>nix</uuid>`, 'ERR_XML_ERROR', `'nix' is not a UUID`],
  ])('%s', async (inner, code, words) => {
    const hypervisor = await openIn(tempDir())
    const error = await hypervisor.secretDefineXml(`<secret>${inner}</secret>`).catch((e) => e)
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(words)
    expect(await hypervisor.secretListAll()).toEqual([])
  })

  it('is a second secret for one thing, and another thing for one secret', async () => {
    const hypervisor = await openIn(tempDir())
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    await expect(hypervisor.secretDefineXml(secretXml(2, ceph))).rejects.toThrow(
      `a secret with UUID ${uuidOf(1)} already defined for use with 'client.admin secret'`,
    )
    const other = `<usage type='ceph'><name>other</name></usage>`
    await expect(hypervisor.secretDefineXml(secretXml(1, other))).rejects.toThrow(
      `a secret with UUID ${uuidOf(1)} is already defined for use with 'client.admin secret'`,
    )
  })

  it('is a value that is empty, or longer than libvirt takes', async () => {
    const hypervisor = await openIn(tempDir())
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    await expect(hypervisor.secretSetValue(uuidOf(1), Buffer.alloc(0))).rejects.toThrow('not empty')
    await expect(hypervisor.secretSetValue(uuidOf(1), Buffer.alloc(65_537))).rejects.toThrow(
      'at most 65536',
    )
    await hypervisor.secretSetValue(uuidOf(1), Buffer.alloc(65_536, 1))
    expect(await hypervisor.secretGetValue(uuidOf(1))).toHaveLength(65_536)
  })

  it('is a name that is no UUID, with where UUIDs are shown', async () => {
    const hypervisor = await openIn(tempDir())
    await expect(hypervisor.secretLookup('nix')).rejects.toThrow('secret-list shows them')
  })

  it('is a secret that is for something else', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.secretDefineXml(secretXml(1, ceph))
    await hypervisor.secretSetValue(uuidOf(1), sesame)
    const driver = driverOf(dir)
    await expect(driver.resolve({ type: 'passphrase', uuid: uuidOf(1) })).rejects.toThrow(
      `is for 'ceph', and here one for 'volume' is needed`,
    )
    await expect(driver.resolve({ type: 'iscsi', usage: 'client.admin secret' })).rejects.toThrow(
      `no secret with matching usage 'client.admin secret'; define it with secret-define`,
    )
  })
})
