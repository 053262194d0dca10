import { DomainError, quote } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { planRun } from '../../plan/plan-domain.ts'
import type { Plan } from '../planner.ts'

/** Options that make the machine which a guest sees, and where a document says each. */
const visible: Readonly<Record<string, string>> = {
  '-machine': 'os/type/@machine',
  '-cpu': 'cpu',
  '-m': 'memory',
  '-smp': 'vcpu',
  '-numa': 'cpu/numa',
  '-global': 'features',
  '-device': 'devices',
}

/** Properties of a device that its guest cannot see, or only at the next boot. */
const unseen: readonly string[] = [
  'bootindex',
  'drive',
  'netdev',
  'chardev',
  'audiodev',
  'memdev',
  'write-cache',
  'rerror',
  'werror',
  'share-rw',
  'iothread',
]

/**
 * A guest that goes on from its memory must find the machine it was on: only what the host gives it
 * may be another. Told from the two command lines, so nothing that makes a difference is left out.
 *
 * @throws DomainError `ERR_CONFIG_UNSUPPORTED` that names what differs.
 */
export function checkSameGuest(before: Plan, after: Plan): void {
  const [was, is] = [machineOf(before), machineOf(after)]
  const problems = Object.entries(visible).flatMap(([option, path]): Problem[] => {
    const [old, now] = [was.get(option) ?? [], is.get(option) ?? []]
    const missing = old.filter((one) => !now.includes(one))
    const extra = now.filter((one) => !old.includes(one))
    if (missing.length === 0 && extra.length === 0) return []
    const found = [...extra.map((one) => `now ${one}`), ...missing.map((one) => `before ${one}`)]
    const message = `the guest would find another machine than it was on: ${quote(found.slice(0, 2).join(', '), 400)}`
    return [{ code: 'ERR_CONFIG_UNSUPPORTED', path, message }]
  })
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
}

function machineOf({ domain, context }: Plan): ReadonlyMap<string, readonly string[]> {
  const folder = '/run'
  const paths = { stateDir: folder, channelDir: folder, ramDir: folder, hugeDir: () => folder }
  const { argv } = planRun(domain, context, { paths, nowMs: 0 })
  const found = new Map<string, string[]>()
  for (const [i, option] of argv.entries()) {
    if (visible[option] === undefined) continue
    const list = found.get(option) ?? []
    found.set(option, [...list, seen(argv[i + 1] ?? '')])
  }
  return found
}

/** An option without what only the host sees. */
function seen(value: string): string {
  if (!value.startsWith('{')) return value
  const options = JSON.parse(value) as Readonly<Record<string, unknown>>
  const kept = Object.entries(options).filter(([key]) => !unseen.includes(key))
  return JSON.stringify(Object.fromEntries(kept))
}
