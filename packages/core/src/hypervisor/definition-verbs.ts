import { domainError } from '../errors.ts'
import { planning } from './host-connection.ts'
import type { Hypervisor } from './hypervisor.ts'
import { rowOf, summaryOf } from './records.ts'
import type { Rooms } from './rooms.ts'

type Verbs = Pick<Hypervisor, 'domainDefineXml' | 'domainUndefine' | 'domainSetAutostart'>

/** Definitions: stored, removed, marked for the next boot. */
export function definitionVerbs(rooms: Rooms): Verbs {
  const { store } = rooms
  return {
    async domainDefineXml(xml, options = {}) {
      const { formatDomain } = await planning()
      const plan = await rooms.plan(xml, options)
      store.define({ ...rowOf(plan), xml: formatDomain(plan.domain) })
      return {
        domain: summaryOf(await rooms.find(plan.domain.uuid)),
        warnings: plan.warnings,
      }
    },

    async domainUndefine(reference) {
      const record = await rooms.find(reference)
      if (!record.domain.persistent) {
        throw domainError('ERR_OPERATION_INVALID', 'cannot undefine transient domain')
      }
      await rooms.withJob(record.domain.uuid, 'undefine', async () => {
        store.undefine(record.domain.uuid)
      })
      return summaryOf(record)
    },

    async domainSetAutostart(reference, autostart) {
      const record = await rooms.find(reference)
      if (!record.domain.persistent) {
        throw domainError('ERR_OPERATION_INVALID', 'cannot set autostart for transient domain')
      }
      store.setAutostart(record.domain.uuid, autostart)
    },
  }
}
