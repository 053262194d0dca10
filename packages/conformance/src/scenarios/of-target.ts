import { ok, strictEqual } from 'node:assert'
import { everything } from '../everything.ts'
import { lifeScenarios } from '../life/life-scenarios.ts'
import { deviceOption } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'
import { keptAddress } from './controllers.ts'
import type { Target } from '../target.ts'

/** Scenarios that are about what an architecture is, so that their documents differ with it. */
export const targetScenarios = (target: Target): readonly Scenario[] => [
  foreignMachine(target),
  foreignCpu(target),
  ...namedCpu(target),
  ...otherTransports(target),
  keptAddress(target),
  everything(target),
  ...lifeScenarios(target),
]

/** A machine type that some architecture has, and this one has not. */
function foreignMachine({ arch }: Target): Scenario {
  const known = ['q35', 'pseries', 's390-ccw-virtio']
  const machine = known.find((name) =>
    arch.machine.profiles.every((one) => !one.pattern.test(name)),
  )
  return {
    id: 'platform/foreign-machine',
    title: 'a machine type of another architecture is refused at define',
    uses: [],
    domain: domainXml({ machine: machine ?? 'no-such-machine' }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/type/@machine' },
  }
}

const cpuXml = (model: string): string =>
  `  <cpu mode='custom' match='exact'><model>${model}</model></cpu>\n`

/** A CPU model that some architecture has, and this one has not. */
function foreignCpu({ arch }: Target): Scenario {
  const known = ['Skylake-Client', 'POWER9', 'z14']
  const names = new Set(arch.cpu.models.map(({ name }) => name))
  return {
    id: 'cpu/foreign-model',
    title: 'a CPU model of another architecture is refused at define',
    uses: [],
    domain: domainXml({ cpu: cpuXml(known.find((name) => !names.has(name)) ?? 'no-such-model') }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'cpu' },
  }
}

/** The model that the machine would choose itself, named. */
function namedCpu({ arch, capabilities }: Target): readonly Scenario[] {
  const offered = new Set(capabilities.cpus.map(({ name }) => name))
  const model = arch.cpu.models.find(({ name }) => offered.has(name))?.name
  if (model === undefined) return []
  return [
    {
      id: 'cpu/named',
      title: 'a CPU model that is named is the one on the command line, and no other',
      uses: [],
      domain: domainXml({ cpu: cpuXml(model) }),
      // Which of an architecture's models a machine can have may be its rules' business.
      mayRefuse: 'cpu',
      golden: false,
      expect: {
        plan({ stored, argv }) {
          const said = argv[argv.indexOf('-cpu') + 1] ?? ''
          if (stored.cpu?.model !== model || !said.startsWith(model.slice(0, 2))) {
            throw new Error(`the CPU is ${stored.cpu?.model}, on the command line '${said}'`)
          }
        },
      },
    },
  ]
}

/** A generator of entropy, attached in each way that the architecture offers beside its usual one. */
function otherTransports({ arch, profile }: Target): readonly Scenario[] {
  const others = arch.devices.rng?.models['virtio']?.others ?? []
  return others
    .filter(({ bus }) => bus !== 'pci' || profile.pci !== undefined)
    .map(({ bus, driver }) => ({
      id: `rng/on-${bus}`,
      title: `a device whose address is of type ${bus} is attached that way`,
      uses: ['device:rng/virtio'],
      domain: domainXml({
        devices:
          "<rng model='virtio'><backend model='random'>/dev/urandom</backend>" +
          `<address type='${bus}'/></rng>`,
      }),
      // Where this QEMU has no such driver, or the board no such bus.
      mayRefuse: 'devices/rng',
      expect: {
        plan(planned) {
          strictEqual(planned.stored.devices.rng?.[0]?.address?.type, bus)
          strictEqual(deviceOption(planned, 'rng0').properties['driver'], driver)
        },
        guest: (report) => ok(report.rng.available.includes('virtio_rng.0'), 'no entropy'),
      },
    }))
}
