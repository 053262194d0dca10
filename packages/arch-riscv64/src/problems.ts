import type { Problem, QemuCapabilities } from '@polyvirt/core/arch'

/** What cannot work on this machine, at a place below `domain`. */
export function unsupported(path: string, message: string): Problem {
  return { code: 'ERR_CONFIG_UNSUPPORTED', path, message }
}

/** Is this QEMU older than that version? */
export function isOlder({ version }: QemuCapabilities, major: number, minor = 0): boolean {
  return version.major < major || (version.major === major && version.minor < minor)
}

/** `7.2`, for messages. */
export function versionText({ version }: QemuCapabilities): string {
  return `${version.major}.${version.minor}`
}
