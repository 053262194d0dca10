import type { Bandwidth, PortForward, UserNetwork } from '../domain/devices/interface.ts'
import type { InterfaceIp } from '../domain/devices/interface-ip.ts'
import type { VirtualPort, Vlan } from '../domain/devices/virtual-port.ts'
import type { NetworkVerbs } from '../hypervisor/interface/networks.ts'

/**
 * What an `<interface type='network'>` becomes when its guest starts. Whatever the document itself
 * says of the card (MAC, model, MTU, …) goes before this.
 */
export type ActualInterface = ActualBridge | ActualDirect | ActualUser

/** A macvtap on a network device of this host. */
export interface ActualDirect {
  readonly type: 'direct'
  readonly dev: string
  readonly mode: 'bridge' | 'private' | 'vepa' | 'passthrough'
  /** Limits for cards that have none of their own. */
  readonly bandwidth?: Bandwidth
}

/** A tap on a bridge of this host; the bridge is there and up. */
export interface ActualBridge {
  readonly type: 'bridge'
  readonly bridge: string
  /** The bridge is the host's own, not made for the network (`<forward mode='bridge'>`). */
  readonly ofHost?: boolean
  readonly mtu?: number
  readonly vlan?: Vlan
  readonly virtualport?: VirtualPort
  /** Limits for cards that have none of their own. */
  readonly bandwidth?: Bandwidth
}

/** A network of QEMU's own for this card alone: needs no right on the host. */
export interface ActualUser extends UserNetwork {
  readonly type: 'user'
  /** The network's own addresses with their prefixes; QEMU's where there is none. */
  readonly ips?: readonly InterfaceIp[]
  /** Ports of the host that lead to the guest, beside those that its own document names. */
  readonly forwards?: readonly PortForward[]
}

/** Keeps the networks of a connection. */
export interface NetworkDriver extends NetworkVerbs {
  /**
   * What a card that names this network, and perhaps a group of its ports, is plugged into.
   *
   * @param mac the card's own address: what the network keeps for it
   * @throws DomainError `ERR_NO_NETWORK` where there is none, `ERR_OPERATION_INVALID` where it is
   * not active: start it with `networkCreate`.
   */
  resolve(network: string, portgroup?: string, mac?: string): Promise<ActualInterface>
  /** The connection is closed. */
  close?(): Promise<void>
}
