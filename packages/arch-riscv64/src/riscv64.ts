import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** 64-bit RISC-V guests on QEMU's virt board. */
export const riscv64: Arch = defineArch({
  name: 'riscv64',
  package: '@polyvirt/arch-riscv64',
  guests: [
    {
      name: 'riscv64',
      emulators: ['qemu-system-riscv64'],
      emulatorPackage: 'qemu-system-misc',
      firmwareName: 'riscv64',
      firmwarePackage: 'qemu-efi-riscv64',
      wordSize: 64,
      endian: 'little',
      kvmHosts: ['riscv64'],
    },
  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
