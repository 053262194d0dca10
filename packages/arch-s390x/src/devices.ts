import { displayRows, onChannels, pciModels, pciRows, portRows } from '@polyvirt/core/arch'
import type { DeviceAllowList } from '@polyvirt/core/arch'
import { newerModels } from './newer-devices.ts'

// QEMU has no shared memory device for this machine.
const { shmem: _, ...virtual } = pciRows

/** Consoles of the service element: one that shows whole screens (VT220), and one that edits lines. */
const service = {
  sclp: { driver: 'sclpconsole', bus: 'none' },
  sclplm: { driver: 'sclplmconsole', bus: 'none' },
} as const

const { 'virtio:passthrough': hostInput, ...inputs } = pciModels.virtioInputs

const channelRows = onChannels({
  ...virtual,
  disk: {
    models: {
      virtio: { driver: 'virtio-blk-pci', bus: 'pci' },
      scsi: { bus: 'drive' },
      ...newerModels.disks,
    },
  },
  'controller:scsi': {
    default: ['virtio-scsi'],
    models: { 'virtio-scsi': { driver: 'virtio-scsi-pci', bus: 'pci' } },
  },
  'controller:virtio-serial': { models: pciModels.virtioSerial },
  interface: {
    default: ['virtio'],
    models: { virtio: { driver: 'virtio-net-pci', bus: 'pci' }, ...newerModels.cards },
  },
  hostdev: {
    models: {
      pci: { driver: 'vfio-pci', bus: 'pci' },
      ...newerModels.hostdevs,
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
 * gives them a slot; consoles of the service element; devices of the host; since QEMU 10, USB. QEMU builds
 * nothing else for it: no cards or sound of PCs, no TPM, no IOMMU (`qemu-system-s390x -device help`).
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
      ...newerModels.inputs,
      'none:evdev': { bus: 'none' },
    },
  },
  'controller:pci': {
    models: { 'pci-root': { bus: 'none' }, 'pci-bridge': { driver: 'pci-bridge', bus: 'pci' } },
  },
  'controller:usb': {
    default: ['qemu-xhci', 'none'],
    models: { ...newerModels.usbControllers, none: { bus: 'none' } },
  },
  serial: {
    default: ['sclp-serial'],
    models: {
      'sclp-serial': { ...service.sclp, forms: ['sclplmconsole'] },
      ...newerModels.serials,
    },
  },
  console: { models: { ...portRows.console?.models, ...service } },
  watchdog: { models: { diag288: { driver: 'diag288', bus: 'none' } } },
  panic: { default: ['s390'], models: { s390: { bus: 'none' } } },
}
