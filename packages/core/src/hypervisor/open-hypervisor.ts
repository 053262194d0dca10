import { homedir } from 'node:os'
import type { ArchRegistry } from '../arch/registry.ts'
import type { Drivers } from '../driver/driver-context.ts'
import { domainError, quote } from '../errors.ts'
import { makePrivateDir } from '../run/private-dir.ts'
import { openStore } from '../store/index.ts'
import { openEmbedded } from './embedded-hypervisor.ts'
import { confinementOf } from './confinement/confinement.ts'
import { readConfig } from './confinement/connection-config.ts'
import type { Hypervisor } from './hypervisor.ts'
import { layoutOf } from './layout.ts'
import type { Destination } from './migration/migrate-domain.ts'

export interface OpenOptions {
  /** The architectures at hand. */
  readonly registry: ArchRegistry
  /** Who keeps networks and storage pools; without one, verbs of its kind are refused. */
  readonly drivers?: Drivers
  /**
   * Closing the hypervisor is the last thing that this process does: the state database is left to its
   * end rather than closed, for this waits for the disk and makes the next process do so.
   */
  readonly closedByExit?: boolean
}

/** The connection where none is named: `POLYVIRT_DEFAULT_URI`, else root's or the user's own. */
export function defaultUri(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['POLYVIRT_DEFAULT_URI']
  if (named !== undefined && named !== '') return named
  return process.getuid?.() === 0 ? 'qemu:///system' : 'qemu:///session'
}

/**
 * Opens a hypervisor in this process. Nothing needs to run beforehand and nothing keeps running but
 * the guests; any number of processes may have the same one open.
 *
 * @throws DomainError for a URI that is not offered, or a folder that is not safely ours.
 */
export async function openHypervisor(uri: string, options: OpenOptions): Promise<Hypervisor> {
  const { hypervisor } = await openRoot(uri, options)
  return hypervisor
}

async function openRoot(uri: string, options: OpenOptions): Promise<Destination> {
  const { env } = process
  const folders = layoutOf(uri, {
    home: env['HOME'] ?? homedir(),
    uid: process.getuid?.() ?? 0,
    ...(env['XDG_DATA_HOME'] && { dataHome: env['XDG_DATA_HOME'] }),
    ...(env['XDG_CACHE_HOME'] && { cacheHome: env['XDG_CACHE_HOME'] }),
    ...(env['XDG_CONFIG_HOME'] && { configHome: env['XDG_CONFIG_HOME'] }),
    ...(env['XDG_RUNTIME_DIR'] && { runtimeDir: env['XDG_RUNTIME_DIR'] }),
  })
  if (uri.startsWith('qemu:///system') && process.getuid?.() !== 0) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `${quote(uri)} is root's; use qemu:///session, or run as root`,
    )
  }
  const query = new URLSearchParams(uri.slice(uri.indexOf('?') + 1))
  const config = readConfig(folders.configFile, query)
  const confinement = confinementOf(config, uri.startsWith('qemu:///system'))
  const layout = { ...folders, confinement }
  const guarded = confinement.user !== undefined
  for (const dir of [layout.libDir, layout.runDir]) await makePrivateDir(dir, { passable: guarded })
  const store = await openStore({ path: `${layout.libDir}/polyvirt.db` })
  const { registry, drivers, closedByExit } = options
  const parts = {
    layout,
    registry,
    store,
    ...(drivers && { drivers }),
    ...(closedByExit === true && { closedByExit }),
  }
  return openEmbedded(parts, (other) => openRoot(other, options))
}
