import { accessSync, constants } from 'node:fs'
import { domainError, quote } from '../../errors.ts'
import { kvmGroup } from '../../run/kvm-group.ts'
import { findUser, missingCapabilities } from '../../run/run-user.ts'
import type { RunUser } from '../../run/run-user.ts'
import type { ConnectionConfig } from './connection-config.ts'

/** How QEMU is kept in its place here, and what of it this machine does not allow. */
export interface Confinement {
  readonly config: ConnectionConfig
  /** Programs in front of QEMU that leave it without powers; they become QEMU in the end. */
  readonly launcher: readonly string[]
  /** The user that QEMU runs as, where it is not the caller. */
  readonly user?: RunUser
  /** QEMU can open files of others (root, with its powers left). */
  readonly powerful: boolean
  /** What is missing, as sentences: why, and what would help. */
  readonly gaps: readonly string[]
}

/** Users that distributions have for guests. */
const ordinaryUsers = ['polyvirt', 'libvirt-qemu', 'qemu']

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/**
 * @param system this is root's own connection, where QEMU is never root unasked
 * @throws DomainError `ERR_CONFIG_UNSUPPORTED` for a user that is asked for and cannot be had
 */
export function confinementOf(config: ConnectionConfig, system: boolean): Confinement {
  const gaps: string[] = []
  const setpriv = findProgram('setpriv')
  const isRoot = process.geteuid?.() === 0
  const user = isRoot ? userFor(config, system) : otherUser(config)
  if (isRoot && user === undefined) gaps.push(asRoot(config, system))
  if (setpriv === undefined) {
    if (user !== undefined)
      throw cannot(user, 'setpriv is not installed: apt-get install util-linux')
    gaps.push(
      'setpriv is not installed, so QEMU keeps the powers of its caller: apt-get install util-linux',
    )
    return { config, launcher: [], powerful: isRoot, gaps }
  }
  const missing =
    user === undefined ? [] : missingCapabilities('CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN')
  if (user !== undefined && missing.length > 0)
    throw cannot(
      user,
      `this process has no ${missing.join(', ')} (a container or a user namespace?)`,
    )
  const bounded = missingCapabilities('CAP_SETPCAP').length === 0
  if (isRoot && !bounded)
    gaps.push('this process has no CAP_SETPCAP, so the bounding set of QEMU stays as it is')
  const launcher = [
    setpriv,
    '--no-new-privs',
    '--inh-caps=-all',
    ...(bounded ? ['--bounding-set=-all'] : []),
    ...(user === undefined ? [] : identityArguments(user)),
    '--',
  ]
  return {
    config,
    launcher,
    powerful: isRoot && user === undefined && !bounded,
    gaps,
    ...(user && { user }),
  }
}

function identityArguments({ uid, gid, groups }: RunUser): readonly string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`]
}

/**
 * The user, with the group that distributions give KVM's device to: a user that was made for guests need not
 * be in it, and root may say who is.
 */
function withKvm(user: RunUser): RunUser {
  const group = kvmGroup()
  if (group === undefined || user.groups.includes(group)) return user
  return { ...user, groups: [...user.groups, group] }
}

/** Where QEMU runs as its caller, nothing may be asked for but that. */
function otherUser({ user }: ConnectionConfig): undefined {
  if (user === undefined || findUser(user)?.uid === process.geteuid?.()) return undefined
  throw domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `QEMU is to run as ${quote(user)}, and only root can give it another user`,
  )
}

function userFor({ user }: ConnectionConfig, system: boolean): RunUser | undefined {
  if (user === undefined) {
    if (!system || missingCapabilities('CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN').length > 0)
      return undefined
    for (const name of ordinaryUsers) {
      const found = findUser(name)
      if (found !== undefined) return withKvm(found)
    }
    return undefined
  }
  const found = findUser(user)
  if (found !== undefined) return found.uid === 0 ? undefined : withKvm(found)
  throw domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `QEMU is to run as ${quote(user)}, and there is no such user: make it with useradd --system ${user}`,
  )
}

function asRoot({ user }: ConnectionConfig, system: boolean): string {
  if (user !== undefined) return `QEMU runs as root, as the configuration says (user=${user}).`
  if (!system)
    return 'QEMU runs as root, without its powers, because this root of guests names no user: user=NAME in the URI or the configuration.'
  return `QEMU runs as root, because none of ${ordinaryUsers.join(', ')} can be had here: useradd --system polyvirt, or user=NAME in the configuration.`
}

function cannot(user: RunUser, why: string): Error {
  return domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `QEMU is to run as ${quote(user.name)}, and ${why}; user=root runs it as root`,
  )
}

export function findProgram(name: string): string | undefined {
  return folders
    .map((folder) => `${folder}/${name}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
