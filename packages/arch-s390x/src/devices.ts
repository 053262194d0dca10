import { displayRows, onChannels, pciModels, pciRows, portRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'

// QEMU has no shared memory device for this machine.
const { shmem: _, ...virtual } = pciRows

/** Consoles of the service element: one that edits lines, and one that shows whole screens (VT220). */
const service = {
  sclp: { driver: 'sclpconsole', bus: 'none' },
  sclplm: { driver: 'sclplmconsole', bus: 'none' },
} as const

const { 'virtio:passthrough': hostInput, ...inputs } = pciModels.virtioInputs

const channelRows = onChannels({
  ...virtual,
  disk: {
    models: { virtio: { driver: 'virtio-blk-pci', bus: 'pci' }, scsi: { bus: 'drive' } },
  },
  'controller:scsi': {
    default: ['virtio-scsi'],
    models: { 'virtio-scsi': { driver: 'virtio-scsi-pci', bus: 'pci' } },
  },
  'controller:virtio-serial': { models: pciModels.virtioSerial },
  interface: {
    default: ['virtio'],
    models: { virtio: { driver: 'virtio-net-pci', bus: 'pci' } },
  },
  hostdev: {
    models: {
      pci: { driver: 'vfio-pci', bus: 'pci' },
      scsi: { driver: 'scsi-generic', bus: 'drive' },
      scsi_host: { driver: 'vhost-scsi-pci', bus: 'pci' },
      mdev: { driver: 'vfio-pci', bus: 'pci' },
      'mdev:vfio-ccw': { driver: 'vfio-ccw', bus: 'ccw' },
      'mdev:vfio-ap': { driver: 'vfio-ap', bus: 'none' },
    },
  },
  input: { default: ['virtio:mouse', 'virtio:keyboard', 'virtio:tablet'], models: inputs },
  video: {
    default: ['virtio'],
    models: { virtio: { driver: 'virtio-gpu-pci', bus: 'pci' }, none: { bus: 'none' } },
  },
})

/**
 * What guests of s390-ccw-virtio may have: virtio on channels, or as PCI functions where a document
 * gives them a slot; consoles of the service element; devices of the host. QEMU builds nothing else for
 * it: no USB, no emulated cards, sound, TPM or IOMMU (`qemu-system-s390x -device help`).
 */
export const devices: DeviceAllowList = {
  ...displayRows,
  ...portRows,
  ...channelRows,
  input: {
    ...channelRows.input,
    models: {
      ...channelRows.input?.models,
      // QEMU has the host's own input device as a PCI function only.
      ...(hostInput && { 'virtio:passthrough': hostInput }),
      'none:evdev': { bus: 'none' },
    },
  },
  'controller:pci': {
    models: { 'pci-root': { bus: 'none' }, 'pci-bridge': { driver: 'pci-bridge', bus: 'pci' } },
  },
  'controller:usb': { default: ['none'], models: { none: { bus: 'none' } } },
  serial: {
    default: ['sclp-serial'],
    models: { 'sclp-serial': { ...service.sclp, forms: ['sclplmconsole'] } },
  },
  console: { models: { ...portRows.console?.models, ...service } },
  watchdog: { models: { diag288: { driver: 'diag288', bus: 'none' } } },
  panic: { default: ['s390'], models: { s390: { bus: 'none' } } },
}
