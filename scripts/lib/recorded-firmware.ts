import type { PlanFacts } from '@polyvirt/core'

type Firmwares = ReturnType<NonNullable<PlanFacts['firmwares']>>

const q35 = [{ architecture: 'x86_64', machines: ['pc-q35-*'] }]
const secure = {
  interfaces: ['uefi'],
  device: 'flash',
  executable: '/usr/share/OVMF/OVMF_CODE_4M.ms.fd',
  executableFormat: 'raw',
} as const

/** The firmware descriptors of Debian 12's packages ovmf and qemu-efi-aarch64, by their names. */
export const recordedFirmware: Firmwares = [
  {
    ...secure,
    nvramTemplate: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd',
    targets: q35,
    features: [
      'acpi-s3',
      'amd-sev',
      'enrolled-keys',
      'requires-smm',
      'secure-boot',
      'verbose-dynamic',
    ],
  },
  {
    ...secure,
    executable: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
    nvramTemplate: '/usr/share/OVMF/OVMF_VARS_4M.fd',
    targets: q35,
    features: ['acpi-s3', 'amd-sev', 'requires-smm', 'secure-boot', 'verbose-dynamic'],
  },
  {
    ...secure,
    executable: '/usr/share/OVMF/OVMF_CODE_4M.fd',
    nvramTemplate: '/usr/share/OVMF/OVMF_VARS_4M.fd',
    targets: [{ architecture: 'x86_64', machines: ['pc-i440fx-*', 'pc-q35-*'] }],
    features: ['acpi-s3', 'amd-sev', 'verbose-dynamic'],
  },
  ...(
    [
      ['CODE.ms', 'VARS.ms', ['enrolled-keys', 'secure-boot', 'verbose-static']],
      ['CODE.secboot', 'VARS', ['secure-boot', 'verbose-static']],
      ['CODE', 'VARS', ['verbose-static']],
    ] as const
  ).map(([code, variables, features]) => ({
    interfaces: ['uefi'],
    device: 'flash' as const,
    executable: `/usr/share/AAVMF/AAVMF_${code}.fd`,
    executableFormat: 'raw',
    nvramTemplate: `/usr/share/AAVMF/AAVMF_${variables}.fd`,
    targets: [{ architecture: 'aarch64', machines: ['virt-*'] }],
    features: [...features],
  })),
]
