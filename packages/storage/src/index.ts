/** The storage driver of polyvirt: directory pools and their volumes, in libvirt's words. */
export { openStorage } from './open-storage.ts'
