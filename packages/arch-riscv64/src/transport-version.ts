import type { Domain, Effects, RuleContext } from '@polyvirt/core/arch'

/**
 * Gives the board's own virtio transports version 1 where a device is on one that Linux drives by no older
 * version: it has no driver for others (virtio_input, virtio-gpu, virtio_crypto). QEMU's transports are those
 * of the draft before it unless told (hw/virtio/virtio-mmio.c), all of them or none.
 */
export function transportVersion({ domain, profile }: RuleContext): Effects {
  const isOnOne = ({ address }: Placed): boolean =>
    address === undefined ? profile.pci === undefined : address.type === 'virtio-mmio'
  return newerDevices(domain).some(isOnOne) ? { global: ['virtio-mmio.force-legacy=off'] } : {}
}

interface Placed {
  readonly address?: { readonly type: string }
}

const newerDevices = ({ devices }: Domain): readonly Placed[] => [
  ...(devices.input ?? []).filter(({ bus }) => bus === 'virtio'),
  ...(devices.video ?? []).filter(({ model }) => model === 'virtio'),
  ...(devices.crypto ?? []),
]
