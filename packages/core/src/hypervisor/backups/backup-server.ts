import { domainError, quote } from '../../errors.ts'
import type { BackupServer } from './backup-document.ts'

/** QAPI's `SocketAddressLegacy`. */
export type ServerAddress =
  | { readonly type: 'unix'; readonly data: { readonly path: string } }
  | { readonly type: 'inet'; readonly data: { readonly host: string; readonly port: string } }

/** IANA's port of NBD. */
const nbdPort = '10809'

const loopback = ['localhost', '127.0.0.1', '::1']

/**
 * Where a pull backup is served: a socket, in the run's own folder where nothing is said, or a port of
 * loopback. Whoever can connect reads the guest's disks.
 */
export function serverAddress(server: BackupServer | undefined, stateDir: string): ServerAddress {
  const refuse = (message: string, path: string): never => {
    throw domainError('ERR_CONFIG_UNSUPPORTED', message, {
      path: `server/${path}`,
      root: 'domainbackup',
    })
  }
  if (server?.tls === true)
    refuse('a backup is served on this machine only, where TLS hides nothing: take tls out', '@tls')
  if (server === undefined || server.transport === 'unix') {
    const path = server?.socket ?? `${stateDir}/backup.sock`
    if (!path.startsWith('/')) refuse(`${quote(path, 200)} is not an absolute path`, '@socket')
    return { type: 'unix', data: { path } }
  }
  const { name: host = 'localhost', port = nbdPort } = server
  if (!loopback.includes(host))
    refuse(
      `${quote(host)} is not this machine alone, and whoever connects reads the guest's disks: use ${loopback.join(', ')}, or a unix socket`,
      '@name',
    )
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    refuse(`${quote(port)} is not a port from 1 to 65535`, '@port')
  return { type: 'inet', data: { host, port } }
}
