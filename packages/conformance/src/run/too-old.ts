import { execFileSync } from 'node:child_process'
import type { GuestArch } from '@polyvirt/core/arch'

/** Why an emulator can run no guest of this architecture, where it is older than they need. */
export function tooOld({ name, oldestEmulator }: GuestArch, emulator: string): string | undefined {
  if (oldestEmulator === undefined) return undefined
  const found = versionOf(emulator)
  const { version: oldest, reason } = oldestEmulator
  if (found === undefined) return `${emulator} does not tell its version`
  if (found[0] > oldest[0] || (found[0] === oldest[0] && found[1] >= oldest[1])) return undefined
  const wanted = `${name} guests need ${oldest.join('.')} or newer: ${reason}`
  return `${emulator} is QEMU ${found.join('.')}, and ${wanted}`
}

/** As the program prints it; asked for few architectures only, so nobody waits long. */
function versionOf(emulator: string): readonly [major: number, minor: number] | undefined {
  try {
    const said = execFileSync(emulator, ['--version'], { encoding: 'utf8', timeout: 20_000 })
    const [, major, minor] = /version (\d+)\.(\d+)/.exec(said) ?? []
    return major === undefined ? undefined : [Number(major), Number(minor)]
  } catch {
    return undefined
  }
}
