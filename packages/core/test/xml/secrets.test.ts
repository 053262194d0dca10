import { describe, expect, test } from 'vitest'
import { formatDomain, parseDomain, withoutSecrets } from '../../src/xml/parse-domain.ts'

const xml = `<domain type='qemu'><name>x</name><os><type>hvm</type></os><devices>
<graphics type='vnc' passwd='secret' passwdValidTo='2030-01-01T00:00:00'/><graphics type='spice'/>
</devices></domain>`

describe('a document as it is shown', () => {
  const { domain } = parseDomain(xml)

  test('has no passwords, and all the rest', () => {
    const shown = formatDomain(withoutSecrets(domain))
    expect(shown).not.toContain('secret')
    expect(shown).toContain("<graphics type='vnc' passwdValidTo='2030-01-01T00:00:00'/>")
    expect(shown).toContain("<graphics type='spice'/>")
  })

  test('is stored with them', () => {
    expect(formatDomain(domain)).toContain("passwd='secret'")
  })

  test('is the same where there is nothing to hide', () => {
    const { domain: plain } = parseDomain(xml.replaceAll(/<graphics[^>]*>/g, ''))
    expect(withoutSecrets(plain)).toBe(plain)
  })
})
