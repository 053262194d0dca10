import { defineArch, type Arch, type QemuCapabilities } from '@polyvirt/core/arch'

/**
 * The smallest architecture that conforms: one guest, one machine with a PCI bus, virtio devices,
 * no KVM, no features. Read it before writing one; `docs/adding-an-arch.md` is made of it.
 */
export const minimalArch: Arch = defineArch({
  name: 'minimal',
  package: '@polyvirt/conformance',
  guests: [
    {
      name: 'toy64',
      emulators: ['qemu-system-toy64'],
      emulatorPackage: 'qemu-system-toy',
      wordSize: 64,
      endian: 'little',
      kvmHosts: [],
    },
  ],
  cpu: {
    models: [{ name: 'Toy1' }],
    byDefault: () => ({
      mode: 'custom',
      match: 'exact',
      check: 'none',
      model: 'Toy1',
      fallback: 'forbid',
    }),
    check({ mode, model }) {
      const refuse = (path: string, message: string) =>
        [{ code: 'ERR_CONFIG_UNSUPPORTED', path, message }] as const
      if (mode !== 'custom') return refuse('@mode', `mode '${mode}' is not offered; name Toy1`)
      if (model !== undefined && model !== 'Toy1') return refuse('model', 'the one model is Toy1')
      return []
    },
    argument: ({ model }) => ({ model: model ?? 'Toy1', flags: [] }),
    compare: (host, guest) =>
      host.model === guest.model
        ? { result: 'identical' }
        : { result: 'incompatible', reason: `${host.model} is no ${guest.model}` },
    baseline: ([first, ...others]) =>
      first !== undefined && others.every(({ model }) => model === first.model)
        ? { cpu: first }
        : { problem: { code: 'ERR_OPERATION_FAILED', message: 'the CPUs are of two models' } },
  },
  host: {
    machines: ['toy64'],
    read(files) {
      const text = Buffer.from(files.read('/proc/cpuinfo') ?? []).toString()
      const cpus = text.split('\n').filter((line) => line.startsWith('processor')).length
      return {
        arch: 'toy64',
        cpu: { features: [], mhz: 0 },
        topology: { cpus, nodes: 1, sockets: 1, cores: cpus, threads: 1 },
        memoryKiB: 0,
        pageSizesKiB: [4],
        cells: [],
        firmware: { kind: 'none' },
      }
    },
  },
  features: { supported: {}, defaults: () => ({}), timers: {} },
  devices: {
    disk: { models: { virtio: { driver: 'virtio-blk-pci', bus: 'pci' } } },
    'controller:pci': {
      models: {
        'pci-root': { bus: 'none' },
        'pci-bridge': { driver: 'pci-bridge', bus: 'pci' },
      },
    },
    'controller:usb': { models: { none: { bus: 'none' } } },
    'controller:virtio-serial': {
      default: ['virtio'],
      models: {
        '': { driver: 'virtio-serial-pci', bus: 'pci' },
        virtio: { driver: 'virtio-serial-pci', bus: 'pci' },
      },
    },
    interface: {
      default: ['virtio'],
      models: { virtio: { driver: 'virtio-net-pci', bus: 'pci' } },
    },
    serial: {
      default: ['pci-serial'],
      models: { 'pci-serial': { driver: 'pci-serial', bus: 'pci' } },
    },
    console: {
      models: { serial: { bus: 'none' }, virtio: { driver: 'virtconsole', bus: 'virtio-serial' } },
    },
    channel: { models: { virtio: { driver: 'virtserialport', bus: 'virtio-serial' } } },
    memballoon: {
      models: { virtio: { driver: 'virtio-balloon-pci', bus: 'pci' }, none: { bus: 'none' } },
    },
    rng: { models: { virtio: { driver: 'virtio-rng-pci', bus: 'pci' } } },
  },
  machine: {
    default: 'toy',
    rules: [],
    profiles: [
      {
        name: 'toy',
        pattern: /^toy(?:-[\d.]+)?$/,
        memoryStepKiB: 1024,
        minimumMemoryKiB: 1024,
        pci: {
          root: 'pci-root',
          grow: 'pci-bridge',
          occupied: [{ slot: 0, function: 0 }],
          places: [],
        },
        implicit: [
          {
            kind: 'controller',
            device: { type: 'pci', index: 0, model: 'pci-root' },
            reason: 'the board has one PCI bus',
          },
          {
            kind: 'memballoon',
            device: { model: 'virtio' },
            reason: 'every guest gets a balloon unless it says none',
          },
        ],
      },
    ],
  },
})

/** What the emulator that {@link minimalArch} needs would say, if there were one. */
export const minimalCapabilities: QemuCapabilities = {
  version: { major: 7, minor: 2, micro: 0 },
  target: 'toy64',
  machines: [
    {
      name: 'toy-1.0',
      alias: 'toy',
      cpuMax: 8,
      defaultCpuType: 'Toy1-toy-cpu',
      defaultRamId: 'toy.ram',
      hotpluggableCpus: true,
      deprecated: false,
      isDefault: true,
    },
  ],
  cpus: [{ name: 'Toy1', typename: 'Toy1-toy-cpu' }],
  devices: [
    'pci-bridge',
    'pci-serial',
    'virtconsole',
    'virtio-balloon-pci',
    'virtio-blk-pci',
    'virtio-net-pci',
    'virtio-rng-pci',
    'virtio-serial-pci',
    'virtserialport',
  ],
  deviceProperties: {},
  kvm: { present: false, usable: false, reason: 'there is no such hardware' },
}
