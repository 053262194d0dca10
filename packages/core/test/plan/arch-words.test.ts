import { describe, expect, it } from 'vitest'
import { DomainError } from '../../src/errors.ts'
import { defineArch } from '../../src/arch/index.ts'
import type { Arch } from '../../src/arch/index.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { testArch, testCapabilities } from '../support/test-arch.ts'

/** The toy platform with something of its own. */
const toyWith = (own: Partial<Arch>) => ({
  arch: defineArch({ ...testArch, ...own }),
  capabilities: { ...testCapabilities, devices: [...testCapabilities.devices, 'tpm-toy-tis'] },
})

const tpm = (version: string): string =>
  `<tpm model='tpm-tis'><backend type='emulator'${version}/></tpm>`

const withTpm = toyWith({
  devices: {
    ...testArch.devices,
    tpm: { models: { 'tpm-tis': { driver: 'tpm-toy-tis', bus: 'none', versions: ['2.0'] } } },
  },
})

describe('words of an architecture', () => {
  it('name a serial port that the board has by itself', () => {
    const platform = toyWith({
      devices: {
        ...testArch.devices,
        serial: {
          default: ['system-serial'],
          models: { 'system-serial': { bus: 'none', modelName: 'pl011' } },
        },
      },
    })
    const devices = "<serial type='null'/>"
    const { domain } = planToy(toyXml({ devices }), false, platform)
    expect(domain.devices.serial).toMatchObject([
      { targetType: 'system-serial', targetModel: 'pl011' },
    ])
    const other =
      "<serial type='null'><target type='system-serial'><model name='16550a'/></target></serial>"
    expect(() => planToy(toyXml({ devices: other }), false, platform)).toThrow(
      /the model of a 'system-serial' port is 'pl011', not '16550a'/,
    )
  })

  it('give a feature its value where the document leaves that to them', () => {
    const platform = toyWith({
      features: {
        supported: { gicVersion: { to: 'machine', property: 'gic-version' } },
        defaults: () => ({ gicVersion: '2' }),
        timers: {},
      },
    })
    for (const more of ['', '<features><gic/></features>']) {
      const { domain } = planToy(toyXml({ more }), false, platform)
      expect(domain.features?.gicVersion).toBe('2')
    }
    const { domain } = planToy(
      toyXml({ more: "<features><gic version='3'/></features>" }),
      false,
      platform,
    )
    expect(domain.features?.gicVersion).toBe('3')
  })

  it('refuse a timer that another accelerator has', () => {
    const only = { virtType: 'kvm', reason: "it is KVM's own; use type='kvm'" } as const
    const platform = toyWith({
      features: { supported: {}, defaults: () => ({}), timers: { armvtimer: { only } } },
    })
    const more = "<clock offset='utc'><timer name='armvtimer' tickpolicy='delay'/></clock>"
    expect(() => planToy(toyXml({ more }), false, platform)).toThrow(
      /clock\/timer\[1\]: timer 'armvtimer' is refused: it is KVM's own; use type='kvm'/,
    )
  })

  it('say which versions of a TPM there are, and which one is meant', () => {
    const { domain } = planToy(toyXml({ devices: tpm('') }), false, withTpm)
    expect(domain.devices.tpm).toMatchObject([{ version: '2.0' }])
    expect(() => planToy(toyXml({ devices: tpm(" version='1.2'") }), false, withTpm)).toThrow(
      DomainError,
    )
  })

  it('name the root bus as QEMU does', () => {
    const [profile] = testArch.machine.profiles
    const pci = {
      root: 'pci-root',
      rootBus: 'pci',
      grow: 'pci-bridge',
      occupied: [],
      places: [],
    } as const
    const platform = toyWith({
      machine: { ...testArch.machine, profiles: [{ ...profile, pci }] },
    })
    const devices = "<interface type='user'><model type='e1000'/></interface>"
    const argv = planToy(toyXml({ devices }), false, platform).argv()
    expect(
      argv.some((value) => value.includes('"driver":"e1000"') && value.includes('"bus":"pci"')),
    ).toBe(true)
  })

  it('warn without refusing', () => {
    const platform = toyWith({
      machine: {
        ...testArch.machine,
        advice: [
          {
            name: 'toy/old-card',
            check: ({ domain }) =>
              (domain.devices.interface ?? []).flatMap(({ model }, i) =>
                model === 'e1000'
                  ? [
                      {
                        code: 'ERR_CONFIG_UNSUPPORTED' as const,
                        path: `devices/interface[${i + 1}]/model`,
                        message: 'an old card; virtio is quicker',
                      },
                    ]
                  : [],
              ),
          },
        ],
      },
    })
    const card = (model: string): string =>
      `<interface type='user'><model type='${model}'/></interface>`
    const devices = `${card('virtio')}\n${card('e1000')}`
    const { warnings } = planToy(toyXml({ devices }), false, platform)
    expect(warnings).toMatchObject([
      {
        path: 'devices/interface[2]/model',
        place: { line: 10 },
        message: 'an old card; virtio is quicker',
      },
    ])
  })
})
