import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** Power Book3S guests of either byte order on the pseries machine. */
export const ppc64: Arch = defineArch({
  name: 'ppc64',
  package: '@polyvirt/arch-ppc64',
  guests: [
    {
      name: 'ppc64le',
      emulators: ['qemu-system-ppc64le', 'qemu-system-ppc64'],
      emulatorPackage: 'qemu-system-ppc',
      wordSize: 64,
      endian: 'little',
      kvmHosts: ['ppc64le', 'ppc64'],
    },
    {
      name: 'ppc64',
      emulators: ['qemu-system-ppc64'],
      emulatorPackage: 'qemu-system-ppc',
      wordSize: 64,
      endian: 'big',
      kvmHosts: ['ppc64le', 'ppc64'],
    },
  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
