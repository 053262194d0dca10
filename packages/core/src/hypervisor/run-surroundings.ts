import { createHash } from 'node:crypto'
import { chown } from 'node:fs/promises'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import type { ValidDomain } from '../plan/validate-domain.ts'
import { socketName } from '../qemu/devices/chardev-argv.ts'
import { makePrivateDir, maxSocketPathBytes, writePrivateFile } from '../run/index.ts'
import { randomBytes } from '../run/kernel-random.ts'
import type { RunUser } from '../run/run-user.ts'
import { checkWay } from './confinement/hand-over.ts'
import type { Layout } from './layout.ts'

/** Folders of a run. */
export interface RunDirs {
  readonly stateDir: string
  readonly channelDir: string
  readonly domain: Domain
  /** Whose they are to be, where QEMU is not its caller. */
  readonly owner: RunUser | undefined
}

/** Makes what a run needs before its QEMU: folders that nobody else enters, and its key. */
export async function prepareDirs(layout: Layout, dirs: RunDirs): Promise<void> {
  const { stateDir, channelDir, domain, owner } = dirs
  const shared = { passable: owner !== undefined }
  const own = owner === undefined ? {} : { owner }
  await makePrivateDir(layout.runDir, shared)
  await makePrivateDir(layout.logDir)
  await makePrivateDir(stateDir)
  // The key under which secrets will be handed to this QEMU, which no power cut leaves alive.
  const key = `${stateDir}/master-key.aes`
  await writePrivateFile(key, randomBytes(32), { durable: false })
  if (
    domain.memoryBacking !== undefined ||
    domain.devices.memory !== undefined ||
    domain.cpu?.numa !== undefined
  )
    await makePrivateDir(`${stateDir}/ram`, own)
  const needsChannels = (domain.devices.channel ?? []).some(
    (channel) => channel.type === 'unix' && channel.sources?.[0]?.path === undefined,
  )
  if (needsChannels) {
    await makePrivateDir(`${layout.runDir}/channel`, shared)
    await makePrivateDir(`${layout.runDir}/channel/target`, shared)
    await makePrivateDir(channelDir, own)
  }
  if (owner === undefined) return
  checkWay(layout.runDir, owner)
  for (const path of [key, stateDir]) await chown(path, owner.uid, owner.gid)
}

/** A channel's socket lies in a folder of ours, so only here its path is as long as it will be. */
export function checkSockets(domain: ValidDomain, channelDir: string): void {
  for (const [i, channel] of (domain.devices.channel ?? []).entries()) {
    if (channel.type !== 'unix' || channel.sources?.[0]?.path !== undefined) continue
    const bytes = Buffer.byteLength(`${channelDir}/${socketName(channel)}`)
    if (bytes <= maxSocketPathBytes) continue
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `the socket of channel ${quote(channel.name ?? '')} would have a path of ${bytes} bytes; at most ${maxSocketPathBytes} are possible: shorten its name or give a <source path='…'/>`,
      { path: `devices/channel[${i + 1}]/target/@name` },
    )
  }
}

/** A log file's name: the domain's, with only harmless characters, and never hidden. */
export function logName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9_.-]/gu, (c) => `%${Buffer.from(c).toString('hex')}`)
    .replace(/^\./, '%2e')
  if (safe.length <= 200) return `${safe}.log`
  // Two long names that begin alike are still two logs.
  const rest = createHash('sha256').update(name).digest('hex').slice(0, 16)
  return `${safe.slice(0, 180)}~${rest}.log`
}

/** Everything QEMU learns of its surroundings. */
export function environmentOf(stateDir: string, domain: Domain): Readonly<Record<string, string>> {
  return {
    LC_ALL: 'C',
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: stateDir,
    XDG_DATA_HOME: `${stateDir}/.local/share`,
    XDG_CACHE_HOME: `${stateDir}/.cache`,
    XDG_CONFIG_HOME: `${stateDir}/.config`,
    // QEMU's `base=localtime` is the time of its own zone.
    ...(domain.clock?.offset === 'timezone' && { TZ: domain.clock.timezone ?? 'UTC' }),
    ...Object.fromEntries(
      (domain.qemuEnvironment ?? []).map(({ name, value }) => [name, value ?? '']),
    ),
  }
}
