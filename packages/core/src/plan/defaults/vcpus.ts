import { note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'

/** Once vCPUs are described one by one: what is left out of each, and how many are there at start. */
export function defaultVcpus(d: Defaulting): void {
  const { domain } = d
  const list = domain.vcpuList
  if (list === undefined) return
  const why = { rule: 'vcpus/explicit', reason: 'what a vCPU that is described must be' }
  for (let id = 0; id < domain.vcpus; id++) {
    if (list.some((vcpu) => vcpu.id === id)) continue
    list.push({ id, enabled: false, hotpluggable: true })
    note(d, 'vcpus/vcpu', String(id), { ...why, reason: 'of which nothing is said comes later' })
  }
  list.sort((a, b) => a.id - b.id)
  for (const [i, vcpu] of list.entries()) {
    if (vcpu.hotpluggable !== undefined) continue
    vcpu.hotpluggable = !vcpu.enabled
    note(d, `vcpus/vcpu[${i + 1}]/@hotpluggable`, vcpu.hotpluggable ? 'yes' : 'no', why)
  }
  const online = list.filter((vcpu) => vcpu.enabled).length
  if (online === domain.vcpus) delete domain.vcpuCurrent
  else domain.vcpuCurrent = online
}
