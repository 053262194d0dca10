import { note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { isEmpty } from '../draft.ts'
import { perfEvents } from '../../domain/tuning.ts'
import type { SysinfoEntry } from '../../domain/sysinfo.ts'

/** A limit that is none: libvirt's word for "no limit" (VIR_DOMAIN_MEMORY_PARAM_UNLIMITED), in KiB. */
const unlimitedKiB = Number.MAX_SAFE_INTEGER

/** Spells out what `<numatune>` leaves out and drops what says nothing. */
/** libvirt's order of the strings of each table. */
const entryOrder = {
  bios: ['vendor', 'version', 'date', 'release'],
  system: ['manufacturer', 'product', 'version', 'serial', 'uuid', 'sku', 'family'],
  chassis: ['manufacturer', 'version', 'serial', 'asset', 'sku'],
  baseBoard: ['manufacturer', 'product', 'version', 'serial', 'asset', 'location'],
} as const

/** The strings that a table has; what it does not know, and a file, libvirt forgets. */
function known<T extends SysinfoEntry>(
  key: keyof typeof entryOrder,
  entries: readonly T[] = [],
): T[] {
  const order: readonly string[] = entryOrder[key]
  return entries
    .filter(({ name = '', value = '' }) => value !== '' && order.includes(name))
    .map((entry) => {
      const kept = { ...entry }
      delete (kept as { file?: string }).file
      return kept
    })
    .toSorted((a, b) => order.indexOf(a.name ?? '') - order.indexOf(b.name ?? ''))
}

const eventOrder: readonly string[] = perfEvents

export function defaultTuning(d: Defaulting): void {
  const { domain } = d
  domain.perf?.sort((a, b) => eventOrder.indexOf(a.name) - eventOrder.indexOf(b.name))
  if (domain.vcpuPlacement === 'auto' && domain.numatune === undefined) {
    domain.numatune = { mode: 'strict', placement: 'auto' }
    note(d, 'numatune/memory', 'strict, auto', {
      rule: 'numatune/placement',
      reason: 'memory is where the vCPUs are placed',
    })
  }
  const { numatune, memtune, cputune } = domain
  // libvirt keeps pins by their numbers, and none of vCPUs that cannot be; see find-warnings.ts.
  if (cputune?.vcpupins !== undefined) {
    const most = domain.vcpus ?? 1
    cputune.vcpupins = cputune.vcpupins
      .filter(({ vcpu }) => vcpu < most)
      .toSorted((a, b) => a.vcpu - b.vcpu)
    if (cputune.vcpupins.length === 0) delete cputune.vcpupins
  }
  // A scheduler for each thread.
  if (cputune?.vcpuscheds !== undefined)
    cputune.vcpuscheds = cputune.vcpuscheds
      .flatMap((one) => (one.vcpus ?? []).map((id) => ({ ...one, vcpus: [id] })))
      .toSorted((a, b) => (a.vcpus[0] ?? 0) - (b.vcpus[0] ?? 0))
  if (cputune?.iothreadscheds !== undefined)
    cputune.iothreadscheds = cputune.iothreadscheds
      .flatMap((one) => (one.iothreads ?? []).map((id) => ({ ...one, iothreads: [id] })))
      .toSorted((a, b) => (a.iothreads[0] ?? 0) - (b.iothreads[0] ?? 0))
  if (numatune !== undefined) {
    const why = { rule: 'numatune/explicit', reason: "libvirt's meaning of a left-out attribute" }
    // Memory and vCPUs go together: where the host chooses for the ones it does for the others.
    if (
      numatune.placement === undefined &&
      numatune.nodeset === undefined &&
      numatune.mode !== undefined &&
      domain.vcpuPlacement === 'auto'
    ) {
      numatune.placement = 'auto'
      note(d, 'numatune/memory/@placement', 'auto', why)
    }
    if (numatune.placement === 'auto') delete numatune.nodeset
    if (numatune.placement === undefined && numatune.nodeset !== undefined) {
      numatune.placement = 'static'
      note(d, 'numatune/memory/@placement', 'static', why)
    }
    if (numatune.mode === undefined && numatune.nodeset !== undefined) {
      numatune.mode = 'strict'
      note(d, 'numatune/memory/@mode', 'strict', why)
    }
    if (numatune.placement === 'static' && numatune.nodeset !== undefined) delete numatune.placement
    for (const cell of numatune.memnodes ?? []) cell.mode ??= 'strict'
  }
  if (memtune !== undefined) {
    for (const key of [
      'hardLimitKiB',
      'softLimitKiB',
      'minGuaranteeKiB',
      'swapHardLimitKiB',
    ] as const)
      if ((memtune[key] ?? 0) >= unlimitedKiB) delete memtune[key]
  }
  for (const one of domain.sysinfo ?? []) {
    for (const key of ['bios', 'system', 'chassis'] as const) {
      const entries = known(key, one[key])
      delete one[key]
      if (entries.length > 0) one[key] = entries
    }
    const boards = (one.baseBoards ?? [])
      .map((board) => ({ ...board, entries: known('baseBoard', board.entries) }))
      .filter(({ entries }) => entries.length > 0)
    delete one.baseBoards
    if (boards.length > 0) one.baseBoards = boards
    // Of a file and a text the file is what the guest finds.
    for (const entry of one.entries ?? []) if (entry.file !== undefined) delete entry.value
  }
  // Without cells all memory is that of cell 0, and pages of it are those of all.
  if ((domain.cpu?.numa ?? []).length === 0)
    for (const page of domain.memoryBacking?.pages ?? [])
      if (page.nodeset?.length === 1 && page.nodeset[0] === 0) delete page.nodeset
  if (domain.memoryBacking !== undefined && (domain.memoryBacking.pages ?? []).length > 0)
    domain.memoryBacking.hugepages = true
  for (const key of [
    'numatune',
    'memtune',
    'blkiotune',
    'cputune',
    'memoryBacking',
    'resource',
  ] as const)
    if (isEmpty(domain[key])) delete domain[key]
}
