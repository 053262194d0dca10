import { describe, expect, test } from 'vitest'
import { defineArch } from '../../src/arch/index.ts'
import type { Arch, MachineGrants } from '../../src/arch/index.ts'
import { negotiate, negotiated } from '../../src/hypervisor/negotiate.ts'
import type { TryMachine } from '../../src/hypervisor/negotiate.ts'
import { DomainError } from '../../src/errors.ts'
import { planContext } from '../../src/plan/plan-context.ts'
import type { PlanContext } from '../../src/plan/plan-context.ts'
import { planDomain } from '../../src/plan/plan-domain.ts'
import type { PlannedDomain } from '../../src/plan/plan-domain.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { fixedIdentities, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities, testHost } from '../support/test-arch.ts'

const kvmToo = { ...testCapabilities, kvm: { present: true, usable: true } }

/** A machine with three capabilities: words, a switch and a size. */
const arch: Arch = defineArch({
  ...testArch,
  features: {
    ...testArch.features,
    supported: {
      cfpc: { to: 'machine', property: 'cap-cfpc' },
      htm: { to: 'machine', property: 'cap-htm' },
      hptMaxpagesizeKiB: {
        to: 'effects',
        effects: (f) => ({ machine: { 'cap-pages': `${f.hptMaxpagesizeKiB ?? 0}k` } }),
      },
      largeDecr: { to: 'machine', property: 'cap-large-decr' },
    },
  },
  machine: {
    ...testArch.machine,
    capabilities: [
      { feature: 'cfpc', property: 'cap-cfpc', levels: ['broken', 'workaround', 'fixed'] },
      { feature: 'htm', property: 'cap-htm', levels: ['off', 'on'] },
      { feature: 'hptMaxpagesizeKiB', property: 'cap-pages', levels: ['64', '16384'] },
      { feature: 'largeDecr', property: 'cap-large-decr', levels: ['off', 'on'] },
    ],
  },
})

const defaults = { 'cap-cfpc': 'workaround', 'cap-htm': 'off', 'cap-pages': '65536' }

/** A QEMU whose KVM has only these values; a property that is not named takes its default. */
function qemu(has: Readonly<Record<string, readonly string[]>>): {
  readonly tryMachine: TryMachine
  readonly asked: string[]
} {
  const asked: string[] = []
  const tryMachine: TryMachine = (accelerator, properties) => {
    asked.push([accelerator, ...Object.entries(properties).map(([k, v]) => `${k}=${v}`)].join(' '))
    const wanted = { ...defaults, 'cap-pages': '64k', ...properties }
    const wrong = Object.entries(wanted).find(
      ([name, value]) => has[name] !== undefined && !has[name].includes(value),
    )
    return Promise.resolve(
      accelerator === 'kvm' && wrong !== undefined
        ? { refused: `Requested ${wrong[0]} not supported`, properties: {} }
        : { properties: defaults },
    )
  }
  return { tryMachine, asked }
}

function contextFor(xml: string, grants?: MachineGrants): PlanContext {
  return planContext(parseDomain(xml).domain, {
    arch,
    guestName: 'toy64',
    capabilities: kvmToo,
    host: testHost,
    emulator: '/usr/bin/qemu-system-toy64',
    ...(grants && { grants }),
    fresh: fixedIdentities(),
  })
}

const kvmXml = (features: string): string =>
  toyXml({ root: `<domain type='kvm'>`, more: `<features>${features}</features>` })

function plan(xml: string, grants: MachineGrants): PlannedDomain & { context: PlanContext } {
  const context = { ...contextFor(xml), grants }
  return { ...planDomain(parseDomain(xml).domain, context), context }
}

const nothing: ReadonlyMap<string, string> = new Map()

describe('negotiation', () => {
  test('a host that grants the defaults is tried once, and nothing is written down', async () => {
    const { tryMachine, asked } = qemu({})
    const grants = await negotiate(
      contextFor(kvmXml('')),
      { virtType: 'kvm', named: nothing },
      tryMachine,
    )
    expect(asked).toEqual(['tcg', 'kvm'])
    expect(grants['cap-cfpc']).toEqual({
      default: 'workaround',
      granted: ['workaround'],
      refused: {},
    })
    expect(grants['cap-pages']?.default).toBe('64')
    const { domain } = plan(kvmXml(''), grants)
    expect(domain.features ?? {}).toEqual({})
  })

  test('where a default is refused, the strongest level that is granted is recorded', async () => {
    const { tryMachine } = qemu({ 'cap-cfpc': ['broken'] })
    const grants = await negotiate(
      contextFor(kvmXml('')),
      { virtType: 'kvm', named: nothing },
      tryMachine,
    )
    expect(grants['cap-cfpc']).toEqual({
      default: 'workaround',
      granted: ['broken'],
      refused: { workaround: 'Requested cap-cfpc not supported' },
    })
    const planned = plan(kvmXml(''), grants)
    expect(planned.domain.features).toEqual({ cfpc: 'broken' })
    expect(planned.notes().find(({ path }) => path === 'features/cfpc')).toMatchObject({
      value: 'broken',
      rule: 'machine/capabilities',
      owner: '@example/arch-toy',
    })
    expect(negotiated({ ...planned, context: { ...planned.context }, warnings: [] })[0]).toEqual({
      path: 'features/cfpc',
      default: 'workaround',
      offered: ['broken'],
      granted: 'broken',
    })
  })

  test('what a document names is tried, and refused with what would work', async () => {
    const { tryMachine, asked } = qemu({ 'cap-cfpc': ['broken', 'workaround'] })
    const xml = kvmXml(`<cfpc value='fixed'/>`)
    const named = new Map([['cap-cfpc', 'fixed']])
    const grants = await negotiate(contextFor(xml), { virtType: 'kvm', named }, tryMachine)
    expect(asked).toEqual(['tcg', 'kvm', 'kvm cap-cfpc=fixed', 'kvm cap-cfpc=broken'])
    let caught: unknown
    try {
      plan(xml, grants)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(DomainError)
    const [problem] = (caught as DomainError).problems
    expect(problem.path).toBe('features/cfpc')
    expect(problem.message).toContain(`use <cfpc value='workaround'/>`)
    expect(problem.message).toContain('Requested cap-cfpc not supported')
  })

  test('a property that this QEMU does not have grants nothing', async () => {
    const xml = kvmXml(`<large-decr state='on'/>`)
    const { tryMachine } = qemu({})
    const named = new Map([['cap-large-decr', 'on']])
    const grants = await negotiate(contextFor(xml), { virtType: 'kvm', named }, tryMachine)
    expect(() => plan(xml, grants)).toThrow(/no property cap-large-decr.*leave the element out/)
  })

  test('a table asks for every level of every capability', async () => {
    const { tryMachine, asked } = qemu({ 'cap-htm': ['off'] })
    const all = { virtType: 'kvm', named: nothing, all: true } as const
    const grants = await negotiate(contextFor(kvmXml('')), all, tryMachine)
    expect(asked).toEqual([
      'tcg',
      'kvm',
      'kvm cap-cfpc=broken',
      'kvm cap-cfpc=fixed',
      'kvm cap-htm=on',
      'kvm cap-pages=16384k',
    ])
    expect(grants['cap-htm']).toMatchObject({
      granted: ['off'],
      refused: { on: expect.any(String) },
    })
  })

  test('an architecture without capabilities is not tried', async () => {
    const { tryMachine, asked } = qemu({})
    const context = { ...contextFor(kvmXml('')), arch: testArch }
    expect(await negotiate(context, { virtType: 'kvm', named: nothing }, tryMachine)).toEqual({})
    expect(asked).toEqual([])
  })
})
