import type { GuestParts } from '../support/guest-xml.ts'
import type { RootName } from '../support/entries.ts'
import type { Numbered, Refusal } from '../support/catalogue.ts'

/**
 * A document that no command takes, whatever its root is called. The root's tag ends on the second
 * line, so what follows stands at the same place under every root.
 */
export interface BadDocument extends Numbered, Refusal {
  /** The commands that are asked; all where missing. */
  readonly entries?: readonly string[]
  /** What the CPU commands say, which look for `<cpu>` elements in a file as virsh does. */
  readonly cpu?: Refusal | 'accepted'
  /** The text, or its bytes; made when it is needed, because some are large. */
  make(root: RootName): string | Uint8Array
}

const noCpu = { says: 'does not contain any <cpu> element' } as const

/** `<root\n>` and what is in it. */
const inside =
  (body: string, end = true) =>
  (root: RootName): string =>
    `<${root}\n>${body}${end ? `</${root}>` : ''}`

const doctype = (subset: string, body = '&a;') => ({
  make: (root: RootName) => `<!DOCTYPE ${root} ${subset}>\n<${root}>${body}</${root}>`,
  at: '1:1',
  says: 'a DOCTYPE is not accepted in domain XML: remove it',
})
const encoding = (name: string, at: string) => ({
  make: (root: RootName) => `<?xml version='1.0' encoding='${name}'?><${root}/>`,
  at,
  says: `encoding '${name}' is not accepted: domain XML is UTF-8`,
})
const text =
  (value: string): BadDocument['make'] =>
  () =>
    value
const laughs = Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
).join('')

/** X-01 to X-34: what is no XML, too much of it, or XML that makes a parser fetch or expand. */
export const badDocuments: readonly BadDocument[] = [
  {
    id: 'X-01',
    what: 'an empty file',
    cpu: noCpu,
    make: text(''),
    at: '1:1',
    says: 'document must contain a root element',
  },
  {
    id: 'X-02',
    what: 'only blanks',
    cpu: noCpu,
    make: text('  \n '),
    at: '2:2',
    says: 'document must contain a root element',
  },
  {
    id: 'X-03',
    what: 'no markup',
    cpu: noCpu,
    make: text('hello'),
    at: '1:6',
    says: 'text data outside of root node',
  },
  {
    id: 'X-04',
    what: 'an end inside a tag',
    make: inside('<a b', false),
    at: '2:6',
    says: 'the document ends inside a tag',
  },
  {
    id: 'X-04',
    what: 'an end inside an element',
    make: inside('<a>b', false),
    at: '2:6',
    says: 'unclosed tag: a',
  },
  {
    id: 'X-05',
    what: 'the root of another kind of document',
    cpu: noCpu,
    make: text('\n<network/>'),
    at: '2:1',
    says: 'network',
  },
  ...[257, 10_000, 1_000_000].map((depth): BadDocument => ({
    id: 'X-06',
    what: `depth ${depth}`,
    make: inside('<a>'.repeat(depth), false),
    at: '2:767',
    says: 'elements nested deeper than 256',
  })),
  {
    id: 'X-08',
    what: 'a description of 5 MB',
    make: inside(`<description>${'x'.repeat(5_000_000)}</description>`),
    says: '4 MiB',
  },
  {
    id: 'X-08',
    what: 'a description of 100 MB',
    entries: ['define'],
    make: inside(`<description>${'x'.repeat(100_000_000)}</description>`),
    says: '4 MiB',
  },
  {
    id: 'X-09',
    what: 'an attribute of 11 MB',
    make: (root) => `<${root} a='${'x'.repeat(11_000_000)}'/>`,
    says: '4 MiB',
  },
  {
    id: 'X-09',
    what: 'an attribute of 64 KiB and one byte',
    make: (root) => `<${root} a='${'x'.repeat(65_537)}'/>`,
    at: '1:1',
    says: 'an attribute of more than 65536 bytes',
  },
  { id: 'X-10', what: 'billion laughs', ...doctype(`[<!ENTITY l0 "lol">${laughs}]`, '&l9;') },
  {
    id: 'X-11',
    what: 'billion laughs that nobody uses',
    ...doctype(`[<!ENTITY l0 "lol">${laughs}]`, ''),
  },
  {
    id: 'X-12',
    what: 'quadratic blow-up',
    ...doctype(`[<!ENTITY a "${'x'.repeat(50_000)}">]`, '&a;'.repeat(2000)),
  },
  {
    id: 'X-13',
    what: 'an external entity of a file',
    ...doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]'),
  },
  {
    id: 'X-14',
    what: 'an external entity by http',
    ...doctype('[<!ENTITY a SYSTEM "http://127.0.0.1:9/">]'),
  },
  { id: 'X-15', what: 'an external DTD', ...doctype('SYSTEM "http://127.0.0.1:9/x.dtd"', '') },
  {
    id: 'X-16',
    what: 'a parameter entity',
    ...doctype('[<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]', ''),
  },
  {
    id: 'X-18',
    what: 'an entity that nobody defined',
    make: inside('&nope;'),
    at: '2:8',
    says: 'undefined entity',
  },
  {
    id: 'X-19',
    what: 'a million comments',
    make: inside('<!-- -->'.repeat(500_000)),
    says: 'more than 100000 nodes',
  },
  {
    id: 'X-20',
    what: 'a million unknown elements',
    make: inside('<a/>'.repeat(1_000_000)),
    says: 'more than 100000 nodes',
  },
  {
    id: 'X-21',
    what: '100,000 attributes',
    make: inside(`\n <a ${Array.from({ length: 100_000 }, (_, i) => `a${i}=''`).join(' ')}/>`),
    at: '3:2',
    says: 'an element with more than 256 attributes',
  },
  {
    id: 'X-22',
    what: 'an attribute twice',
    make: inside(`<a b='1'\n  c='2' b='3'/>`),
    at: '3:9',
    says: `attribute 'b' is given twice, at 2:5 and 3:9`,
  },
  {
    id: 'X-23',
    what: 'a reference to NUL',
    make: inside('&#0;'),
    at: '2:6',
    says: 'malformed character entity',
  },
  {
    id: 'X-24',
    what: 'a reference to a control character',
    make: inside('&#1;'),
    at: '2:6',
    says: 'malformed character entity',
  },
  {
    id: 'X-24',
    what: 'a reference to U+FFFE',
    make: inside('&#xFFFE;'),
    at: '2:10',
    says: 'malformed character entity',
  },
  {
    id: 'X-25',
    what: 'a control character as it is',
    make: inside('\u0001'),
    at: '2:3',
    says: 'disallowed character',
  },
  {
    id: 'X-26',
    what: 'bytes that are no UTF-8',
    make: (root) =>
      Buffer.concat([Buffer.from(inside('\nab', false)(root)), Buffer.of(0xff, 0x3c)]),
    at: '3:3',
    says: 'not valid UTF-8',
  },
  {
    id: 'X-28',
    what: 'Latin-1 that says so',
    make: (root) =>
      Buffer.from(
        `<?xml version='1.0' encoding='ISO-8859-1'?>\n<${root}\n>\u00e9</${root}>`,
        'latin1',
      ),
    at: '3:2',
    says: 'UTF-8',
  },
  { id: 'X-28', what: 'Latin-1 declared and only ASCII used', ...encoding('ISO-8859-1', '1:44') },
  { id: 'X-29', what: 'an unknown encoding', ...encoding('x-klingon', '1:43') },
  {
    id: 'X-30',
    what: 'UTF-16 with a byte order mark',
    make: (root) => Buffer.from(`\ufeff<${root}/>`, 'utf16le'),
    at: '1:1',
    says: 'UTF-16',
  },
  {
    id: 'X-30',
    what: 'UTF-16 without one',
    make: (root) => Buffer.from(`<${root}/>`, 'utf16le'),
    at: '1:1',
    says: 'UTF-16',
  },
  {
    id: 'X-31',
    what: 'XML 1.1',
    make: (root) => `<?xml version='1.1'?><${root}/>`,
    at: '1:22',
    says: `XML version '1.1' is not 1.0`,
  },
  {
    id: 'X-31',
    what: 'a processing instruction in front',
    make: (root) => `<?php echo 1 ?><${root}/>`,
    at: '1:16',
    says: 'processing instructions are not accepted',
  },
  {
    id: 'X-32',
    what: 'two roots',
    cpu: 'accepted',
    make: (root) => `<${root}/>\n<${root}\n/>`,
    says: 'only one root',
  },
  {
    id: 'X-32',
    what: 'text behind the root',
    cpu: 'accepted',
    make: (root) => `<${root}/>\njunk`,
    at: '2:5',
    says: 'text data outside of root node',
  },
  {
    id: 'X-34',
    what: 'a default namespace',
    make: (root) => `<${root} xmlns='http://example.org/'/>`,
    at: '1:1',
    says: `the namespace 'http://example.org/'`,
  },
  {
    id: 'X-34',
    what: 'a prefix that nobody bound',
    make: inside('<x:a/>'),
    at: '2:8',
    says: 'unbound namespace prefix',
  },
]

/** What only a definition can have, at places of `guestXml`. */
export interface BadDefinition extends Numbered, Refusal {
  readonly parts: GuestParts
}

const schema = 'ERR_XML_INVALID_SCHEMA'

/** X-17, X-33 and X-35: `define --validate` turns them down. */
export const badDefinitions: readonly BadDefinition[] = [
  {
    id: 'X-17',
    what: 'XInclude of a file',
    parts: {
      more: `<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>`,
    },
    at: '7:1',
    says: 'XInclude is not offered',
  },
  {
    id: 'X-33',
    what: 'two names',
    parts: { name: '<name>a</name><name>b</name>' },
    path: 'name[2]',
    at: '2:15',
    says: '<name> may stand only once; the first is at line 2',
  },
  {
    id: 'X-33',
    what: 'two memories',
    parts: { more: `<memory unit='MiB'>64</memory>` },
    path: 'memory[2]',
    at: '7:1',
    says: '<memory> may stand only once; the first is at line 4',
  },
  {
    id: 'X-33',
    what: 'two <os>',
    parts: { more: '<os><type>hvm</type></os>' },
    path: 'os[2]',
    at: '7:1',
    says: '<os> may stand only once; the first is at line 6',
  },
  {
    id: 'X-35',
    what: 'a misspelt element',
    parts: { more: '<memroy>1</memroy>' },
    code: schema,
    path: 'memroy',
    at: '7:1',
    says: `did you mean 'memory'?`,
  },
  {
    id: 'X-35',
    what: 'an unknown element',
    parts: { more: '<frobnicate/>' },
    code: schema,
    path: 'frobnicate',
    at: '7:1',
    says: 'unknown element <frobnicate>',
  },
  {
    id: 'X-35',
    what: 'an element in the wrong place',
    parts: { more: `<disk type='file'/>` },
    code: schema,
    path: 'disk',
    at: '7:1',
    says: 'it belongs in <devices>',
  },
  {
    id: 'X-35',
    what: 'a misspelt attribute',
    parts: { memory: `<memory unti='MiB'>64</memory>` },
    code: schema,
    path: 'memory/@unti',
    at: '4:1',
    says: `did you mean 'unit'?`,
  },
  {
    id: 'X-36',
    what: 'an element __proto__',
    parts: { more: '<__proto__ polluted="1"/>' },
    code: schema,
    path: '__proto__',
    at: '7:1',
    says: 'unknown element <__proto__>',
  },
  {
    id: 'X-36',
    what: 'an element constructor',
    parts: { more: '<constructor/>' },
    code: schema,
    path: 'constructor',
    at: '7:1',
    says: 'unknown element <constructor>',
  },
  {
    id: 'X-36',
    what: 'an attribute __proto__',
    parts: { vcpu: `<vcpu __proto__='1'>1</vcpu>` },
    code: schema,
    path: 'vcpu/@__proto__',
    at: '5:1',
    says: `unknown attribute '__proto__'`,
  },
]

/** X-07, X-27, X-31 and X-36 beside those above, each with a test of its own. */
export const otherXml: readonly Numbered[] = [
  { id: 'X-07', what: 'depth 200 inside <metadata> is kept as it is' },
  { id: 'X-27', what: 'a lone surrogate, given to the library' },
  { id: 'X-31', what: 'a byte order mark and a declaration of UTF-8 are accepted' },
  { id: 'X-36', what: 'odd keys inside <metadata> are kept, and no prototype changes' },
]
