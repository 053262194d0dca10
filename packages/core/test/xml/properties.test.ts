import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainXml } from '../../src/domain/domain.ts'
import { qemuNamespace } from '../../src/xml/namespaces.ts'
import type { Domain } from '../../src/domain/domain.ts'
import { formatDomain, parseDomain } from '../../src/xml/parse-domain.ts'
import { escapeComma, jsonOption, keyValueOption } from '../../src/qemu/option-string.ts'
import { applyDefaults } from '../../src/plan/apply-defaults.ts'
import { Notes } from '../../src/plan/notes.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

/** Text that XML can hold, with a liking for what breaks writers. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ']]>',
        '-->',
        '<!--',
        '"',
        "'",
        '&',
        '&amp;',
        '<x>',
        '\n',
        '\r',
        '\t',
        ',',
        '=',
        '\u0085',
        '\u{1f600}',
        ' ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) =>
    parts
      .join('')
      // What XML 1.0 cannot hold is left out.
      // oxlint-disable-next-line eslint/no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .toWellFormed(),
  )
const filled = nasty.filter((text) => text !== '')
const path = nasty.map((text) => `/${text}`)
const small = fc.integer({ min: 1, max: 9 })
const flag = fc.boolean()

/** Where an empty text says the same as none. */
const written = nasty.filter((one) => one !== '')

/** Devices with every kind of field: words, numbers, switches, free text, addresses, lists. */
const devices: fc.Arbitrary<Domain['devices']> = fc.record(
  {
    emulator: path,
    disk: fc.array(
      fc.record(
        {
          type: fc.constant('file' as const),
          device: fc.constantFrom('disk' as const, 'cdrom' as const),
          target: filled,
          bus: fc.constantFrom('virtio' as const, 'scsi' as const, 'usb' as const),
          driverName: nasty,
          cache: fc.constantFrom('none' as const, 'writeback' as const, 'unsafe' as const),
          copyOnRead: flag,
          source: fc.record({ file: path }),
          serial: filled,
          wwn: nasty,
          vendor: nasty,
          readonly: fc.constant(true),
          bootOrder: small,
          alias: nasty,
          address: fc.oneof(
            fc.record({
              type: fc.constant('drive' as const),
              controller: small,
              bus: small,
              target: small,
              unit: small,
            }),
            fc.record({
              type: fc.constant('pci' as const),
              domain: small,
              bus: small,
              slot: small,
              function: fc.constantFrom(0, 7),
            }),
          ),
        },
        { requiredKeys: ['type', 'device', 'target'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    interface: fc.array(
      fc.record(
        {
          type: fc.constantFrom('user' as const, 'bridge' as const),
          mac: fc.constant('52:54:00:00:00:01'),
          bridge: nasty,
          target: nasty,
          model: nasty,
          queues: small,
          linkState: fc.constantFrom('up' as const, 'down' as const),
          address: fc.record({
            type: fc.constant('spapr-vio' as const),
            reg: fc.integer({ min: 0, max: 0xffffffff }),
          }),
        },
        { requiredKeys: ['type'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    serial: fc.array(
      fc.record(
        {
          type: fc.constantFrom('pty' as const, 'unix' as const, 'tcp' as const),
          sources: fc.array(
            fc.record({
              mode: fc.constantFrom('bind' as const, 'connect' as const),
              path: nasty,
              host: nasty,
              service: nasty,
            }),
            { minLength: 1, maxLength: 1 },
          ),
          protocol: fc.constantFrom('raw' as const, 'telnet' as const),
          logFile: nasty,
          port: small,
        },
        { requiredKeys: ['type'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    graphics: fc.array(
      fc.record(
        {
          type: fc.constantFrom('vnc' as const, 'spice' as const),
          port: fc.integer({ min: -1, max: 65_535 }),
          listen: written,
          keymap: nasty,
          listens: fc.array(
            fc.record({
              type: fc.constant('address' as const),
              address: written,
            }),
            {
              minLength: 1,
              maxLength: 2,
            },
          ),
        },
        { requiredKeys: ['type'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    rng: fc.array(
      fc.record(
        {
          model: fc.constant('virtio' as const),
          backend: fc.constant('random' as const),
          source: filled,
          rateBytes: small,
        },
        { requiredKeys: ['model', 'backend'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
)

const domains: fc.Arbitrary<Domain> = fc.record(
  {
    type: fc.constantFrom('qemu' as const, 'kvm' as const),
    name: fc.constantFrom('a', `b'"<&>]]>`, 'c--d', '-x', '__proto__'),
    uuid: fc.constant('11111111-2222-4333-8444-555555555555'),
    title: filled,
    description: filled,
    memoryKiB: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    vcpus: fc.integer({ min: 1, max: 4096 }),
    vcpuCpuset: fc
      .uniqueArray(fc.integer({ min: 0, max: 16_383 }), { minLength: 1, maxLength: 20 })
      .map((list) => list.toSorted((a, b) => a - b)),
    os: fc.record(
      {
        type: fc.constant('hvm'),
        arch: written,
        machine: written,
        kernel: filled,
        cmdline: filled,
        loader: filled,
      },
      { requiredKeys: ['type'] },
    ),
    features: fc.record(
      {
        acpi: fc.constant(true),
        vmport: fc.constantFrom('on' as const, 'off' as const, 'default' as const),
        hypervVendorIdValue: nasty,
      },
      { requiredKeys: [] },
    ),
    cpu: fc.record(
      {
        mode: fc.constantFrom('custom' as const, 'maximum' as const),
        model: filled,
        features: fc.array(
          fc.record({ policy: fc.constantFrom('force' as const, 'disable' as const), name: nasty }),
          { minLength: 1, maxLength: 3 },
        ),
      },
      { requiredKeys: ['mode'] },
    ),
    clock: fc.record(
      {
        offset: fc.constantFrom('utc' as const, 'localtime' as const),
        adjustment: fc.oneof(
          fc.constant('reset'),
          fc.integer({ min: -(2 ** 32), max: 2 ** 32 }).map(String),
        ),
      },
      { requiredKeys: ['offset'] },
    ),
    devices,
    qemuArgs: fc.array(nasty, { minLength: 1, maxLength: 3 }),
    qemuEnvironment: fc.array(fc.record({ name: nasty, value: nasty }), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { requiredKeys: ['type', 'name', 'vcpus', 'os', 'devices'] },
)

/** A domain without what belongs to reading rather than to it. */
function plain(domain: Domain): unknown {
  return JSON.parse(
    JSON.stringify(domain, (key, value: unknown) => (key === 'origin' ? undefined : value)),
  )
}

describe('XML', () => {
  test('what is written is read back, to the last character', () => {
    fc.assert(
      fc.property(domains, (domain) => {
        const xml = formatDomain(domain)
        const { domain: read, warnings } = parseDomain(xml)
        expect(warnings).toEqual([])
        expect(formatDomain(read)).toBe(xml)
        // An empty record has no XML form; every value has.
        const { devices: written, features: _, ...rest } = plain(domain) as Record<string, unknown>
        const got = plain(read) as Record<string, unknown>
        expect(got).toMatchObject(rest)
        expect(got['devices']).toEqual(written)
      }),
      { numRuns: 300 },
    )
  })

  test('every field has a word of its own', () => {
    expect(Object.keys(domainXml)).toHaveLength(
      new Set(Object.values(domainXml).map((field) => field.knows.join())).size,
    )
    expect(qemuNamespace).toMatch(/^http:/)
  })
})

/** QEMU's own reading of `key=value,…` (util/qemu-option.c): two commas are one character. */
function readOptions(text: string): Map<string, string> {
  const parts: string[] = []
  let last = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== ',') last += text[i] ?? ''
    else if (text[i + 1] === ',') last += text[i++] ?? ''
    else {
      parts.push(last)
      last = ''
    }
  }
  parts.push(last)
  return new Map(
    parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
}

describe('options of the command line', () => {
  const keys = fc.stringMatching(/^[a-z][a-z-]{0,8}$/)

  test('key=value is read by QEMU as it was meant', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, nasty, { minKeys: 1, maxKeys: 5 }), (options) => {
        expect(Object.fromEntries(readOptions(keyValueOption('', options)))).toEqual({ ...options })
      }),
    )
  })

  test('a name with any characters stays one value', () => {
    fc.assert(
      fc.property(nasty, (name) => {
        expect(readOptions(`guest=${escapeComma(name)},debug-threads=on`)).toEqual(
          new Map([
            ['guest', name],
            ['debug-threads', 'on'],
          ]),
        )
      }),
    )
  })

  test('JSON is read back, numbers of any size exactly', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, nasty), (options) => {
        expect(JSON.parse(jsonOption(options))).toEqual({ ...options })
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (kib) => {
        expect(jsonOption({ size: kib * 1024 })).toBe(`{"size":${BigInt(kib) * 1024n}}`)
      }),
    )
  })
})

describe('planning', () => {
  const kinds = [
    `<disk type='file'><source file='/d'/><target dev='DEV' bus='scsi'/></disk>`,
    `<interface type='user'/>`,
    `<interface type='user'><model type='spapr-vlan'/></interface>`,
    `<serial type='pty'/>`,
    `<console type='pty'><target type='virtio'/></console>`,
    `<channel type='unix'><target type='virtio' name='DEV'/></channel>`,
    `<input type='tablet' bus='usb'/>`,
    `<rng model='virtio'><backend model='random'/></rng>`,
    `<graphics type='vnc'/>`,
    `<video><model type='virtio'/></video>`,
    `<controller type='pci' model='pci-bridge'/>`,
    `<controller type='scsi'/>`,
    `<sound model='ac97'/>`,
  ]
  const documents = fc.array(fc.constantFrom(...kinds), { maxLength: 40 }).map((list) =>
    toyXml({
      devices: list
        // QEMU has one display of each type.
        .filter((one, i) => !one.startsWith('<graphics') || list.indexOf(one) === i)
        .map((one, i) =>
          one.replaceAll('DEV', `sd${String.fromCharCode(97 + (i % 26))}${i < 26 ? '' : 'a'}`),
        )
        .join('\n'),
    }),
  )

  test('a definition that is defined again stays as it is', () => {
    fc.assert(
      fc.property(documents, (xml) => {
        const stored = formatDomain(planToy(xml).domain)
        expect(formatDomain(planToy(stored).domain)).toBe(stored)
      }),
      { numRuns: 150 },
    )
  })

  test('the document that is planned is not touched, and the same gives the same', () => {
    fc.assert(
      fc.property(documents, (xml) => {
        const { parsed, context, argv } = planToy(xml)
        const before = structuredClone(parsed.domain)
        applyDefaults(parsed.domain, context, new Notes())
        expect(parsed.domain).toEqual(before)
        expect(planToy(xml).argv()).toEqual(argv())
      }),
      { numRuns: 50 },
    )
  })
})
