import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { domainError } from '../../errors.ts'
import { certificatesDir } from '../../qemu/devices/tls-argv.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { MigrateOptions } from '../interface/migration.ts'

/** Certificates of one migration; nothing where it is in the clear. */
export interface TlsWish {
  readonly dir: string
  readonly hostname: string
}

/** What both ends read there (QEMU crypto/tlscredsx509.c); each shows its own certificate. */
const files = [
  'ca-cert.pem',
  'server-cert.pem',
  'server-key.pem',
  'client-cert.pem',
  'client-key.pem',
]

/** @throws DomainError where the folder lacks one of them; nothing has been begun. */
export function tlsWish({
  tls,
  tlsDir,
  tlsHostname,
  transport,
}: MigrateOptions): TlsWish | undefined {
  if (tls !== true) {
    if (tlsDir === undefined && tlsHostname === undefined) return undefined
    throw domainError('ERR_INVALID_ARG', 'certificates are named, and TLS is not asked for (tls)')
  }
  if (transport === 'unix')
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      'TLS goes over tcp: nobody else can listen to a socket of this machine',
    )
  const dir = tlsDir ?? certificatesDir
  const missing = files.filter((name) => !existsSync(join(dir, name)))
  if (missing.length > 0)
    throw domainError(
      'ERR_INVALID_ARG',
      `TLS needs ${files.join(', ')} in ${dir}; missing: ${missing.join(', ')}; put them there, or name the folder that has them (tls-dir)`,
    )
  return { dir, hostname: tlsHostname ?? 'localhost' }
}

/** Name of the credentials in both QEMUs. */
export const tlsId = 'polyvirt-tls'

/** @throws DomainError where the folder holds no certificates that QEMU can read. */
export async function addCredentials(
  qmp: QmpClient,
  { dir }: TlsWish,
  endpoint: 'client' | 'server',
): Promise<void> {
  await qmp.execute('object-add', {
    'qom-type': 'tls-creds-x509',
    id: tlsId,
    dir,
    endpoint,
    'verify-peer': true,
  })
}

/** What QEMU sends afterwards is in the clear again, as a saved guest must be, and goes to its end. */
export async function resetSending(qmp: QmpClient): Promise<void> {
  const capabilities = ['pause-before-switchover', 'postcopy-ram'].map((capability) => ({
    capability,
    state: false,
  }))
  await qmp.executeUnchecked('migrate-set-capabilities', { capabilities }).catch(() => undefined)
  await qmp
    .executeUnchecked('migrate-set-parameters', { 'tls-creds': '', 'tls-hostname': '' })
    .catch(() => undefined)
  await qmp.execute('object-del', { id: tlsId }).catch(() => undefined)
}
