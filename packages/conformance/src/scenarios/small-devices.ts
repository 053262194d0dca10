import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { deviceOption, optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'

/** Models of the balloons that a machine has without being asked. */
const broughtBalloons = ({ profile }: Target): readonly string[] =>
  profile.implicit.flatMap(({ kind, device }) => (kind === 'memballoon' ? [device.model] : []))

const isBalloon = ({ device }: { readonly device: number }): boolean => device === 5

export const smallDeviceScenarios: readonly Scenario[] = [
  {
    id: 'rng/random',
    title: 'a source of entropy, with a rate, is the guest’s hardware generator',
    uses: ['device:rng/virtio'],
    domain: domainXml({
      devices:
        "<rng model='virtio'><rate bytes='1024' period='1000'/>" +
        "<backend model='random'>/dev/urandom</backend></rng>",
    }),
    expect: {
      plan(planned) {
        const { properties } = deviceOption(planned, 'rng0')
        strictEqual(properties['max-bytes'], 1024)
        strictEqual(properties['period'], 1000)
      },
      guest: (report) => strictEqual(report.rng.current, 'virtio_rng.0'),
    },
  },
  {
    id: 'rng/builtin',
    title: 'entropy may come from QEMU itself',
    uses: ['device:rng/virtio'],
    domain: domainXml({
      devices: "<rng model='virtio'><backend model='builtin'/></rng>",
    }),
    expect: {
      plan(planned) {
        const kinds = optionsNamed(planned, '-object').map(
          ({ properties }) => properties['qom-type'],
        )
        ok(kinds.includes('rng-builtin'))
      },
    },
  },
  {
    id: 'balloon/default',
    title: 'a guest that says nothing of a balloon has one where the machine brings it',
    uses: [],
    domain: domainXml(),
    expect: {
      plan: ({ stored, target }) =>
        deepStrictEqual(
          (stored.devices.memballoon ?? []).map(({ model }) => model),
          broughtBalloons(target),
        ),
      guest: (report, { target }) =>
        strictEqual(report.virtio.filter(isBalloon).length, broughtBalloons(target).length),
    },
  },
  {
    id: 'balloon/none',
    title: 'a guest that wants no balloon has none',
    uses: ['device:memballoon/none'],
    domain: domainXml({ devices: "<memballoon model='none'/>" }),
    expect: {
      plan(planned) {
        const drivers = optionsNamed(planned, '-device').map(({ properties }) =>
          String(properties['driver']),
        )
        ok(!drivers.some((driver) => driver.includes('balloon')))
      },
      guest: (report) => strictEqual(report.virtio.filter(isBalloon).length, 0),
    },
  },
  {
    id: 'sound/ich6',
    title: 'a sound card has a backend, and is what the guest finds',
    uses: ['device:sound/ich6'],
    domain: domainXml({ devices: "<sound model='ich6'/>" }),
    expect: {
      plan: (planned) => ok(optionsNamed(planned, '-audiodev').length > 0),
      guest(report) {
        const audioClass = 0x0403
        ok(report.pci.some((one) => one.class >> 8 === audioClass))
      },
    },
  },
]
