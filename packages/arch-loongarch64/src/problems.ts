import type { Problem } from '@polyvirt/core/arch'

/** What cannot work on this machine, at a place below `domain`. */
export function unsupported(path: string, message: string): Problem {
  return { code: 'ERR_CONFIG_UNSUPPORTED', path, message }
}
