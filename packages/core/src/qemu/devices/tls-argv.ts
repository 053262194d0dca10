import type { Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'

/** QEMU's own place for certificates, as libvirt's `default_tls_x509_cert_dir` has it. */
export const certificatesDir = '/etc/pki/qemu'

/** What a TLS end of a connection needs beside it. */
export function tlsCredentials(id: string, endpoint: 'server' | 'client'): Argument {
  const credentials = { 'qom-type': 'tls-creds-x509', id, dir: certificatesDir, endpoint }
  return ['-object', jsonOption({ ...credentials, 'verify-peer': true })]
}

/** QEMU's id of the credentials of one node. */
export function nodeCredentials(node: number): string {
  return `objlibvirt-${node}-storage_tls0`
}
