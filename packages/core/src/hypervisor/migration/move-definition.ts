import { domainError } from '../../errors.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import type { DomainSummary } from '../hypervisor.ts'
import { JobLeft } from '../job-left.ts'
import type { Rooms } from '../rooms.ts'
import { refuseUnderSave } from '../saving/refuse-under-save.ts'
import type { MigrateRequest } from './migrate-domain.ts'
import { definitionOf } from './migration-detail.ts'
import type { MigrationDetail, MigrationPhase } from './migration-detail.ts'

/** A domain that is shut off moves as its definition; its images stay where they are. */
export function moveDefinition(
  rooms: Rooms,
  uuid: string,
  { destination, name, xml, undefineSource }: MigrateRequest,
): Promise<DomainSummary> {
  return rooms.withJob(uuid, 'migrate', async (job) => {
    const stored = rooms.store.get(uuid)?.domain.xml
    if (stored === undefined)
      throw domainError('ERR_OPERATION_INVALID', 'cannot migrate a domain without a definition')
    // It would be put over disks that the guest has written to at the other side meanwhile.
    refuseUnderSave(rooms.layout, uuid)
    const { domain } = parseDomain(xml ?? stored)
    const before = definitionOf(destination.rooms.store.get(uuid)?.domain)
    const detail: MigrationDetail = {
      migrate: {
        destination: destination.rooms.layout.libDir,
        running: false,
        ...(undefineSource === true && { undefineSource }),
        ...(before && { before }),
      },
    }
    rooms.store.setPhase(job, 'perform' satisfies MigrationPhase, { ...detail })
    const result = await destination.hypervisor.domainDefineXml(
      formatDomain(name === undefined ? domain : { ...domain, name }),
    )
    try {
      rooms.store.setPhase(job, 'finish' satisfies MigrationPhase)
      if (undefineSource === true) rooms.store.undefine(uuid)
    } catch (cause) {
      throw new JobLeft(
        `the definition is at ${destination.hypervisor.uri} now; what is left to do here is done by the next command`,
        cause,
      )
    }
    return result.domain
  })
}
