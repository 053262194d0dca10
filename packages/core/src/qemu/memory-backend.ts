import type { MemoryDevice } from '../domain/devices/memory-device.ts'
import type { NumaMode } from '../domain/tuning.ts'
import type { ArgvContext } from './argv-context.ts'
import type { Options } from './option-string.ts'

/** One block of guest memory, before it is known what it is made of. */
export interface MemoryBlock {
  readonly id: string
  readonly sizeKiB: number
  /** The guest's NUMA cell that it belongs to. */
  readonly cell?: number
  readonly access?: 'shared' | 'private'
  readonly discard?: boolean
  /** All of the machine's RAM in one block. */
  readonly whole?: boolean
  readonly device?: MemoryDevice
}

/** QEMU's policies for libvirt's modes; `restrictive` is the cgroup's affair. */
const policies: Readonly<Record<NumaMode, string | undefined>> = {
  strict: 'bind',
  preferred: 'preferred',
  interleave: 'interleave',
  restrictive: undefined,
}

/**
 * The block's back end, and where it is taken at once on certain nodes of the host, the threads that take it:
 * they run on those nodes, as fast as memory can be reached there.
 */
export function memoryObjects(context: ArgvContext, block: MemoryBlock): readonly Options[] {
  const backend = memoryBackend(context, block)
  const nodes = backend['host-nodes']
  const { objects = [] } = context.plan.capabilities
  if (backend['prealloc'] !== true || nodes === undefined || !objects.includes(threadContext))
    return [backend]
  const id = `tc-${block.id}`
  return [
    { 'qom-type': threadContext, id, 'node-affinity': nodes },
    { ...backend, 'prealloc-context': id },
  ]
}

/** In QEMU since 7.2. */
const threadContext = 'thread-context'

/**
 * The `-object memory-backend-…` of a block: huge pages, a file, shared memory or plain memory,
 * bound to the host's nodes, as `<memoryBacking>` and `<numatune>` ask.
 */
export function memoryBackend(context: ArgvContext, block: MemoryBlock): Options {
  const { domain, runtime } = context
  const { device } = block
  const backing = domain.memoryBacking ?? {}
  const access = device?.access ?? block.access ?? backing.access
  const huge =
    device?.model === 'nvdimm' || device?.path !== undefined ? undefined : hugePages(context, block)
  const memfd = backing.source === 'memfd' && device?.path === undefined
  const file =
    !memfd &&
    (huge !== undefined ||
      device?.path !== undefined ||
      backing.source === 'file' ||
      access !== undefined)
  const type =
    device?.model === 'sgx-epc'
      ? 'memory-backend-epc'
      : memfd
        ? 'memory-backend-memfd'
        : file
          ? 'memory-backend-file'
          : 'memory-backend-ram'
  const share = access === undefined ? undefined : access === 'shared'
  const discard = device?.discard ?? block.discard ?? backing.discard
  const ramName = device?.alias ?? block.id
  const path =
    device?.path ??
    (huge === undefined
      ? `${runtime.paths.ramDir ?? ''}/${ramName}`
      : (runtime.paths.hugeDir?.(huge.sizeKiB) ?? ''))
  const immediate = backing.allocation === 'immediate'
  const preallocate =
    device?.model === 'sgx-epc' || device?.model === 'virtio-mem' || device?.model === 'nvdimm'
      ? device.model === 'sgx-epc'
      : huge !== undefined || immediate
  return {
    'qom-type': type,
    id: block.id,
    'mem-path': type === 'memory-backend-file' ? path : undefined,
    hugetlb: memfd && huge !== undefined ? true : undefined,
    hugetlbsize: memfd && huge !== undefined ? hugeBytes(context, huge) : undefined,
    'discard-data': discard === true && file ? true : undefined,
    share:
      type === 'memory-backend-epc'
        ? undefined
        : (share ?? (memfd ? backing.access === 'shared' || undefined : undefined)),
    'x-use-canonical-path-for-ramblock-id':
      block.whole === true && type !== 'memory-backend-ram' ? false : undefined,
    prealloc: preallocate ? true : undefined,
    'prealloc-threads': preallocate ? backing.allocationThreads : undefined,
    reserve: device?.model === 'virtio-mem' ? false : undefined,
    align: device?.alignsizeKiB === undefined ? undefined : device.alignsizeKiB * 1024,
    pmem: device?.pmem === true ? true : undefined,
    size: block.sizeKiB * 1024,
    ...nodes(context, block),
  }
}

/** The size of huge pages that no document names is the host's first behind its own. */
function hugeBytes(
  { plan }: ArgvContext,
  { sizeKiB = plan.host.pageSizesKiB[1] }: { readonly sizeKiB?: number },
): number | undefined {
  return sizeKiB === undefined ? undefined : sizeKiB * 1024
}

/** Which huge pages the block is made of: those of its cell, or those of all. */
function hugePages(
  { domain, plan }: ArgvContext,
  block: MemoryBlock,
): { readonly sizeKiB?: number } | undefined {
  const { device } = block
  if (device?.pagesizeKiB !== undefined) return { sizeKiB: device.pagesizeKiB }
  const { hugepages, pages = [] } = domain.memoryBacking ?? {}
  if (hugepages !== true && pages.length === 0) return undefined
  if (pages.length === 0) return {}
  const cell = block.cell ?? device?.node
  const own = pages.find((page) => cell !== undefined && page.nodeset?.includes(cell) === true)
  const found =
    own ??
    pages.find((page) => page.nodeset === undefined) ??
    (block.whole === true ? pages[0] : undefined)
  // Pages of the host's own size are no huge ones.
  if (found === undefined || found.sizeKiB === plan.host.pageSizesKiB[0]) return undefined
  return found.sizeKiB === undefined ? {} : { sizeKiB: found.sizeKiB }
}

function nodes({ domain }: ArgvContext, block: MemoryBlock): Options {
  const tune = domain.numatune
  const cell = block.cell ?? block.device?.node
  const own = tune?.memnodes?.find((node) => node.cellid === cell)
  const set = block.device?.nodemask ?? own?.nodeset ?? tune?.nodeset
  const mode = own?.mode ?? tune?.mode ?? 'strict'
  const policy = policies[mode]
  if (set === undefined || policy === undefined) return {}
  return { 'host-nodes': [...set], policy }
}
