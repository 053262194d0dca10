import { access, constants } from 'node:fs/promises'
import type { Arch, GuestArch } from '../arch/arch.ts'
import { domainError } from '../errors.ts'
import { probeCapabilities } from '../run/index.ts'
import type { QemuCapabilities } from '../run/index.ts'
import type { Layout } from './layout.ts'

/** Folders in which distributions put QEMU; the user's PATH is not asked. */
const folders = ['/usr/bin', '/usr/local/bin', '/usr/libexec', '/opt/qemu/bin']

/** The installed QEMU that runs a guest architecture, or nothing. */
export async function findEmulator(guest: GuestArch): Promise<string | undefined> {
  for (const name of guest.emulators) {
    for (const folder of folders) {
      const path = `${folder}/${name}`
      try {
        await access(path, constants.X_OK)
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

/** What an emulator can do; asked once, then remembered by the binary's identity. */
export async function capabilitiesOf(
  emulator: string,
  layout: Layout,
  arch: Arch,
): Promise<QemuCapabilities> {
  const { capabilities } = await probeCapabilities({
    emulator,
    workDir: `${layout.runDir}/probe`,
    cacheDir: `${layout.cacheDir}/capabilities`,
    ...(arch.machine.kvmTrial !== undefined && { kvmMachine: arch.machine.kvmTrial }),
  })
  return capabilities
}
