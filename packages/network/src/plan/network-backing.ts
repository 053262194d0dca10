import type { Network } from '../documents/network.ts'

/**
 * Who gives a network: a bridge of the host, a network device of the host (macvtap), QEMU's own
 * user-mode network, or nobody here.
 */
export type NetworkBacking = 'bridge' | 'direct' | 'user' | 'none'

export function backingOf({ forward, bridge }: Network): NetworkBacking {
  switch (forward === undefined ? 'nat' : forward.mode) {
    case 'nat':
      return 'user'
    case 'bridge':
      return bridge?.name === undefined ? 'direct' : 'bridge'
    case 'private':
    case 'vepa':
    case 'passthrough':
      return 'direct'
    default:
      return 'none'
  }
}
