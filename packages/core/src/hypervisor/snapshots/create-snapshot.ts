import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import type { DefinitionChange, DomainRecord, Job } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { diskChain, topNode } from '../blocks/disk-graph.ts'
import { createImage, openSteps } from '../blocks/new-image.ts'
import { fileOf, freeIndex, stackedOn, withDisk } from '../blocks/switch-image.ts'
import type { SnapshotOptions, SnapshotSummary } from '../interface/snapshots.ts'
import { performSteps, undoSteps } from '../live/perform-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { Running } from '../records.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { takeImage } from '../confinement/hand-over.ts'
import type { Rooms } from '../rooms.ts'
import type { SnapshotDetail } from './finish-snapshot.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { checkName, formatSnapshot, readWish, summaryOfSnapshot } from './snapshot-document.ts'
import type { SnapshotDisk, SnapshotWish } from './snapshot-document.ts'

/** A disk that takes part, and how. */
interface Part {
  readonly disk: Disk
  readonly kind: 'internal' | 'external'
  /** The overlay of an external one. */
  readonly file: string
}

/** Keeps the state of a domain, and says so in the store: both, or neither. */
export async function createSnapshot(
  rooms: Rooms,
  reference: string,
  { xml, ...options }: SnapshotOptions & { readonly xml: string },
): Promise<SnapshotSummary> {
  const wish = readWish(xml)
  const record = await rooms.find(reference)
  const { uuid } = record.domain
  return rooms.withJob(uuid, 'snapshot-create', async (job) => {
    const { active } = record
    const domain = parseDomain(active?.xml ?? record.domain.xml ?? '').domain
    const name = wish.name ?? checkName(String(Math.floor(Date.now() / 1000)))
    if (rooms.store.snapshots(uuid).some((one) => one.name === name))
      throw domainError('ERR_OPERATION_INVALID', `domain snapshot ${quote(name)} already exists`)
    const parts = partsOf(domain, wish, { name, isActive: active !== undefined, ...options })
    const request = { name, parts, wish, domain, options, job }
    if (parts.every(({ kind }) => kind === 'internal')) await takeInternal(rooms, record, request)
    else await takeExternal(rooms, record, request)
    return summaryOfSnapshot(rooms.store.snapshot(uuid, name))
  })
}

interface PartOptions extends SnapshotOptions {
  readonly name: string
  readonly isActive: boolean
}

/** Which disks take part, and whether in themselves or by a new image above. */
function partsOf(domain: Domain, wish: SnapshotWish, options: PartOptions): readonly Part[] {
  const { name, isActive, diskOnly } = options
  const disks = (domain.devices.disk ?? []).filter((disk) => !isEmpty(disk))
  const unknown = wish.disks.find(
    (one) => !disks.some((disk) => disk.target === one.name || fileOf(disk) === one.name),
  )
  if (unknown !== undefined)
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `no disk named ${quote(unknown.name)}; the domain has: ${disks.map(({ target }) => target).join(', ')}`,
    )
  if (wish.memory === 'external') {
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      'the memory of a guest that runs is not kept in a file of its own yet: use an internal snapshot, --disk-only, or save',
    )
  }
  const writable = disks.filter((disk) => disk.readonly !== true && disk.device !== 'cdrom')
  const canHold = (disk: Disk): boolean => disk.format === 'qcow2'
  const external =
    diskOnly === true ||
    wish.disks.some((one) => one.snapshot === 'external') ||
    !writable.every(canHold)
  const parts = writable.flatMap((disk): Part[] => {
    const asked = wish.disks.find((one) => one.name === disk.target || one.name === fileOf(disk))
    const kind =
      asked?.snapshot ?? (disk.snapshot === 'no' ? 'no' : external ? 'external' : 'internal')
    if (kind === 'no') return []
    return [{ disk, kind, file: asked?.file ?? overlayName(disk, name) }]
  })
  checkParts(parts, { isActive, diskOnly: diskOnly === true, canHold })
  return parts
}

function overlayName(disk: Disk, name: string): string {
  const file = fileOf(disk) ?? ''
  const stem = file.replace(/\.[^./]*$/, '')
  return `${stem === '' ? file : stem}.${name}`
}

interface PartRules {
  readonly isActive: boolean
  readonly diskOnly: boolean
  readonly canHold: (disk: Disk) => boolean
}

function checkParts(parts: readonly Part[], { isActive, diskOnly, canHold }: PartRules): void {
  const refuse = (message: string): never => {
    throw domainError('ERR_OPERATION_UNSUPPORTED', message)
  }
  const [first] = parts
  if (first === undefined) refuse('no disks are selected for the snapshot')
  if (parts.some(({ kind }) => kind !== first?.kind))
    refuse('internal and external snapshots cannot be mixed in one')
  const raw = parts.find(({ disk, kind }) => kind === 'internal' && !canHold(disk))
  if (raw !== undefined)
    refuse(
      `disk ${quote(raw.disk.target)} is ${raw.disk.format ?? 'raw'} and holds no snapshots; use --disk-only, or qcow2`,
    )
  if (first?.kind === 'internal' && diskOnly) refuse('a snapshot of disks only is external')
  if (first?.kind === 'external' && isActive && !diskOnly)
    refuse(
      'a guest that runs has its memory kept only in qcow2 disks; for disks alone say --disk-only',
    )
}

interface TakeRequest {
  readonly name: string
  readonly parts: readonly Part[]
  readonly wish: SnapshotWish
  readonly domain: Domain
  readonly options: SnapshotOptions
  readonly job: Job
}

function documentOf(
  rooms: Rooms,
  { domain: row, active }: DomainRecord,
  { name, parts, wish }: TakeRequest,
): string {
  const kind = parts[0]?.kind
  const parent = rooms.store.snapshots(row.uuid).find(({ current }) => current)?.name
  const disks = parts.map(({ disk, file }): SnapshotDisk => ({
    name: disk.target,
    snapshot: kind ?? 'no',
    ...(kind === 'external' && { file }),
  }))
  return formatSnapshot({
    name,
    ...(wish.description !== undefined && { description: wish.description }),
    state: active === undefined ? 'shutoff' : kind === 'external' ? 'disk-snapshot' : active.state,
    ...(parent !== undefined && { parent }),
    createdAtMs: Date.now(),
    memory: active !== undefined && kind === 'internal' ? 'internal' : 'no',
    disks,
    domain: active?.xml ?? row.xml ?? '',
  })
}

async function takeInternal(
  rooms: Rooms,
  record: DomainRecord,
  request: TakeRequest,
): Promise<void> {
  const { name, parts, options, job } = request
  const { uuid } = record.domain
  const disks = parts.map(({ disk }) => disk)
  const document = documentOf(rooms, record, request)
  const { active } = record
  const detail: SnapshotDetail = { snapshot: { name, xml: document, files: [], after: {} } }
  rooms.store.setPhase(job, 'snapshot', { ...detail })
  if (active === undefined) await offlineSnapshot('-c', { tag: name, disks })
  else {
    const running: Running = { ...record, active }
    await rooms.ask(running, (qmp) => internalSnapshot(qmp, 'save', { tag: name, disks }))
  }
  rooms.store.addSnapshot({ uuid, name, xml: document })
  if (active !== undefined && options.halt === true) {
    await rooms.liveness.end(active, 'from snapshot', { termMs: 2000 })
  }
}

/** New images above the old ones, all in one transaction of QEMU's. */
async function takeExternal(
  rooms: Rooms,
  record: DomainRecord,
  request: TakeRequest,
): Promise<void> {
  const { name, parts, domain, options, job } = request
  const { uuid } = record.domain
  const document = documentOf(rooms, record, request)
  const first = freeIndex(domain)
  const overlays = parts.map((part, i) => ({ ...part, index: first + i }))
  for (const { file } of overlays)
    if (existsSync(file))
      throw domainError(
        'ERR_OPERATION_INVALID',
        `external snapshot file ${quote(file, 200)} already exists`,
      )
  const edit = (before: Domain): Domain =>
    overlays.reduce(
      (now, { disk, file, index }) =>
        withDisk(now, { target: disk.target, file: fileOf(disk) ?? '' }, (one) =>
          stackedOn(one, { file, format: 'qcow2' }, index),
        ),
      before,
    )
  const { active } = record
  const { xml } = record.domain
  const plan =
    xml === undefined ? undefined : await rooms.plan(formatDomain(edit(parseDomain(xml).domain)))
  const after: DefinitionChange = {
    ...(active && { live: { id: active.id, xml: formatDomain(edit(domain), active.id) } }),
    ...(plan && { definition: formatDomain(plan.domain) }),
  }
  const files = overlays.map(({ file }) => file)
  const detail: SnapshotDetail = { snapshot: { name, xml: document, files, after } }
  rooms.store.setPhase(job, 'snapshot', { ...detail })
  try {
    if (active === undefined) await makeOffline(overlays)
    else await switchOver(rooms, { ...record, active }, { overlays, options })
    rooms.store.change(uuid, after)
    rooms.store.addSnapshot({ uuid, name, xml: document })
  } catch (error) {
    for (const file of files) await rm(file, { force: true })
    throw error
  }
}

type Overlay = Part & { readonly index: number }

async function makeOffline(overlays: readonly Overlay[]): Promise<void> {
  const { execa } = await import('execa')
  for (const { disk, file } of overlays) {
    const below = fileOf(disk) ?? ''
    const info = await execa(
      'qemu-img',
      ['info', '--output=json', '-f', disk.format ?? 'raw', below],
      { reject: false },
    )
    if (info.exitCode !== 0)
      throw domainError(
        'ERR_OPERATION_FAILED',
        `cannot look at ${quote(below, 200)}: ${info.stderr}`,
      )
    const { 'virtual-size': sizeBytes } = JSON.parse(info.stdout) as { 'virtual-size': number }
    await createImage({
      file,
      format: 'qcow2',
      sizeBytes,
      backing: { file: below, format: disk.format ?? 'raw' },
    })
  }
}

async function switchOver(
  rooms: Rooms,
  running: Running,
  {
    overlays,
    options,
  }: { readonly overlays: readonly Overlay[]; readonly options: SnapshotOptions },
): Promise<void> {
  const { uuid } = running.domain
  if (options.quiesce === true) {
    const { askAgent } = await import('../agent/guest-agent.ts')
    await askAgent(rooms, uuid, (agent) => agent.execute('guest-fsfreeze-freeze'))
  }
  try {
    await rooms.ask(running, async (qmp) => {
      const steps: MonitorStep[] = []
      const actions: object[] = []
      for (const { disk, file, index } of overlays) {
        const [top] = await diskChain(qmp, disk)
        await createImage({
          file,
          format: 'qcow2',
          sizeBytes: top?.sizeBytes ?? 0,
          backing: { file: fileOf(disk) ?? '', format: disk.format ?? 'raw' },
        })
        const confinement = rooms.layout.confinement ?? unconfined
        takeImage(rooms.store, running.active, { path: file, confinement })
        steps.push(...openSteps(disk, { file, format: 'qcow2' }, index))
        actions.push({
          type: 'blockdev-snapshot',
          data: { node: await topNode(qmp, disk), overlay: `libvirt-${index}-format` },
        })
      }
      await performSteps(qmp, steps)
      try {
        await qmp.executeUnchecked('transaction', { actions })
      } catch (error) {
        await undoSteps(qmp, steps)
        throw error
      }
    })
  } finally {
    if (options.quiesce === true) {
      const { askAgent } = await import('../agent/guest-agent.ts')
      await askAgent(rooms, uuid, (agent) => agent.execute('guest-fsfreeze-thaw')).catch(
        () => undefined,
      )
    }
  }
}
