/** The network driver of polyvirt: libvirt's networks without a daemon. */
export { openNetworks } from './open-networks.ts'
