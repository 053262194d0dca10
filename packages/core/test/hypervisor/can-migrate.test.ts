import { describe, expect, test } from 'vitest'
import { defineArch } from '../../src/arch/index.ts'
import { canMigrate } from '../../src/hypervisor/can-migrate.ts'
import type { MigrationVerdict } from '../../src/hypervisor/hypervisor.ts'
import { planContext } from '../../src/plan/plan-context.ts'
import { planDomain } from '../../src/plan/plan-domain.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { fixedIdentities, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities, testHost } from '../support/test-arch.ts'

const arch = defineArch({
  ...testArch,
  cpu: {
    ...testArch.cpu,
    check: () => [],
    host: (host) => (host.cpu.model === undefined ? undefined : { model: host.cpu.model }),
    compare: (host, guest) =>
      host.model === guest.model
        ? { result: 'identical' }
        : host.model === 'toy2'
          ? { result: 'superset' }
          : { result: 'incompatible', reason: `${host.model} is no ${guest.model}` },
  },
  devices: {
    ...testArch.devices,
    hostdev: { models: { pci: { driver: 'virtio-net-pci', bus: 'pci' } } },
  },
  features: { ...testArch.features, supported: { cfpc: { to: 'machine', property: 'cap-cfpc' } } },
  machine: {
    ...testArch.machine,
    capabilities: [{ feature: 'cfpc', property: 'cap-cfpc', levels: ['broken', 'fixed'] }],
  },
})

interface Host {
  readonly cpu?: string
  readonly arch?: string
  readonly machine?: string
  readonly types?: string
  readonly max?: number
}

const capabilities = ({ cpu = 'toy1', arch: name = 'toy64', ...rest }: Host = {}): string =>
  `<capabilities><host><cpu><arch>toy64</arch><model>${cpu}</model></cpu></host>
<guest><os_type>hvm</os_type><arch name='${name}'><wordsize>64</wordsize>
<machine maxCpus='${rest.max ?? 64}'>${rest.machine ?? 'toy-1.0'}</machine>
${rest.types ?? "<domain type='qemu'/><domain type='kvm'/>"}</arch></guest></capabilities>`

function judge(xml: string, host: string, domainCapabilities?: string): MigrationVerdict {
  const parsed = parseDomain(xml)
  const context = planContext(parsed.domain, {
    arch,
    guestName: 'toy64',
    capabilities: { ...testCapabilities, kvm: { present: true, usable: true } },
    host: testHost,
    emulator: '/usr/bin/qemu-system-toy64',
    fresh: fixedIdentities(),
  })
  const plan = { ...planDomain(parsed.domain, context), context }
  const [verdict] = canMigrate(plan, [
    { name: 'there', capabilities: host, ...(domainCapabilities && { domainCapabilities }) },
  ])
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

const kvm = (more = ''): string => toyXml({ root: `<domain type='kvm'>`, more })
const offers = (features: string): string =>
  `<domainCapabilities><cpu><mode name='custom' supported='yes'><model>toy1</model></mode></cpu><features>${features}</features></domainCapabilities>`

describe('a domain may move', () => {
  test.each<[string, string, string]>([
    ['to a host of the same kind', kvm(), capabilities()],
    ['to a host that can do more', kvm(), capabilities({ cpu: 'toy2' })],
  ])('%s', (_, xml, host) => {
    expect(judge(xml, host)).toEqual({ host: 'there', possible: true, problems: [], unknown: [] })
  })
})

describe('a domain may not move', () => {
  test.each<[string, string, string, string, RegExp]>([
    [
      'to another architecture',
      kvm(),
      capabilities({ arch: 'other' }),
      'os/type/@arch',
      /it runs: other/,
    ],
    [
      'to an older machine',
      kvm(),
      capabilities({ machine: 'toy-0.9' }),
      'os/type/@machine',
      /toy-0\.9/,
    ],
    [
      'to a host without KVM',
      kvm(),
      capabilities({ types: "<domain type='qemu'/>" }),
      '@type',
      /it offers: qemu/,
    ],
    ['to a machine of fewer vCPUs', kvm(), capabilities({ max: 1 }), 'vcpu', /at most 1/],
    [
      'to a lesser CPU',
      kvm('<cpu><model>toy2</model></cpu>'),
      capabilities(),
      'cpu',
      /toy1 is no toy2/,
    ],
    [
      "to a host with another CPU, when it was shown its host's own",
      kvm(`<cpu mode='host-passthrough'/>`),
      capabilities({ cpu: 'toy2' }),
      'cpu/@mode',
      /not the same/,
    ],
    [
      'with a PCI device of the host',
      kvm().replace(
        '</devices>',
        `<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='0' function='0'/></source></hostdev></devices>`,
      ),
      capabilities(),
      'devices/hostdev[1]',
      /what is in 0000:01:00\.0 stays in it/,
    ],
    [
      'by a document of something else',
      kvm(),
      '<domain/>',
      '',
      /expected the host's <capabilities>/,
    ],
    ['by a broken document', kvm(), '<capabilities>', '', /./],
  ])('%s', (_, xml, host, path, message) => {
    const { possible, problems } = judge(xml, host)
    expect(possible).toBe(false)
    expect(problems[0]?.path ?? '').toBe(path)
    expect(problems[0]?.message).toMatch(message)
  })

  test('where a capability of its machine is not granted', () => {
    const xml = kvm(`<features><cfpc value='fixed'/></features>`)
    const enumeration = `<cfpc supported='yes'><enum name='value'><value>broken</value></enum></cfpc>`
    const { problems } = judge(xml, capabilities(), offers(enumeration))
    expect(problems).toMatchObject([{ path: 'features/cfpc' }])
    expect(problems[0]?.message).toContain('it grants: broken')
  })
})

describe('what the documents do not tell is said to be unknown', () => {
  test('a granted capability', () => {
    const { possible, unknown } = judge(
      kvm(`<features><cfpc value='fixed'/></features>`),
      capabilities(),
    )
    expect(possible).toBe(true)
    expect(unknown[0]).toContain('cfpc')
  })

  test('models that an emulator has', () => {
    expect(judge(toyXml(), capabilities()).unknown[0]).toContain('toy1')
    expect(judge(toyXml(), capabilities(), offers('')).unknown).toEqual([])
  })

  test('a CPU that the host does not name', () => {
    const host = capabilities().replace('<model>toy1</model>', '')
    expect(judge(kvm(), host).unknown[0]).toContain('CPU')
  })
})
