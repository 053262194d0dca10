import type { Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'

/** What a TLS end of a connection needs beside it: libvirt's folder of certificates. */
export function tlsCredentials(id: string, endpoint: 'server' | 'client'): Argument {
  const credentials = { 'qom-type': 'tls-creds-x509', id, dir: '/etc/pki/qemu', endpoint }
  return ['-object', jsonOption({ ...credentials, 'verify-peer': true })]
}

/** QEMU's id of the credentials of one node. */
export function nodeCredentials(node: number): string {
  return `objlibvirt-${node}-storage_tls0`
}
