import { join } from 'node:path'
import { x86 } from '@polyvirt/arch-x86'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { Hypervisor } from '@polyvirt/core'
import { readProcess } from '../engine/children.ts'
import type { FoundProcess } from '../engine/children.ts'
import type { Lab } from '../engine/lab.ts'
import { prepareGuestLab, storedDomains } from '../random/guest-lab.ts'

/** A guest that runs, asked in process, so that a thousand trials do not cost as many processes. */
export interface LiveGuest {
  readonly hypervisor: Hypervisor
  readonly qemu: FoundProcess
  readonly monitor: string
  readonly agent: string
}

export async function startLiveGuest(lab: Lab): Promise<LiveGuest> {
  await prepareGuestLab(lab, { agent: true })
  await lab.must(['define', lab.path('64.xml')])
  const hypervisor = await openHypervisor(lab.uri(), { registry: createRegistry([x86]) })
  await hypervisor.domainCreate('g')
  const run = storedDomains(lab)[0]?.run
  const qemu = readProcess(run?.pid ?? 0)
  if (run === undefined || qemu === undefined) throw new Error('the guest does not run')
  const name = run.stateDir.slice(run.stateDir.lastIndexOf('/') + 1)
  const channels = join(lab.root, 'run/channel/target', name)
  return {
    hypervisor,
    qemu,
    monitor: join(run.stateDir, 'monitor.sock'),
    agent: join(channels, 'org.qemu.guest_agent.0'),
  }
}

/** What is wrong with a guest that a peer's misbehaviour must not have touched. */
export async function guestProblems({ hypervisor, qemu }: LiveGuest): Promise<readonly string[]> {
  const problems: string[] = []
  if (readProcess(qemu.pid)?.startTime !== qemu.startTime) problems.push('the guest is gone')
  const { state } = await hypervisor.domainGetState('g')
  if (state !== 'running') problems.push(`the guest is shown as ${state}`)
  const answer = await hypervisor
    .domainQemuMonitorCommand('g', '{"execute":"query-kvm"}')
    .catch(String)
  if (!answer.includes('present')) problems.push(`the next command: ${answer}`)
  return problems
}
