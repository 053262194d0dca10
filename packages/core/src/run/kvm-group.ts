import { statSync } from 'node:fs'

/** The group, other than root's, whose members may use the device; none where that decides nothing. */
export function kvmGroup(path = '/dev/kvm'): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  const isGroups = found !== undefined && found.gid !== 0 && (found.mode & 0o060) === 0o060
  return isGroups ? found.gid : undefined
}
