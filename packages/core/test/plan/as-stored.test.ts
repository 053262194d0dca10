import { describe, expect, it } from 'vitest'
import { formatDomain } from '../../src/xml/parse-domain.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

const stored = (parts: Parameters<typeof toyXml>[0]): string =>
  formatDomain(planToy(toyXml(parts)).domain)

describe('what libvirt makes of a document is what is stored', () => {
  it('a network says at start where a display listens', () => {
    const xml = stored({
      devices: `<graphics type='spice' autoport='yes' listen='1.2.3.4'><listen type='network' network='n' address='1.2.3.4'/></graphics>`,
    })
    expect(xml).toContain("<listen type='network' network='n'/>")
    expect(xml).not.toContain('1.2.3.4')
  })

  it('channels of SPICE have an order, and those of any mode are not told', () => {
    const channel = (name: string, mode: string): string =>
      `<channel name='${name}' mode='${mode}'/>`
    const xml = stored({
      devices: `<graphics type='spice' autoport='yes'>${channel('usbredir', 'insecure')}${channel('main', 'any')}${channel('display', 'secure')}</graphics>`,
    })
    expect(xml.match(/<channel name='\w+'/g)).toEqual([
      "<channel name='display'",
      "<channel name='usbredir'",
    ])
  })

  it.each([
    ['yes', ['enrolled-keys', 'secure-boot']],
    ['no', ['enrolled-keys']],
  ])('keys are enrolled to boot by them: %s', (enabled, features) => {
    const xml = stored({
      os: `<os firmware='efi'><type arch='toy64' machine='toy'>hvm</type><firmware><feature enabled='${enabled}' name='enrolled-keys'/></firmware></os>`,
    })
    expect(
      [...xml.matchAll(/<feature enabled='\w+' name='([\w-]+)'/g)].map(([, name]) => name),
    ).toEqual(features)
  })
})
