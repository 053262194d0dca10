import { readdirSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { dirname, join } from 'node:path'
import { kvmModuleState } from './kvm-modules.ts'
import { lookAtKvmDevice } from './kvm-status.ts'
import type { KvmDevice } from './kvm-status.ts'
import { bootId } from './process-identity.ts'

/**
 * Everything an answer of an emulator depends on. The answer is valid as long as this is the same:
 * it names who asked, so that one user's answer is never taken for another's.
 */
export interface EmulatorIdentity {
  /** The file itself, behind all links. */
  readonly path: string
  readonly device: string
  readonly inode: string
  readonly size: string
  readonly mtimeNs: string
  /** Directories of loadable QEMU modules, which add devices without touching the binary. */
  readonly modules: Readonly<Record<string, string>>
  readonly uid: number
  readonly gid: number
  readonly launcher: readonly string[]
  readonly kvmMachine: string
  readonly kernel: string
  readonly bootId: string
  readonly kvm: KvmDevice
  /** Parameters of the loaded KVM modules, by module. */
  readonly kvmModules: Readonly<Record<string, string>>
}

/** Identity of an emulator given by its real path. */
export function identifyEmulator(
  path: string,
  how: { readonly launcher?: readonly string[]; readonly kvmMachine?: string } = {},
): EmulatorIdentity {
  const file = statSync(path, { bigint: true })
  return {
    path,
    device: String(file.dev),
    inode: String(file.ino),
    size: String(file.size),
    mtimeNs: String(file.mtimeNs),
    modules: moduleDirs(path),
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    launcher: how.launcher ?? [],
    kvmMachine: how.kvmMachine ?? '',
    kernel: release(),
    bootId: bootId(),
    kvm: lookAtKvmDevice(),
    kvmModules: kvmModuleState(),
  }
}

/** `PREFIX/lib/qemu`, `PREFIX/lib64/qemu-kvm`, `PREFIX/lib/TRIPLET/qemu`, with their times. */
function moduleDirs(emulator: string): Readonly<Record<string, string>> {
  const prefix = dirname(dirname(emulator))
  const libs = ['lib', 'lib64', 'libexec'].map((name) => join(prefix, name))
  const nested = list(join(prefix, 'lib')).flatMap((name) =>
    name.includes('-linux-') ? [join(prefix, 'lib', name)] : [],
  )
  const found: Record<string, string> = {}
  for (const dir of [...libs, ...nested].flatMap((lib) => [
    join(lib, 'qemu'),
    join(lib, 'qemu-kvm'),
  ])) {
    const stat = statSync(dir, { bigint: true, throwIfNoEntry: false })
    if (stat?.isDirectory() === true) found[dir] = String(stat.mtimeNs)
  }
  return found
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
