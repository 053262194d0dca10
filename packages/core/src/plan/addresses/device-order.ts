import type { PlaceableKind } from '../defaults/defaulting.ts'

/**
 * The order in which libvirt walks over all devices of a definition (`virDomainDeviceInfoIterate`):
 * numbers that simply count up are handed out in it.
 */
export const deviceOrder: readonly PlaceableKind[] = [
  'disk',
  'interface',
  'sound',
  'hostdev',
  'video',
  'controller',
  'smartcard',
  'serial',
  'parallel',
  'channel',
  'console',
  'input',
  'filesystem',
  'watchdog',
  'memballoon',
  'rng',
  'nvram',
  'hub',
  'shmem',
  'tpm',
  'panic',
  'memory',
  'iommu',
  'vsock',
  'crypto',
]
