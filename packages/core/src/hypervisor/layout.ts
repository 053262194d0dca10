import { domainError, quote } from '../errors.ts'
import type { Confinement } from './confinement/confinement.ts'
import type { RuntimePaths } from '../qemu/argv-context.ts'
import { hugeFolder } from '../run/huge-pages.ts'
import type { Sysfs } from '../run/sysfs.ts'

/** Where one hypervisor keeps things; all absolute. */
export interface Layout {
  readonly uri: string
  /** Database and what must outlive a reboot. */
  readonly libDir: string
  /** Sockets and what belongs to running guests; short, because of the sockets. */
  readonly runDir: string
  readonly logDir: string
  readonly cacheDir: string
  /** What an administrator says of the connection; see confinement/connection-config.ts. */
  readonly configFile: string
  /** How QEMU is kept in its place; as its caller may be where it is left out. */
  readonly confinement?: Confinement
  /** A recorded host that stands in for this machine; the machine itself when missing. */
  readonly hostDir?: string
  /** The kernel that gives devices to guests; this machine's own where it is left out. */
  readonly sysfs?: Sysfs
}

/** What the environment says about a user's folders. */
export interface UserFolders {
  readonly home: string
  readonly uid: number
  readonly dataHome?: string
  readonly cacheHome?: string
  readonly configHome?: string
  readonly runtimeDir?: string
}

/** Longest path below a run folder: `domain-4294967295-` and twenty characters, `/monitor.sock`. */
const longestSocketName = 1 + 'domain-4294967295-'.length + 20 + '/monitor.sock'.length

const maxSocketPathBytes = 107

/**
 * The folders of a connection URI, as libvirt lays them out.
 *
 * @throws DomainError `ERR_INVALID_ARG` for a URI that is none of libvirt's three, or a root too
 * deep for the sockets in it.
 */
export function layoutOf(uri: string, user: UserFolders): Layout {
  const parsed = /^qemu:\/\/\/(system|session|embed)(?:\?(.*))?$/.exec(uri)
  if (parsed === null) {
    throw domainError(
      'ERR_INVALID_ARG',
      `${quote(uri)} is not a connection that is offered; use qemu:///system, qemu:///session or qemu:///embed?root=DIR`,
    )
  }
  const layout = folders(parsed[1] ?? '', new URLSearchParams(parsed[2] ?? ''), uri, user)
  const bytes = Buffer.byteLength(layout.runDir) + longestSocketName
  if (bytes > maxSocketPathBytes) {
    throw domainError(
      'ERR_INVALID_ARG',
      `${quote(layout.runDir, 200)} is too deep: sockets in it would have ${bytes} bytes, and at most ${maxSocketPathBytes} are allowed; choose a root of at most ${maxSocketPathBytes - longestSocketName - '/run'.length} bytes`,
    )
  }
  return layout
}

function folders(kind: string, query: URLSearchParams, uri: string, user: UserFolders): Layout {
  if (kind === 'system') {
    return {
      uri,
      libDir: '/var/lib/polyvirt',
      runDir: '/run/polyvirt',
      logDir: '/var/log/polyvirt',
      cacheDir: '/var/cache/polyvirt',
      configFile: '/etc/polyvirt/polyvirt.json',
    }
  }
  if (kind === 'session') {
    const lib = `${user.dataHome ?? `${user.home}/.local/share`}/polyvirt`
    return {
      uri,
      libDir: lib,
      runDir:
        user.runtimeDir === undefined ? `/tmp/polyvirt-${user.uid}` : `${user.runtimeDir}/polyvirt`,
      logDir: `${lib}/log`,
      cacheDir: `${user.cacheHome ?? `${user.home}/.cache`}/polyvirt`,
      configFile: `${user.configHome ?? `${user.home}/.config`}/polyvirt/polyvirt.json`,
    }
  }
  const root = query.get('root')
  if (root === null || !root.startsWith('/')) {
    throw domainError(
      'ERR_INVALID_ARG',
      `${quote(uri)} needs an absolute root: qemu:///embed?root=/DIR`,
    )
  }
  const host = query.get('host')
  if (host !== null && !host.startsWith('/')) {
    throw domainError('ERR_INVALID_ARG', `${quote(uri)}: host is an absolute path of a recording`)
  }
  const base = root.replace(/\/+$/, '')
  return {
    uri,
    ...(host !== null && { hostDir: host }),
    libDir: `${base}/lib`,
    runDir: `${base}/run`,
    logDir: `${base}/log`,
    cacheDir: `${base}/cache`,
    configFile: `${base}/etc/polyvirt.json`,
  }
}

/** Name of a run's folder: libvirt's short name, with only harmless characters. */
export function runName(id: number, name: string): string {
  const short = name.replace(/[^A-Za-z0-9_.-]/gu, '_').slice(0, 20)
  return `domain-${id}-${short}`
}

/** Where emulators work while they are asked what they can do. */
export function probeFolder(runDir: string): string {
  return `${runDir}/probe`
}

/** Channel sockets live beside the run folders, where libvirt has them. */
export function channelDirOf(stateDir: string): string {
  return stateDir.replace(/\/([^/]+)$/, '/channel/target/$1')
}

/** Where a QEMU tells what happens, beside the monitor that it is commanded through. */
export function eventsSocket(stateDir: string): string {
  return `${stateDir}/events.sock`
}

/** Where one run of a guest keeps what it needs. */
export function runPaths(layout: Layout, stateDir: string): RuntimePaths {
  return {
    stateDir,
    channelDir: channelDirOf(stateDir),
    nvramDir: `${layout.libDir}/nvram`,
    ramDir: `${stateDir}/ram`,
    hugeDir: (pageKiB) => hugeFolder(stateDir, pageKiB),
  }
}
