import { domainXml, type Refusal, type Scenario } from '../scenario.ts'

const plain = domainXml()

/** A document that no architecture may accept, and that must be refused rather than survived. */
const refused = (name: string, title: string, domain: string, refusal: Refusal): Scenario => ({
  id: `hostile/${name}`,
  title,
  uses: [],
  domain,
  refused: refusal,
})

const xmlError = (path: string): Refusal => ({ code: 'ERR_XML_ERROR', path })
const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('')

/** Ten entities, each of ten of the one before: a gigabyte when they are spelled out. */
const entities = many(9, (index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`)

/** Documents that are made to break a reader. Each is refused with a code and a place. */
export const hostileScenarios: readonly Scenario[] = [
  refused(
    'entity-bomb',
    'entities that grow to a gigabyte are refused before they grow',
    `<!DOCTYPE domain [<!ENTITY e0 "ha">${entities}]>\n${plain.replace('conformance', '&e9;')}`,
    xmlError(''),
  ),
  refused(
    'external-entity',
    'a document does not read files of the host',
    `<!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n${plain.replace('conformance', '&x;')}`,
    xmlError(''),
  ),
  refused(
    'unknown-entity',
    'an entity that nobody declared is refused',
    plain.replace('conformance', '&nbsp;'),
    xmlError(''),
  ),
  refused(
    'deep-nesting',
    'elements within elements without end are refused',
    plain.replace('<devices>', `<devices>${'<a>'.repeat(20_000)}`),
    xmlError(''),
  ),
  refused(
    'deep-metadata',
    'metadata, which may be anything, may not be of any depth',
    domainXml({
      middle: `  <metadata><m:a xmlns:m='urn:m'>${'<m:a>'.repeat(5000)}${'</m:a>'.repeat(5000)}</m:a></metadata>\n`,
    }),
    xmlError(''),
  ),
  refused(
    'zero-byte',
    'a zero byte ends no name early',
    plain.replace('conformance', 'confor\0mance'),
    xmlError(''),
  ),
  refused(
    'zero-reference',
    'a zero byte that is written as a number is one, too',
    plain.replace('conformance', 'confor&#0;mance'),
    xmlError(''),
  ),
  refused(
    'control-character',
    'a control character is no part of a document',
    plain.replace('conformance', 'confor\u0007mance'),
    xmlError(''),
  ),
  refused('cut-off', 'a document that is cut off is refused', plain.slice(0, -20), xmlError('')),
  refused('empty', 'nothing is no document', '', xmlError('')),
  refused('blank', 'white space is no document', ' \n\t ', xmlError('')),
  refused('not-xml', 'text is no document', '{"name": "conformance"}', xmlError('')),
  refused(
    'another-root',
    'a document about something else is refused',
    '<network><name>default</name></network>',
    xmlError(''),
  ),
  refused('two-roots', 'two documents in one are refused', `${plain}${plain}`, xmlError('')),
  refused(
    'attribute-twice',
    'an attribute that is given twice is refused',
    plain.replace("<domain type='qemu'", "<domain type='qemu' type='kvm'"),
    xmlError(''),
  ),
  refused(
    'wrong-tags',
    'tags that cross are refused',
    plain.replace('</name>', '</nome>'),
    xmlError(''),
  ),
  refused(
    'declared-encoding',
    'an encoding that is not the one it is in is refused',
    `<?xml version='1.0' encoding='EBCDIC-CP-US'?>\n${plain}`,
    xmlError(''),
  ),
  refused(
    'namespace-unbound',
    'a prefix that stands for nothing is refused',
    plain.replace('<devices>', "<devices><x:disk type='file'/>"),
    xmlError(''),
  ),
  refused(
    'name-long',
    'a name that no file could have is refused',
    domainXml({ name: 'x'.repeat(100_000) }),
    xmlError('name'),
  ),
  refused(
    'name-slash',
    'a name is no path',
    domainXml({ name: '../../etc/passwd' }),
    xmlError('name'),
  ),
  refused('name-line', 'a name is one line', domainXml({ name: 'two\nlines' }), xmlError('name')),
  refused('name-empty', 'a name is something', domainXml({ name: '' }), xmlError('name')),
  refused('name-missing', 'a domain has a name', plain.replace(/ *<name>.*\n/, ''), xmlError('')),
  refused(
    'uuid-wrong',
    'a UUID that is none is refused',
    domainXml({ head: '  <uuid>not-a-uuid</uuid>\n' }),
    xmlError('uuid'),
  ),
  refused(
    'number-huge',
    'a number beyond all numbers is refused',
    domainXml({ memory: `<memory>${'9'.repeat(400)}</memory>` }),
    xmlError('memory'),
  ),
  refused(
    'number-overflow',
    'a size that overflows when it is turned into bytes is refused',
    domainXml({ memory: "<memory unit='EiB'>18446744073709551615</memory>" }),
    xmlError('memory'),
  ),
  refused(
    'number-fraction',
    'a fraction is no size',
    domainXml({ memory: "<memory unit='GiB'>0.5</memory>" }),
    xmlError('memory'),
  ),
  refused(
    'number-exponent',
    'a power of ten is no size',
    domainXml({ memory: '<memory>1e6</memory>' }),
    xmlError('memory'),
  ),
  refused(
    'number-words',
    'a number in words is none',
    domainXml({ vcpu: '<vcpu>two</vcpu>' }),
    xmlError('vcpu'),
  ),
  refused(
    'number-mixed',
    'a number with something behind it is none',
    domainXml({ vcpu: '<vcpu>2; rm -rf</vcpu>' }),
    xmlError('vcpu'),
  ),
  refused(
    'number-digits',
    'digits of another script are not read as digits',
    domainXml({ vcpu: '<vcpu>٢</vcpu>' }),
    xmlError('vcpu'),
  ),
  refused(
    'vcpus-many',
    'more vCPUs than any machine has are refused',
    domainXml({ vcpu: '<vcpu>4000000000</vcpu>' }),
    { code: 'ERR_CONFIG_UNSUPPORTED', path: 'vcpu' },
  ),
  refused(
    'vcpus-none',
    'a guest without a vCPU is refused',
    domainXml({ vcpu: '<vcpu>0</vcpu>' }),
    xmlError('vcpu'),
  ),
  refused(
    'elements-many',
    'more elements than anyone could mean are refused',
    domainXml({ devices: "<rng model='virtio'/>".repeat(110_000) }),
    xmlError(''),
  ),
  refused(
    'attribute-long',
    'an attribute of megabytes is refused',
    domainXml({ devices: `<disk type='${'x'.repeat(200_000)}'/>` }),
    xmlError(''),
  ),
  refused(
    'document-long',
    'a document that is longer than anyone could mean is refused before it is read',
    domainXml({ name: 'x'.repeat(5_000_000) }),
    { ...xmlError(''), nowhere: true },
  ),
  refused(
    'domain-type',
    'a hypervisor that nobody has is refused',
    domainXml({ type: 'bhyve-on-toast' }),
    { code: 'ERR_CONFIG_UNSUPPORTED', path: '@type' },
  ),
]
