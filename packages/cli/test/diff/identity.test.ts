import { describe, expect, it } from 'vitest'
import { loadXmlReader } from '../../src/core.ts'
import { disguise, fixIdentity, identityOf, undisguise } from '../../src/diff/identity.ts'

const readXml = await loadXmlReader()
const as = { name: 'fresh', uuid: '11111111-2222-4333-8444-555555555555' }
const uuid = 'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const fix = (text: string, arch?: string): string => fixIdentity(text, readXml(text), arch)
const hide = (text: string): string => disguise(text, readXml(text), as)

describe('a document gets what would be made up at each definition', () => {
  it('once, and the same each time, without a line more', () => {
    const text = `<domain><!-- <name>b</name> --><name>a</name>
  <genid/><os><type>hvm</type></os>
  <devices><interface type='user'/><interface a='>'>
    <mac address='x'/></interface><interface type="bridge"><source bridge='b'/></interface>
  </devices></domain>`
    const fixed = fix(text, 'ppc64le')
    expect(fixed)
      .toBe(`<domain><!-- <name>b</name> --><name>a</name><uuid>00000000-0000-4000-8000-000000000000</uuid>
  <genid>00000000-0000-4000-8000-000000000001</genid><os><type arch='ppc64le'>hvm</type></os>
  <devices><interface type='user'><mac address='52:54:00:ff:00:00'/></interface><interface a='>'>
    <mac address='x'/></interface><interface type="bridge"><mac address='52:54:00:ff:00:01'/><source bridge='b'/></interface>
  </devices></domain>`)
    expect(fix(fixed, 'x86_64')).toBe(fixed)
  })

  it('and a document without a name stays one', () => {
    expect(fix('<domain/>')).toBe('<domain/>')
  })
})

describe('a document under another identity', () => {
  it('has no word of its own any more where a domain could be meant', () => {
    const sysinfo = `<sysinfo><system><entry name='serial'>a</entry><entry name='uuid'>${uuid.toLowerCase()}</entry></system></sysinfo>`
    const text = `<domain><uuid> ${uuid}\n</uuid><name>a</name><title>a</title>${sysinfo}</domain>`
    expect(hide(text)).toBe(
      `<domain><uuid>${as.uuid}</uuid><name>fresh</name><title>a</title>${sysinfo.replace(uuid.toLowerCase(), as.uuid)}</domain>`,
    )
    expect(
      hide(`<domain><name>..</name><uuid>aaaaaaaa bbbb4ccc8dddeeeeeeeeeeee</uuid></domain>`),
    ).toBe(`<domain><name>fresh</name><uuid>${as.uuid}</uuid></domain>`)
  })

  it('keeps one that is refused, as the refusal is the answer', () => {
    for (const text of [
      '<domain><name>a/b</name></domain>',
      '<domain><name>a\nb</name></domain>',
      '<domain><name></name></domain>',
      '<domain><uuid>x</uuid></domain>',
    ]) {
      expect(hide(text)).toBe(text)
    }
  })

  it('is given its own back in what was said of it', () => {
    const own = identityOf(readXml(`<domain><name>a&amp;b</name><uuid>${uuid}</uuid></domain>`))
    expect(own).toEqual({ name: 'a&b', uuid: uuid.toLowerCase() })
    expect(undisguise(own, as)(`/x/fresh/${as.uuid}.sock`)).toBe(
      `/x/a&b/${uuid.toLowerCase()}.sock`,
    )
  })
})
