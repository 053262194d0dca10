import type { Network } from '../documents/network.ts'

/** Who gives a network: a bridge of the host, QEMU's own user-mode network, or nobody here. */
export type NetworkBacking = 'bridge' | 'user' | 'none'

export function backingOf({ forward }: Network): NetworkBacking {
  if (forward === undefined || forward.mode === 'nat') return 'user'
  return forward.mode === 'bridge' ? 'bridge' : 'none'
}
