import type { QemuCapabilities } from '@polyvirt/core/arch'

/** Is this QEMU older than that version? */
export function isOlder({ version }: QemuCapabilities, major: number, minor = 0): boolean {
  return version.major < major || (version.major === major && version.minor < minor)
}

/** `7.2`, for messages. */
export function versionText({ version }: QemuCapabilities): string {
  return `${version.major}.${version.minor}`
}
