import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import type { HostInfo, Problem, RuleContext, VirtType } from '@polyvirt/core/arch'
import { advice } from '../src/advice.ts'
import { features } from '../src/feature-policy.ts'
import { aarch64 } from '../src/index.ts'
import { rules } from '../src/rules.ts'
import { hostOf, recorded } from './contexts.ts'

const [target] = targetsOf(aarch64, aarch64.guests[0], recorded(), '/usr/bin/qemu-system-aarch64')

/** What rules see of a document; the host and what executes the guest may be others. */
function seen(parts: DomainParts, type: VirtType = 'qemu', host: HostInfo = hostOf()): RuleContext {
  if (target === undefined) throw new Error('no virt in the recording')
  const outcome = planScenario(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts }), target)
  if (outcome.kind === 'refused') throw outcome.error
  const { context, stored } = outcome.planned
  return { ...context, domain: { ...stored, type }, host }
}

const problemsOf = (context: RuleContext): readonly Problem[] =>
  rules.flatMap((rule) => rule.check(context))
const gicOf = (context: RuleContext) => features.defaults(context).gicVersion

const eight = { vcpu: '<vcpu>8</vcpu>' }
const nine = { vcpu: '<vcpu>9</vcpu>' }
const withGic = (gic: number) => hostOf({ registers: { gic } })

describe('the interrupt controller of a document that names none', () => {
  it('is of version 2 as far as that reaches, as in libvirt, and else of version 3', () => {
    expect(gicOf(seen(eight))).toBe('2')
    expect(gicOf(seen(nine))).toBe('3')
  })

  it('is the host’s with KVM', () => {
    expect(gicOf(seen({}, 'kvm', withGic(2)))).toBe('2')
    expect(gicOf(seen({}, 'kvm', withGic(3)))).toBe('3')
    expect(gicOf(seen({}, 'kvm', withGic(4)))).toBe('3')
    expect(gicOf(seen({}, 'kvm'))).toBe('host')
  })

  it('is written down for an element without a version', () => {
    expect(seen({ features: '<gic/>' }).domain.features?.gicVersion).toBe('2')
  })
})

describe('an interrupt controller with KVM', () => {
  const three = { features: "<gic version='3'/>" }

  it('is at most of the host’s version', () => {
    expect(problemsOf(seen(three, 'kvm', withGic(2)))).toMatchObject([
      { code: 'ERR_CPU_INCOMPATIBLE', path: 'features/gic' },
    ])
    expect(problemsOf(seen(three, 'kvm', withGic(3)))).toEqual([])
    expect(problemsOf(seen(three, 'kvm'))).toEqual([])
  })
})

describe('advice', () => {
  const adviceOf = (parts: DomainParts) => {
    const context = seen(parts)
    return advice.flatMap((rule) => rule.check(context)).map(({ path }) => path)
  }

  it('tells of a core that runs 32-bit code only, which QEMU’s own default is', () => {
    expect(adviceOf({})).toEqual(['cpu/model'])
    expect(adviceOf({ cpu: '<cpu><model>cortex-a7</model></cpu>' })).toEqual(['cpu/model'])
    expect(adviceOf({ cpu: '<cpu><model>cortex-a57</model></cpu>' })).toEqual([])
    expect(adviceOf({ cpu: "<cpu mode='maximum'/>" })).toEqual([])
  })

  it('tells of words about PCs, which mean nothing here', () => {
    const cpu = "<cpu mode='maximum'/>"
    const features = "<apic/><pae/><hap state='off'/>"
    expect(adviceOf({ cpu, features })).toEqual(['features/apic', 'features/pae'])
  })
})

describe('an older interrupt controller than the host’s', () => {
  const two = { features: "<gic version='2'/>", cpu: "<cpu mode='maximum'/>" }
  const told = (context: RuleContext) => advice.flatMap((rule) => rule.check(context))

  it('is told of, and not refused: some hosts have both', () => {
    expect(problemsOf(seen(two, 'kvm', withGic(3)))).toEqual([])
    expect(told(seen(two, 'kvm', withGic(3)))).toMatchObject([{ path: 'features/gic' }])
    expect(told(seen(two, 'kvm', withGic(2)))).toEqual([])
    expect(told(seen(two))).toEqual([])
  })
})

describe('the virtual timer', () => {
  it.each([
    ['delay', 'off'],
    ['discard', 'on'],
  ] as const)('with tick policy %s says kvm-no-adjvtime=%s', (tickpolicy, value) => {
    const timer = { name: 'armvtimer', tickpolicy } as const
    const effects = features.timers.armvtimer?.effects?.(timer, seen({}, 'kvm'))
    expect(effects).toEqual({ cpu: { 'kvm-no-adjvtime': value } })
  })

  it('of which nothing is asked is left to QEMU', () => {
    const effects = features.timers.armvtimer?.effects?.({ name: 'armvtimer' }, seen({}, 'kvm'))
    expect(effects).toEqual({})
  })
})

describe('an SMMU', () => {
  it('is a property of the machine', () => {
    const context = seen({ devices: "<iommu model='smmuv3'/>" })
    expect(aarch64.machine.effects?.(context)).toEqual({ machine: { iommu: 'smmuv3' } })
    expect(aarch64.machine.effects?.(seen({}))).toEqual({})
  })
})
