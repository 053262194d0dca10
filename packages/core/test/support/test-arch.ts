import { defineArch } from '../../src/arch/index.ts'
import type {
  Arch,
  CpuDriver,
  DeviceAllowList,
  HostInfo,
  QemuCapabilities,
} from '../../src/arch/index.ts'

/**
 * A platform that exists nowhere: one PCI root that grows by bridges, and a bus of registers. What
 * core does with it, it does for every architecture.
 */

const cpu: CpuDriver = {
  models: [
    { name: 'toy1', vendor: 'ToyWorks' },
    { name: 'toy2', vendor: 'ToyWorks' },
  ],
  byDefault: () => ({
    mode: 'custom',
    match: 'exact',
    check: 'none',
    model: 'toy1',
    fallback: 'forbid',
  }),
  check(asked) {
    if (asked.mode !== undefined && asked.mode !== 'custom') {
      return [
        {
          code: 'ERR_CONFIG_UNSUPPORTED',
          path: '@mode',
          message: `mode '${asked.mode}' is not offered`,
        },
      ]
    }
    const known = asked.model === undefined || asked.model === 'toy1' || asked.model === 'toy2'
    return known
      ? []
      : [
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: 'model',
            message: `CPU '${asked.model}' is not known; offered: toy1, toy2`,
          },
        ]
  },
  argument: (asked) => ({
    model: asked.model ?? 'toy1',
    flags: (asked.features ?? []).map((feature) => [
      feature.name,
      feature.policy === 'disable' ? 'off' : 'on',
    ]),
  }),
  compare: () => ({ result: 'identical' }),
  baseline: (cpus) => ({ cpu: cpus[0] ?? {} }),
}

const devices: DeviceAllowList = {
  vsock: { default: ['virtio'], models: { virtio: { driver: 'vhost-vsock-pci', bus: 'pci' } } },
  disk: {
    models: {
      virtio: { driver: 'virtio-blk-pci', bus: 'pci' },
      scsi: { bus: 'drive' },
      sata: { bus: 'drive' },
      usb: { driver: 'usb-storage', bus: 'usb' },
    },
  },
  'controller:pci': {
    models: {
      'pci-root': { bus: 'none' },
      'pci-bridge': { driver: 'pci-bridge', bus: 'pci' },
    },
  },
  'controller:usb': {
    default: ['qemu-xhci'],
    models: { 'qemu-xhci': { driver: 'qemu-xhci', bus: 'pci' }, none: { bus: 'none' } },
  },
  'controller:scsi': {
    default: ['virtio-scsi'],
    models: {
      'virtio-scsi': { driver: 'virtio-scsi-pci', bus: 'pci' },
      lsilogic: { driver: 'lsi', bus: 'pci' },
    },
  },
  'controller:sata': { models: { '': { driver: 'ahci', bus: 'pci' } } },
  'controller:virtio-serial': { models: { '': { driver: 'virtio-serial-pci', bus: 'pci' } } },
  interface: {
    default: ['virtio'],
    models: {
      virtio: { driver: 'virtio-net-pci', bus: 'pci' },
      e1000: { driver: 'e1000', bus: 'pci' },
      'spapr-vlan': { driver: 'spapr-vlan', bus: 'spapr-vio' },
    },
  },
  serial: {
    default: ['spapr-vio-serial'],
    models: {
      'spapr-vio-serial': { driver: 'spapr-vty', bus: 'spapr-vio' },
      'pci-serial': { driver: 'pci-serial', bus: 'pci' },
      'usb-serial': { driver: 'usb-serial', bus: 'usb' },
    },
  },
  console: {
    models: { serial: { bus: 'none' }, virtio: { driver: 'virtconsole', bus: 'virtio-serial' } },
  },
  channel: {
    models: {
      virtio: { driver: 'virtserialport', bus: 'virtio-serial' },
      guestfwd: { bus: 'none' },
    },
  },
  input: {
    default: ['usb:keyboard', 'usb:mouse', 'usb:tablet'],
    models: {
      'usb:keyboard': { driver: 'usb-kbd', bus: 'usb' },
      'usb:mouse': { driver: 'usb-mouse', bus: 'usb' },
      'usb:tablet': { driver: 'usb-tablet', bus: 'usb' },
      'virtio:keyboard': { driver: 'virtio-keyboard-pci', bus: 'pci' },
    },
  },
  graphics: { models: { vnc: { bus: 'none' }, spice: { bus: 'none' } } },
  sound: {
    models: { ac97: { driver: 'AC97', bus: 'pci' }, usb: { driver: 'usb-audio', bus: 'usb' } },
  },
  video: {
    default: ['virtio', 'vga'],
    models: {
      virtio: { driver: 'virtio-gpu-pci', bus: 'pci' },
      vga: { driver: 'VGA', bus: 'pci' },
      none: { bus: 'none' },
    },
  },
  hub: { models: { usb: { driver: 'usb-hub', bus: 'usb' } } },
  watchdog: { models: { i6300esb: { driver: 'i6300esb', bus: 'pci' } } },
  memballoon: {
    models: { virtio: { driver: 'virtio-balloon-pci', bus: 'pci' }, none: { bus: 'none' } },
  },
  rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'pci' } } },
  nvram: { models: { nvram: { driver: 'spapr-nvram', bus: 'spapr-vio' } } },
  panic: { default: ['toy'], models: { toy: { bus: 'none' } } },
}

export const testArch: Arch = defineArch({
  name: 'toy',
  package: '@example/arch-toy',
  guests: [
    {
      name: 'toy64',
      emulators: ['qemu-system-toy64'],
      emulatorPackage: 'qemu-system-toy',
      wordSize: 64,
      endian: 'little',
      kvmHosts: ['toy64'],
    },
  ],
  cpu,
  host: { machines: ['toy64'], read: () => testHost },
  features: {
    supported: {
      acpi: { to: 'nothing' },
      vmport: { to: 'machine', property: 'vmport' },
      pmu: { to: 'cpu', flag: 'pmu' },
      hypervVendorId: { to: 'nothing' },
      hypervVendorIdValue: { to: 'cpu', flag: 'hv-vendor-id' },
      hypervMode: { to: 'nothing' },
    },
    defaults: () => ({}),
    timers: { rtc: {} },
  },
  devices,
  machine: {
    default: 'toy',
    profiles: [
      {
        name: 'toy',
        // Deliberately not anchored at its end: the emulator's own list has the last word.
        pattern: /^toy/,
        memoryStepKiB: 1024,
        minimumMemoryKiB: 1024,
        pci: {
          root: 'pci-root',
          grow: 'pci-bridge',
          occupied: [
            { slot: 0, function: 0 },
            { slot: 31, function: 0 },
          ],
          places: [],
        },
        registers: {
          type: 'spapr-vio',
          base: { interface: 0x1000, serial: 0x2000, nvram: 0x3000 },
          step: 0x100,
        },
        implicit: [
          {
            kind: 'controller',
            device: { type: 'usb', index: 0, model: 'qemu-xhci' },
            reason: 'it has USB',
          },
          {
            kind: 'controller',
            device: { type: 'pci', index: 0, model: 'pci-root' },
            reason: 'it has PCI',
          },
          { kind: 'memballoon', device: { model: 'virtio' }, reason: 'every guest gets a balloon' },
        ],
      },
    ],
    rules: [],
  },
})

export const testHost: HostInfo = {
  arch: 'toy64',
  cpu: { features: [], mhz: 1000, model: 'toy1' },
  topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
  memoryKiB: 8 * 1024 * 1024,
  pageSizesKiB: [4],
  cells: [],
  firmware: { kind: 'none' },
}

/** What its emulator says of itself. */
export const testCapabilities: QemuCapabilities = {
  version: { major: 7, minor: 2, micro: 0 },
  target: 'toy64',
  machines: [
    {
      name: 'toy-1.0',
      alias: 'toy',
      cpuMax: 64,
      defaultCpuType: 'toy1-toy64-cpu',
      defaultRamId: 'toy.ram',
      hotpluggableCpus: false,
      deprecated: false,
      isDefault: true,
    },
  ],
  cpus: [{ name: 'toy1' }, { name: 'toy2' }],
  devices: [
    ...new Set(
      Object.values(devices).flatMap((row) =>
        Object.values(row?.models ?? {}).flatMap(({ driver, type }) => type ?? driver ?? []),
      ),
    ),
  ],
  deviceProperties: {},
  kvm: { present: false, usable: false, reason: 'no such device' },
}
