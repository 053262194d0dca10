import { describe, expect, test } from 'vitest'
import { decodeXml } from '../../src/xml/decode-xml.ts'
import { formatDomain, parseDomain } from '../../src/xml/parse-domain.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { expectRefusal, refusalOf } from '../support/hostile.ts'
import type { Refusal } from '../support/hostile.ts'

const entity = (body: string): string => `<!DOCTYPE domain [${body}]>\n<domain>&a;</domain>`
const doctype = { at: '1:1', says: 'a DOCTYPE is not accepted' }
const deep = (depth: number): string => '<a>'.repeat(depth)
const size = { says: 'at most 4194304 (4 MiB) are read' }

const rows: Readonly<Record<string, Refusal>> = {
  'X-01 an empty file': { xml: '', at: '1:1', says: 'must contain a root element' },
  'X-02 blanks only': { xml: '  \n ', at: '2:2', says: 'must contain a root element' },
  'X-03 no markup': { xml: 'hello', at: '1:6', says: 'text data outside of root node' },
  'X-04 an end inside a tag': { xml: `<domain type='q`, at: '1:16', says: 'ends inside a tag' },
  'X-04 an end inside a tag below': {
    xml: '<domain\n><a b',
    at: '2:6',
    says: 'the document ends inside a tag',
  },
  'X-04 an end inside an element': {
    xml: '<domain>\n<name>x',
    at: '2:8',
    says: 'unclosed tag: name',
  },
  'X-05 another root': {
    xml: '\n<network/>',
    at: '2:1',
    says: 'the document is <network>; expected <domain>',
  },
  'X-06 depth 257': { xml: deep(257), at: '1:769', says: 'nested deeper than 256' },
  'X-06 depth 10,000': { xml: deep(10_000), at: '1:769', says: 'nested deeper than 256' },
  'X-06 depth 10⁶': { xml: deep(1_000_000), at: '1:769', says: 'nested deeper than 256' },
  'X-08 a huge description': {
    xml: toyXml({ more: `<description>${'x'.repeat(5_000_000)}</description>` }),
    ...size,
  },
  'X-09 a huge attribute': { xml: `<domain type='${'x'.repeat(11_000_000)}'/>`, ...size },
  'X-09 an attribute of 64 KiB': {
    xml: `<domain type='${'x'.repeat(65_537)}'/>`,
    at: '1:1',
    says: 'more than 65536 bytes',
  },
  'X-10 billion laughs': { xml: entity('<!ENTITY b "lol"><!ENTITY a "&b;&b;">'), ...doctype },
  'X-11 unused entities': { xml: '<!DOCTYPE d [<!ENTITY b "lol">]><domain/>', ...doctype },
  'X-12 quadratic blow-up': { xml: entity(`<!ENTITY a "${'x'.repeat(50_000)}">`), ...doctype },
  'X-13 an external entity, file': {
    xml: entity('<!ENTITY a SYSTEM "file:///etc/passwd">'),
    ...doctype,
  },
  'X-14 an external entity, http': {
    xml: entity('<!ENTITY a SYSTEM "http://127.0.0.1/">'),
    ...doctype,
  },
  'X-15 an external DTD': {
    xml: '<!DOCTYPE domain SYSTEM "http://127.0.0.1/d.dtd"><domain/>',
    ...doctype,
  },
  'X-16 a parameter entity': {
    xml: '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///x">%p;]><domain/>',
    ...doctype,
  },
  'X-17 XInclude': {
    xml: toyXml({
      more: `<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>`,
    }),
    at: '7:1',
    says: 'XInclude is not offered',
  },
  'X-18 an undefined entity': {
    xml: '<domain>&nope;</domain>',
    at: '1:15',
    says: 'undefined entity',
  },
  'X-19 comments without end': {
    xml: `<domain>${'<!---->'.repeat(300_000)}</domain>`,
    at: '1:700008',
    says: 'more than 100000 nodes',
  },
  'X-20 siblings without end': {
    xml: `<domain>${'<a/>'.repeat(1_000_000)}</domain>`,
    at: '1:400009',
    says: 'more than 100000 nodes',
  },
  'X-21 100,000 attributes': {
    xml: `<domain ${Array.from({ length: 100_000 }, (_, i) => `a${i}=''`).join(' ')}/>`,
    at: '1:1',
    says: 'more than 256 attributes',
  },
  'X-22 an attribute twice': {
    xml: `<domain type='a'\n  id='1' type='b'/>`,
    at: '2:10',
    says: `'type' is given twice, at 1:9 and 2:10`,
  },
  'X-22 twice behind a decoy': {
    xml: `<domain x='y="1"' y='2' y='3'/>`,
    at: '1:25',
    says: `'y' is given twice, at 1:19 and 1:25`,
  },
  'X-23 a reference to NUL': {
    xml: '<domain>&#0;</domain>',
    at: '1:13',
    says: 'malformed character entity',
  },
  'X-24 a reference to a control character': {
    xml: '<domain>&#1;</domain>',
    at: '1:13',
    says: 'malformed character entity',
  },
  'X-24 a reference to U+FFFE': {
    xml: '<domain>&#xFFFE;</domain>',
    at: '1:17',
    says: 'malformed character entity',
  },
  'X-25 a raw control character': {
    xml: '<domain>\u0001</domain>',
    at: '1:10',
    says: 'disallowed character',
  },
  'X-27 a lone surrogate': {
    xml: '<domain>\n\u{1f600}\ud800</domain>',
    at: '2:3',
    says: 'lone surrogate',
  },
  'X-28 Latin-1 declared': {
    xml: `<?xml version='1.0' encoding='ISO-8859-1'?><domain/>`,
    says: 'domain XML is UTF-8',
  },
  'X-29 an unknown encoding': {
    xml: `<?xml version='1.0' encoding='x-klingon'?><domain/>`,
    says: 'domain XML is UTF-8',
  },
  'X-31 XML 1.1': { xml: `<?xml version='1.1'?><domain/>`, says: `XML version '1.1' is not 1.0` },
  'X-31 an instruction in front': {
    xml: '<?php echo 1 ?><domain/>',
    says: 'processing instructions are not accepted',
  },
  'X-32 two roots': { xml: '<domain/><domain/>', at: '1:18', says: 'only one root' },
  'X-32 trailing text': {
    xml: '<domain/>junk',
    at: '1:14',
    says: 'text data outside of root node',
  },
  'X-33 two names': {
    xml: toyXml({ name: '<name>a</name><name>b</name>' }),
    path: 'name[2]',
    at: '2:15',
    says: 'the first is at line 2',
  },
  'X-33 two memories': {
    xml: toyXml({ more: `<memory unit='MiB'>64</memory>` }),
    path: 'memory[2]',
    at: '7:1',
    says: 'the first is at line 4',
  },
  'X-33 two <os>': {
    xml: toyXml({ more: '<os><type>hvm</type></os>' }),
    path: 'os[2]',
    at: '7:1',
    says: 'the first is at line 6',
  },
  'X-33 two <source>': {
    xml: toyXml({
      devices: `<disk><source file='/a'/><source file='/b'/><target dev='vda'/></disk>`,
    }),
    path: 'devices/disk[1]/source[2]',
    at: '9:26',
    says: '<source> may stand only once',
  },
  'X-34 a default namespace': {
    xml: toyXml({ root: `<domain xmlns='http://example.org/'>` }),
    at: '1:1',
    says: `the namespace 'http://example.org/'`,
  },
  'X-34 an unbound prefix': {
    xml: '<domain><x:y/></domain>',
    at: '1:15',
    says: 'unbound namespace prefix',
  },
  'X-34 an unbound attribute prefix': {
    xml: `<domain x:y='1'/>`,
    says: 'unbound namespace prefix',
  },
  ...Object.fromEntries(
    (
      [
        ['misspelt', '<memroy>1</memroy>', 'memroy', `did you mean 'memory'?`],
        ['unknown', '<frobnicate/>', 'frobnicate', 'unknown element <frobnicate> is ignored'],
        ['in the wrong place', `<disk type='file'/>`, 'disk', 'it belongs in <devices>'],
        ['__proto__', '<__proto__/>', '__proto__', 'unknown element <__proto__>'],
        ['constructor', '<constructor/>', 'constructor', 'unknown element <constructor>'],
        ['with terminal escapes', '<a\u0085b/>', undefined, 'disallowed character in tag name'],
      ] as const
    ).map(([what, more, path, says]): [string, Refusal] => [
      `X-35 an element ${what}`,
      {
        xml: toyXml({ more }),
        at: path === undefined ? '7:4' : '7:1',
        says,
        ...(path === undefined
          ? {}
          : { path, code: 'ERR_XML_INVALID_SCHEMA' as const, validate: true }),
      },
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        [`<memory unti='MiB'>64</memory>`, 'memory/@unti', `did you mean 'unit'?`],
        [
          `<memory unit='MiB' __proto__='1'>64</memory>`,
          'memory/@__proto__',
          `unknown attribute '__proto__'`,
        ],
        [
          `<memory unit='MiB' toString='1'>64</memory>`,
          'memory/@toString',
          `unknown attribute 'toString'`,
        ],
      ] as const
    ).map(([memory, path, says]): [string, Refusal] => [
      `X-35 attribute ${path}`,
      {
        xml: toyXml({ memory }),
        code: 'ERR_XML_INVALID_SCHEMA',
        path,
        at: '4:1',
        says,
        validate: true,
      },
    ]),
  ),
  'X-35 an attribute of another element': {
    xml: toyXml({ devices: `<disk cache='none'><source file='/a'/><target dev='vda'/></disk>` }),
    code: 'ERR_XML_INVALID_SCHEMA',
    path: 'devices/disk[1]/@cache',
    at: '9:1',
    says: 'it belongs on <driver>',
    validate: true,
  },
  'X-35 text where none is read': {
    xml: toyXml({ devices: 'disk' }),
    code: 'ERR_XML_INVALID_SCHEMA',
    path: 'devices',
    at: '8:1',
    says: `the text 'disk' in <devices> is ignored`,
    validate: true,
  },
}

describe('XML that is refused', () => {
  test.each(Object.entries(rows))('%s', (_, row) => expectRefusal(row))

  const bytes: Readonly<Record<string, readonly [Uint8Array, string, string]>> = {
    'X-26 invalid UTF-8': [
      Buffer.from('3c646f6d61696e3e0a61c3a9ff', 'hex'),
      '2:3',
      'not valid UTF-8',
    ],
    'X-26 a cut character': [Buffer.from('3c643ec3', 'hex'), '1:4', 'not valid UTF-8'],
    'X-28 Latin-1 bytes': [
      Buffer.from('<name>caf\u00e9</name>', 'latin1'),
      '1:10',
      'not valid UTF-8',
    ],
    'X-30 UTF-16 with a mark': [Buffer.from('\ufeff<domain/>', 'utf16le'), '1:1', 'UTF-16'],
    'X-30 UTF-16 without': [Buffer.from('<domain/>', 'utf16le'), '1:1', 'UTF-16'],
  }
  test.each(Object.entries(bytes))('%s', (_, [input, at, says]) => {
    const error = refusalOf(() => decodeXml(input))
    expect(error.code).toBe('ERR_XML_ERROR')
    expect(error.message).toContain(says)
    const { place } = error.problems[0]
    expect(`${place?.line}:${place?.column}`).toBe(at)
  })

  test('no name, however long or foreign, gets an error beyond 4 KiB', () => {
    const long = 'x'.repeat(60_000)
    refusalOf(() => parseDomain(`<${long}/>`))
    refusalOf(() => parseDomain(toyXml({ more: `<${long}/><${long}/>` }), { validate: true }))
    const many = refusalOf(() =>
      parseDomain(toyXml({ more: '<a/>'.repeat(50_000) }), { validate: true }),
    )
    expect(many.message).toContain('more')
    expect(many.problems.length).toBeLessThanOrEqual(100)
  })
})

describe('XML that is accepted', () => {
  test('X-07 depth 200 inside <metadata> stays as it is', () => {
    const inner = `${'<x:a xmlns:x="urn:x">'.repeat(200)}${'</x:a>'.repeat(200)}`
    const metadata = `<metadata>${inner}</metadata>`
    expect(formatDomain(planToy(toyXml({ more: metadata })).domain)).toContain(metadata)
  })

  test('X-31 a byte order mark and an XML declaration', () => {
    const xml = `\ufeff<?xml version="1.0" encoding="utf-8"?>\n${toyXml()}`
    expect(parseDomain(decodeXml(Buffer.from(xml))).domain.name).toBe('guest')
  })

  test('X-35 unknown words are warned of, with their place', () => {
    const { warnings } = parseDomain(toyXml({ more: '<memroy/>\n<x:y xmlns:x="urn:x"/>' }))
    expect(warnings.map(({ path, place }) => [path, place?.line])).toEqual([
      ['memroy', 7],
      ['x:y', 8],
    ])
  })

  test('X-36 odd keys are words like any other, and no prototype changes', () => {
    const metadata =
      '<metadata><p:__proto__ xmlns:p="urn:p" constructor="1" __proto__="2"><p:toString/></p:__proto__></metadata>'
    const { domain, warnings } = parseDomain(
      toyXml({ more: `${metadata}<__proto__ polluted="1"/>` }),
    )
    expect(domain.metadata).toBe(metadata)
    expect(warnings.map(({ path }) => path)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(domain)).toBe(Object.prototype)
    expect('polluted' in {}).toBe(false)
  })

  test("libvirt's QEMU namespace is known by its name, not by its prefix", () => {
    const uri = 'http://libvirt.org/schemas/domain/qemu/1.0'
    const body = `<q:commandline><q:arg value='-snapshot'/></q:commandline>`
    const right = parseDomain(toyXml({ root: `<domain type='qemu' xmlns:q='${uri}'>`, more: body }))
    expect(right.domain.qemuArgs).toEqual(['-snapshot'])
    const wrong = body.replaceAll('q:', 'qemu:')
    const other = parseDomain(
      toyXml({ root: `<domain type='qemu' xmlns:qemu='urn:other'>`, more: wrong }),
    )
    expect(other.domain.qemuArgs).toBeUndefined()
    expect(other.warnings).toHaveLength(1)
  })

  test('white space is what XML says it is', () => {
    const xml = toyXml({ more: '<title>a\r\nb\rc</title><description>&#13;&#10;</description>' })
    expect(parseDomain(xml).domain).toMatchObject({ title: 'a\nb\nc', description: '\r\n' })
    const disk = toyXml({
      devices: "<disk><source file='/a\n\tb&#10;c'/><target dev='vda'/></disk>",
    })
    expect(parseDomain(disk).domain.devices.disk?.[0]?.source?.file).toBe('/a  b\nc')
  })
})
