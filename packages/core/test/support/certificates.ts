import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of certificates as QEMU wants them, all of one authority, valid for this test. */
export function certificates(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' })
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl(
    ...['req', '-x509', ...key, '-keyout', at('ca-key.pem'), '-out', at('ca-cert.pem')],
    ...['-subj', '/CN=test authority', '-days', '2'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  )
  for (const side of ['server', 'client']) {
    openssl(
      ...['req', ...key, '-keyout', at(`${side}-key.pem`), '-out', at(`${side}.csr`)],
      ...['-subj', '/CN=localhost'],
    )
    writeFileSync(
      at(`${side}.ext`),
      `subjectAltName=DNS:localhost\nextendedKeyUsage=${side}Auth\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n`,
    )
    openssl(
      ...['x509', '-req', '-in', at(`${side}.csr`), '-CA', at('ca-cert.pem')],
      ...['-CAkey', at('ca-key.pem'), '-CAcreateserial', '-out', at(`${side}-cert.pem`)],
      ...['-days', '2', '-extfile', at(`${side}.ext`)],
    )
  }
  return folder
}
