import type { Arch, DeviceAllowList, FeaturePolicy } from '@polyvirt/core/arch'
import { minimalArch } from '../../src/minimal-arch.ts'
import type { Mutant } from './mutant.ts'

const withDevices = (devices: DeviceAllowList): Arch => ({
  ...minimalArch,
  devices: { ...minimalArch.devices, ...devices },
})

const withFeatures = (features: Partial<FeaturePolicy>): Arch => ({
  ...minimalArch,
  features: { ...minimalArch.features, ...features },
})

export const tableMutants: readonly Mutant[] = [
  {
    flaw: 'a row speaks of a bus that the machine does not have',
    arch: withDevices({
      rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'spapr-vio' } } },
    }),
    caughtBy: 'rng/random',
    because: /rng/,
  },
  {
    flaw: 'a row’s driver is misspelled',
    arch: withDevices({ rng: { models: { virtio: { driver: 'virtio-rnq-pci', bus: 'pci' } } } }),
    caughtBy: 'laws > each row of its allow-list has a model',
    because: /rng/,
  },
  {
    flaw: 'a device is offered that needs a bus nobody provides',
    arch: withDevices({
      input: { models: { 'usb:tablet': { driver: 'pci-serial', bus: 'usb' } } },
    }),
    caughtBy: 'model/input/usb-tablet',
    because: /claim/,
  },
  {
    flaw: 'a default is not among the models',
    arch: withDevices({
      interface: {
        default: ['e1000'],
        models: { virtio: { driver: 'virtio-net-pci', bus: 'pci' } },
      },
    }),
    caughtBy: 'laws > its tables agree with each other',
    because: /default 'e1000' is not a model/,
  },
  {
    flaw: 'a device is placed on a bus of another kind than its driver is for',
    arch: withDevices({ rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'none' } } } }),
    caughtBy: 'controller/address-kept',
    because: /rng/,
  },
  {
    flaw: 'a feature is turned on that the architecture does not offer',
    arch: withFeatures({ defaults: () => ({ acpi: true }) }),
    caughtBy: 'identity/named',
    because: /features/,
  },
  {
    flaw: 'a feature is offered that no document can ask for',
    arch: withFeatures({
      supported: { warpDrive: { to: 'nothing' } } as FeaturePolicy['supported'],
    }),
    caughtBy: 'laws > each model of its allow-list, each feature and each timer is reached',
    because: /warpDrive/,
  },
]
