import { isDeepStrictEqual } from 'node:util'
import { domainError, quote } from '../../errors.ts'
import { elementAt } from '../../xml/element.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { readXml } from '../../xml/read-xml.ts'
import type { SnapshotOptions, SnapshotSummary } from '../interface/snapshots.ts'
import type { Rooms } from '../rooms.ts'
import { readKept, readWish, summaryOfSnapshot } from './snapshot-document.ts'

/**
 * Stores what is known of a snapshot whose images are there: after an undefine, or to describe it another
 * way. What it is of one that is known, its state and images, cannot become another.
 */
export function redefineSnapshot(
  rooms: Rooms,
  uuid: string,
  { xml, current = false }: SnapshotOptions & { readonly xml: string },
): Promise<SnapshotSummary> {
  const { name } = readWish(xml)
  if (name === undefined)
    throw domainError('ERR_XML_ERROR', 'a redefined snapshot must have a name', {
      path: 'name',
      root: 'domainsnapshot',
    })
  const kept = readKept({ name, xml })
  if (parseDomain(kept.domain).domain.uuid !== uuid)
    throw domainError('ERR_INVALID_ARG', `definition for snapshot ${name} must use uuid ${uuid}`)
  const root = readXml(xml)
  const parent = elementAt(root, 'parent')
  const parentName = parent && elementAt(parent, 'name')?.text
  const seconds = Number(elementAt(root, 'creationTime')?.text)
  return rooms.withJob(uuid, 'snapshot-create', async () => {
    const known = rooms.store.snapshots(uuid).find((one) => one.name === name)
    if (known !== undefined) {
      const before = readKept(known)
      for (const word of ['state', 'memory', 'memoryFile', 'disks', 'deleting'] as const)
        if (!isDeepStrictEqual(before[word], kept[word]))
          throw domainError(
            'ERR_INVALID_ARG',
            `${quote(word)} of snapshot ${quote(name)} cannot become another: its images are what they are`,
          )
    }
    const row = rooms.store.redefineSnapshot({
      uuid,
      name,
      xml,
      current,
      ...(parentName !== undefined && parentName !== '' && { parent: parentName }),
      ...(Number.isSafeInteger(seconds) && { createdAtMs: seconds * 1000 }),
    })
    return summaryOfSnapshot(row)
  })
}
