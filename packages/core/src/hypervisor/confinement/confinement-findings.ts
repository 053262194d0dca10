import { cgroupBase, missingControllers } from '../../run/cgroup.ts'
import type { Finding } from '../hypervisor.ts'
import type { Layout } from '../layout.ts'
import { findProgram } from './confinement.ts'

/** How QEMU is kept in its place on this machine, and what of it cannot be had here, with the reason. */
export function confinementFindings({ confinement }: Layout): readonly Finding[] {
  if (confinement === undefined) return []
  const { user, gaps } = confinement
  const who = user === undefined ? 'its caller' : `user '${user.name}' (uid ${user.uid})`
  const warnings = [...gaps, ...limitGaps()].map((message): Finding => {
    return { level: 'warning', topic: 'confinement', message }
  })
  const message = `QEMU runs as ${who}, with no_new_privs and seccomp.`
  return [{ level: 'ok', topic: 'confinement', message }, ...warnings]
}

function limitGaps(): readonly string[] {
  const found: string[] = []
  if (findProgram('prlimit') === undefined)
    found.push(
      'prlimit is not installed, so QEMU has the limits of its caller: apt-get install util-linux',
    )
  const base = cgroupBase()
  if (base === undefined) {
    found.push(
      'No cgroup v2 hierarchy may be written here, so guests have no control group of their own.',
    )
    return found
  }
  const missing = missingControllers(base)
  if (missing.length > 0)
    found.push(
      `Control groups of guests limit no ${missing.join(' and no ')}: cgroup v2 has no such controller here (one of v1, or not delegated).`,
    )
  return found
}
