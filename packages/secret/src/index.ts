/** The secret driver of polyvirt: libvirt's secrets without a daemon. */
export { openSecrets } from './open-secrets.ts'
