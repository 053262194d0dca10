import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** x86 guests, 64 and 32 bits wide, on the two PC boards. */
export const x86: Arch = defineArch({
  name: 'x86',
  package: '@polyvirt/arch-x86',
  guests: [
    {
      name: 'x86_64',
      emulators: ['qemu-system-x86_64'],
      emulatorPackage: 'qemu-system-x86',
      firmwareName: 'x86_64',
      firmwarePackage: 'ovmf',
      wordSize: 64,
      endian: 'little',
      kvmHosts: ['x86_64'],
      capabilityFeatures: [
        { name: 'acpi', default: true, toggle: true },
        { name: 'apic', default: true, toggle: false },
      ],
    },
    {
      name: 'i686',
      emulators: ['qemu-system-i386', 'qemu-system-x86_64'],
      emulatorPackage: 'qemu-system-x86',
      firmwareName: 'i386',
      firmwarePackage: 'ovmf-ia32',
      wordSize: 32,
      endian: 'little',
      kvmHosts: ['x86_64', 'i686'],
      capabilityFeatures: [
        { name: 'pae' },
        { name: 'nonpae' },
        { name: 'acpi', default: true, toggle: true },
        { name: 'apic', default: true, toggle: false },
      ],
    },
  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
