import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const elsewhere =
  "in polyvirt's checkout, 'pnpm nested-power' runs KVM guests on an emulated Power host, with no KVM"

/**
 * Why guests that are hosts themselves are not tried on this machine, in one line, and what would try
 * them; nothing where KVM lets guests be hosts.
 *
 * @param modules where the kernel tells of its modules
 */
export function whyNotNested(modules = '/sys/module'): string | undefined {
  const loaded = list(modules).filter((name) => /^kvm(?:_|$)/.test(name))
  if (loaded.length === 0) return `tier 'nested' is not run: this machine has no KVM; ${elsewhere}`
  if (loaded.some((name) => isOn(join(modules, name, 'parameters/nested')))) return undefined
  return (
    `tier 'nested' is not run: KVM of this machine (${loaded.join(', ')}) does not let guests be hosts; ` +
    elsewhere
  )
}

/** Where KVM could, but the suite has no such cases yet. */
export const noNestedCases: string = `tier 'nested' is not run: this suite has no cases of it; ${elsewhere}`

/** Module parameters are `Y`, or `1` in older kernels. */
function isOn(file: string): boolean {
  try {
    return /^[Y1]/.test(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}
