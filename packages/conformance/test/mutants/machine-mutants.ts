import type { Arch, MachineProfile, Rule } from '@polyvirt/core/arch'
import { minimalArch } from '../../src/minimal-arch.ts'
import type { Mutant } from './mutant.ts'

const corner = { type: 'pci', domain: 0, bus: 0, slot: 9, function: 0 } as const
const [toy] = minimalArch.machine.profiles

const withRule = (check: Rule['check']): Arch => ({
  ...minimalArch,
  machine: { ...minimalArch.machine, rules: [{ name: 'mutant', check }] },
})

const withProfile = (profile: Partial<MachineProfile>): Arch => ({
  ...minimalArch,
  machine: { ...minimalArch.machine, profiles: [{ ...toy, ...profile }] },
})

export const machineMutants: readonly Mutant[] = [
  {
    flaw: 'a rule refuses entries for the firmware, and points to the firmware itself',
    arch: withRule(({ domain }) =>
      (domain.sysinfo ?? []).some(({ type }) => type === 'fwcfg')
        ? [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/loader', message: 'no entries' }]
        : [],
    ),
    caughtBy: 'firmware/entries',
    because: /this is offered, but was refused: .*no entries/,
  },
  {
    flaw: 'a rule throws instead of naming problems',
    arch: withRule(() => {
      throw new TypeError('not my day')
    }),
    caughtBy: 'identity/named',
    because: /not my day/,
  },
  {
    flaw: 'a rule refuses what is offered',
    arch: withRule(({ domain }) =>
      domain.vcpus > 2
        ? [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'vcpu', message: 'two is plenty' }]
        : [],
    ),
    caughtBy: 'vcpu/count',
    because: /this is offered, but was refused: .*two is plenty/,
  },
  {
    flaw: 'a rule changes the domain that it judges',
    arch: withRule(({ domain }) => {
      ;(domain as { title?: string }).title = 'mine'
      return []
    }),
    caughtBy: 'identity/named',
    because: /title/,
  },
  {
    flaw: 'the board adds a device that the architecture does not offer',
    arch: withProfile({
      implicit: [
        ...toy.implicit,
        { kind: 'watchdog', device: { model: 'itco' }, reason: 'every board has one' },
      ],
    }),
    caughtBy: 'identity/named',
    because: /watchdog/,
  },
  {
    flaw: 'the board grows buses that it cannot have',
    arch: withProfile({
      implicit: [],
      pci: { ...toy.pci, grow: 'pci-root' } as MachineProfile['pci'] & {},
    }),
    caughtBy: 'controller/many-cards',
    because: /pci-root/,
  },
  {
    flaw: 'the board adds a device at a place of its own that another already has',
    arch: withProfile({
      implicit: [
        ...toy.implicit,
        {
          kind: 'rng',
          device: { model: 'virtio', backend: 'random', source: '/dev/urandom', address: corner },
          reason: 'entropy is good',
        },
        {
          kind: 'interface',
          device: { type: 'user', model: 'virtio', address: corner },
          reason: 'company is better',
        },
      ],
    }),
    caughtBy: 'identity/named',
    because: /0000:00:09.0 is already used/,
  },
]
