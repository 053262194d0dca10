import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import type { Arch, GuestArch } from '../arch/arch.ts'
import { guestOf } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import { domainError } from '../errors.ts'
import { oldEmulator } from '../plan/old-emulator.ts'
import { probeCapabilities } from '../run/index.ts'
import { monotonicMs } from '../run/monotonic-ms.ts'
import type { ProbeOptions, QemuCapabilities } from '../run/index.ts'
import { checkWay } from './confinement/hand-over.ts'
import { probeFolder } from './layout.ts'
import type { Layout } from './layout.ts'

/** Folders in which distributions put QEMU; the user's PATH is not asked. */
const folders = ['/usr/bin', '/usr/local/bin', '/usr/libexec', '/opt/qemu/bin']

/** The installed QEMU that runs a guest architecture, or nothing. */
export async function findEmulator(guest: GuestArch): Promise<string | undefined> {
  for (const name of guest.emulators) {
    for (const folder of folders) {
      const path = `${folder}/${name}`
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  return undefined
}

/** @throws DomainError `ERR_CONFIG_UNSUPPORTED` that names the package to install. */
export async function requireEmulator(guest: GuestArch): Promise<string> {
  const found = await findEmulator(guest)
  if (found !== undefined) return found
  throw domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `no emulator for ${guest.name}: ${guest.emulators.join(' or ')} is not in ${folders.join(', ')}; install it with: apt-get install ${guest.emulatorPackage}`,
    { path: 'devices/emulator' },
  )
}

/** A guest architecture with the QEMU that runs it. */
export interface InstalledEmulator {
  readonly name: string
  readonly arch: Arch
  readonly emulator: string
  readonly capabilities: QemuCapabilities
}

/**
 * Every guest architecture that is served and has an emulator here that answers, in the registry's
 * order. One that does not answer, or is too old, runs no guest, and must not keep the others from being named;
 * `doctor` tells of it.
 */
export async function installedEmulators(
  registry: ArchRegistry,
  layout: Layout,
): Promise<readonly InstalledEmulator[]> {
  // Each answer costs a process of its own; they need not wait for each other.
  const found = await Promise.all(
    registry.guests().map(async (name): Promise<readonly InstalledEmulator[]> => {
      const arch = await registry.find(name)
      const emulator = await findEmulator(guestOf(arch, name))
      if (emulator === undefined) return []
      const capabilities = await capabilitiesOf(emulator, layout, arch).catch(() => undefined)
      if (capabilities === undefined) return []
      if (oldEmulator(guestOf(arch, name), emulator, capabilities) !== undefined) return []
      return [{ name, arch, emulator, capabilities }]
    }),
  )
  return found.flat()
}

/** Where probes run and as whom, and where their answers are kept. */
export function probeFolders({ runDir, cacheDir, confinement }: Layout): {
  readonly workDir: string
  readonly cacheDir: string
} & Pick<ProbeOptions, 'launcher' | 'allowed' | 'owner'> {
  const [program, ...args] = confinement?.launcher ?? []
  const allowed = confinement?.config.emulators
  return {
    workDir: probeFolder(runDir),
    cacheDir: `${cacheDir}/capabilities`,
    // Who asks is who will run it: another user might be told something else of KVM.
    ...(program !== undefined && { launcher: [program, ...args] }),
    ...(allowed && { allowed }),
    ...(confinement?.user && { owner: confinement.user }),
  }
}

/** How long an answer is believed before all that it depends on is looked at again, in milliseconds. */
const believedMs = 1000

/** Questions under way in this process, and its last answers: many documents are planned for one binary. */
const asked = new Map<string, Asked>()

interface Asked {
  readonly file: string
  readonly answer: Promise<QemuCapabilities>
  /** Infinite while it is under way. */
  untilMs: number
}

/** What an emulator can do; asked once, then remembered by the binary's identity. */
export async function capabilitiesOf(
  emulator: string,
  layout: Layout,
  arch: Arch,
): Promise<QemuCapabilities> {
  const { kvmTrial } = arch.machine
  const { path, ...file } = fileOf(emulator)
  const folders = probeFolders(layout)
  const key = JSON.stringify([path, folders, kvmTrial])
  const last = asked.get(key)
  if (last?.file === file.state && monotonicMs() < last.untilMs) return last.answer
  const user = layout.confinement?.user
  if (user !== undefined) checkWay(layout.runDir, user)
  const answer = probeCapabilities({
    emulator,
    ...folders,
    ...(kvmTrial !== undefined && { kvmMachine: kvmTrial }),
  }).then(({ capabilities }) => capabilities)
  const own: Asked = { file: file.state, answer, untilMs: Infinity }
  asked.set(key, own)
  try {
    return await answer
  } catch (error) {
    if (asked.get(key) === own) asked.delete(key)
    throw error
  } finally {
    own.untilMs = monotonicMs() + believedMs
  }
}

/** The file behind all links, and what changes when another one is put in its place. */
function fileOf(emulator: string): { readonly path: string; readonly state: string } {
  try {
    const path = realpathSync.native(emulator)
    const { dev, ino, size, ctimeNs } = statSync(path, { bigint: true })
    return { path, state: [dev, ino, size, ctimeNs].join() }
  } catch {
    return { path: emulator, state: '' }
  }
}
