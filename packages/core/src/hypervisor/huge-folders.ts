import { dirname } from 'node:path'
import type { Domain } from '../domain/domain.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { makeHugeFolder } from '../run/huge-pages.ts'
import type { RunUser } from '../run/run-user.ts'
import { checkWay } from './confinement/hand-over.ts'

export interface HugeFoldersOptions {
  readonly stateDir: string
  readonly owner?: RunUser | undefined
  readonly host: HostInfo
}

/**
 * Makes the folders on the host's hugetlbfs in which QEMU takes a guest's memory.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where pages of a size that is wanted cannot be had.
 */
export async function makeHugeFolders(
  domain: Domain,
  { stateDir, owner, host }: HugeFoldersOptions,
): Promise<void> {
  for (const { pageKiB, path } of wantedPages(domain)) {
    // Pages of the host's own size are no huge ones.
    if (pageKiB !== undefined && pageKiB === host.pageSizesKiB[0]) continue
    const folder = await makeHugeFolder(pageKiB, { stateDir, path, ...(owner && { owner }) })
    if (owner !== undefined) checkWay(dirname(folder), owner)
  }
}

interface WantedPages {
  /** In KiB; the kernel's default where none is named. */
  readonly pageKiB?: number
  readonly path: string
}

/** Memory of memfd has huge pages without a file system. */
function wantedPages({ memoryBacking = {}, devices }: Domain): readonly WantedPages[] {
  const { hugepages, pages = [], source } = memoryBacking
  const ofAll =
    hugepages === true && pages.length === 0 ? [{ path: 'memoryBacking/hugepages' }] : []
  const ofSizes = pages.map(({ sizeKiB }, i) => ({
    path: `memoryBacking/hugepages/page[${i + 1}]`,
    ...(sizeKiB !== undefined && { pageKiB: sizeKiB }),
  }))
  const ofDevices = (devices.memory ?? []).flatMap((one, i) =>
    one.pagesizeKiB === undefined || one.path !== undefined
      ? []
      : [{ path: `devices/memory[${i + 1}]/source/pagesize`, pageKiB: one.pagesizeKiB }],
  )
  return source === 'memfd' ? [] : [...ofAll, ...ofSizes, ...ofDevices]
}
