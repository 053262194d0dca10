import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import type { Domain, HostInfo, Problem, RuleContext } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { advice } from '../src/advice.ts'
import { s390x } from '../src/index.ts'
import { rules } from '../src/rules.ts'
import { emulator, hostWith, recorded } from './contexts.ts'

/** What rules see of a document, with what is changed in it; the host may be another. */
function seen(
  parts: DomainParts,
  changes: Partial<Domain> = {},
  host: HostInfo = hostWith(),
): RuleContext {
  const [target] = targetsOf(s390x, s390x.guests[0], recorded(), emulator)
  if (target === undefined) throw new Error('no s390-ccw-virtio in the recording')
  const outcome = planScenario(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts }), target)
  if (outcome.kind === 'refused') throw outcome.error
  const { context, stored } = outcome.planned
  return { ...context, domain: { ...stored, ...changes }, host }
}

const problemsOf = (context: RuleContext): readonly Problem[] =>
  rules.flatMap((rule) => rule.check(context))

const advised = (context: RuleContext): readonly (string | undefined)[] =>
  advice.flatMap((rule) => rule.check(context).map(({ path }) => path))

describe('a protected guest', () => {
  const launchSecurity = { type: 's390-pv' } as const
  const able = hostWith({ virtualization: { modules: ['kvm'], secure: ['s390-pv'] } })

  it('runs with KVM where the Ultravisor is at work', () => {
    expect(problemsOf(seen({}, { type: 'kvm', launchSecurity }, able))).toEqual([])
  })

  it('needs such a host', () => {
    expect(problemsOf(seen({}, { type: 'kvm', launchSecurity }))).toMatchObject([
      { code: 'ERR_CPU_INCOMPATIBLE', path: 'launchSecurity/@type' },
    ])
  })

  it('has nothing to choose', () => {
    const chosen = { ...launchSecurity, policy: 3 }
    expect(problemsOf(seen({}, { type: 'kvm', launchSecurity: chosen }, able))).toMatchObject([
      { code: 'ERR_CONFIG_UNSUPPORTED', path: 'launchSecurity/policy' },
    ])
  })

  it('is told of devices that its kernel would not use', () => {
    const card = (driver: string): string =>
      `<interface type='user'><mac address='52:54:00:00:00:77'/><model type='virtio'/>${driver}</interface>`
    const devices = `<memballoon model='none'/>${card('')}${card("<driver iommu='on'/>")}`
    expect(advised(seen({ devices }, { launchSecurity }))).toEqual([
      'devices/interface[1]/driver/@iommu',
    ])
  })
})

describe('UEFI', () => {
  it('is refused, since nothing here starts it', () => {
    const { domain } = seen({})
    const [problem] = problemsOf(seen({}, { os: { ...domain.os, firmware: 'efi' } }))
    expect(problem).toMatchObject({ code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/@firmware' })
    expect(problem?.message).toContain('s390-ccw')
  })
})

describe('advice', () => {
  it('names words about PCs that are there', () => {
    const features = { apic: true, pae: true, hap: 'off' } as const
    expect(advised(seen({}, { features }))).toEqual(['features/apic', 'features/pae'])
  })

  it('warns of a disk that the loader does not see', () => {
    const disk = (boot: string): string =>
      `<disk type='file'><source file='/x.img'/><target dev='vda' bus='virtio'/>${boot}` +
      "<address type='pci' domain='0' bus='0' slot='3' function='0'/></disk>"
    const devices = disk("<boot order='1'/>")
    expect(advised(seen({ devices }))).toEqual(['devices/disk[1]/boot/@order'])
    expect(advised(seen({ devices, os: '<kernel>/k</kernel>' }))).toEqual([])
    expect(advised(seen({ devices: disk('') }))).toEqual([])
  })

  it('has nothing to say of a usual guest', () => {
    expect(advised(seen({}))).toEqual([])
  })
})
