import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { devicePath } from '../../plan/defaults/defaulting.ts'
import { findDevice } from '../../plan/find-device.ts'
import { isSame } from '../../plan/same.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { Job } from '../../store/index.ts'
import { formatDevice, parseDevice } from '../../xml/parse-device.ts'
import type { AnyDevice } from '../../xml/parse-device.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { leaveDevice, leaveNewImages, takeImages } from '../confinement/hand-over.ts'
import { firstCommands } from '../first-commands.ts'
import type { DeviceChangeResult, UpdateDeviceOptions } from '../interface/devices.ts'
import { JobLeft } from '../job-left.ts'
import { resolveDevice } from '../resolve-sources.ts'
import type { Rooms } from '../rooms.ts'
import { checkFiles } from '../start-checks.ts'
import { changeTargets, heldTargets } from './change-targets.ts'
import { findSettled } from './find-settled.ts'
import { livePlan } from './live-plan.ts'
import type { LivePlan } from './live-plan.ts'
import { performSettings } from './perform-settings.ts'
import { planMedium, replaceMedium } from './replace-medium.ts'
import { isLimitedAlike, limitCard } from './limit-card.ts'
import { requestMemory } from './tell-settings.ts'

interface UpdateRequest extends UpdateDeviceOptions {
  readonly reference: string
  readonly xml: string
}

type Plain = Readonly<Record<string, unknown>>

/**
 * What a running guest's device may be changed in. Properties that a document leaves out stay, but
 * for these: a medium that is not there is taken out, a link that is not spoken of is up, and so is a limit gone.
 */
const changeable: { readonly [kind: string]: readonly string[] | undefined } = {
  disk: ['type', 'source', 'backingStore', 'format', 'tray'],
  interface: ['linkState', 'bandwidth'],
  graphics: ['passwd', 'passwdValidTo', 'connected'],
  memory: ['requestedKiB'],
}

const emptied: { readonly [kind: string]: readonly string[] | undefined } = {
  disk: ['source', 'backingStore'],
  interface: ['linkState', 'bandwidth'],
}

/** Changes a device of a running guest in place, of the stored definition, or of both. */
export async function updateDevice(
  rooms: Rooms,
  { reference, xml, ...options }: UpdateRequest,
): Promise<DeviceChangeResult> {
  const wanted = parseDevice(xml)
  const record = await findSettled(rooms, reference)
  changeTargets(record, options)
  const { uuid } = record.domain
  return rooms.withJob(uuid, 'update-device', async (job) => {
    const targets = heldTargets(rooms, uuid, options)
    const stored =
      targets.definition === undefined
        ? undefined
        : await updateDefinition(rooms, targets.definition, wanted)
    const definition = stored && { definition: stored.xml }
    if (targets.running === undefined) {
      rooms.store.change(uuid, { ...definition })
      return { xml: formatDevice(stored?.device ?? wanted), warnings: wanted.warnings }
    }
    const plan = await livePlan(rooms, targets.running)
    const old = findDevice(plan.live, wanted)
    checkChange(old, wanted)
    if (isAsItIs(old, wanted)) {
      rooms.store.change(uuid, { ...definition })
      return { xml: formatDevice(old), warnings: wanted.warnings }
    }
    const request = { rooms, plan, job, old, wanted, options, ...definition }
    const changed = old.kind === 'disk' ? await changeMedium(request) : await changeInPlace(request)
    const { alias } = changed.device as { readonly alias?: string }
    return {
      xml: formatDevice(changed),
      ...(alias !== undefined && { alias }),
      warnings: wanted.warnings,
    }
  })
}

async function updateDefinition(
  rooms: Rooms,
  definition: string,
  wanted: AnyDevice,
): Promise<{ readonly xml: string; readonly device: AnyDevice }> {
  const { domain } = parseDomain(definition)
  const old = findDevice(domain, wanted)
  const device = merged(old, wanted)
  const plan = await rooms.plan(formatDomain(replaced(domain, old, device)))
  return { xml: formatDomain(plan.domain), device }
}

/** The old device with what the document says anew. */
function merged(old: AnyDevice, wanted: AnyDevice): AnyDevice {
  const { alias: _, origin: __, ...said } = wanted.device as unknown as Record<string, unknown>
  const before = old.device as unknown as Plain
  const kept: Record<string, unknown> = { ...before }
  if (said['type'] === 'network' && before['network'] !== undefined) delete said['type']
  for (const key of emptied[old.kind] ?? []) delete kept[key]
  return { kind: old.kind, device: { ...kept, ...said } } as unknown as AnyDevice
}

function replaced(domain: Domain, old: AnyDevice, device: AnyDevice): Domain {
  const list = (domain.devices[old.kind] ?? []) as readonly object[]
  const next = list.map((one) => (one === old.device ? device.device : one))
  return { ...domain, devices: { ...domain.devices, [old.kind]: next } }
}

/** @throws DomainError that names what cannot be changed while the guest runs. */
function checkChange(old: AnyDevice, wanted: AnyDevice): void {
  const { kind } = old
  const allowed = changeable[kind] ?? []
  const before = old.device as unknown as Plain
  for (const [key, value] of Object.entries(wanted.device as unknown as Plain)) {
    if (key === 'origin' || key === 'alias' || allowed.includes(key)) continue
    // What the network was resolved to is no other network.
    if (key === 'type' && value === 'network' && before['network'] !== undefined) continue
    if (isSame(before[key], value)) continue
    const path = devicePath(kind, 0, key).replace(/^devices\/[^/]+\//, '')
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `cannot modify ${quote(path)} of a ${kind} while the guest runs${
        allowed.length === 0 ? '' : `; what can be changed: ${allowed.join(', ')}`
      }; change the definition (--config), or detach and attach the device`,
      { path: `devices/${kind}/${path}` },
    )
  }
}

/** Is a disk asked to be what it is? The medium of a drive is put in again, as its guest may have opened the tray. */
function isAsItIs(old: AnyDevice, wanted: AnyDevice): boolean {
  if (old.kind !== 'disk' || wanted.kind !== 'disk') return false
  const { device, format = 'raw' } = old.device
  if (device === 'cdrom' || device === 'floppy') return false
  const sourceOf = ({ source }: Disk): object => {
    const { index: _, ...rest } = source ?? {}
    return rest
  }
  return (
    old.device.type === wanted.device.type &&
    (wanted.device.format ?? format) === format &&
    isSame(sourceOf(old.device), sourceOf(wanted.device))
  )
}

interface Change {
  readonly rooms: Rooms
  readonly plan: LivePlan
  readonly job: Job
  readonly old: AnyDevice
  readonly wanted: AnyDevice
  readonly options: UpdateDeviceOptions
  readonly definition?: string
}

/**
 * The new medium is the guest's before it is in the drive, and the old one until it is out. What is to be is
 * recorded first: a drive that holds another medium than the definitions say would get that one at the next start.
 */
async function changeMedium(request: Change): Promise<AnyDevice> {
  const { rooms, plan, job, old, wanted, options, definition } = request
  const { running, live } = plan
  const { active } = running
  const { store, layout } = rooms
  const asked = (await resolveDevice(merged(old, wanted), rooms.drivers)).device as Disk
  const { change, disk } = planMedium(live, old.device as Disk, asked)
  const alone = { ...live, os: { type: 'hvm' }, devices: { disk: [disk] } } as Domain
  checkFiles(alone)
  const device: AnyDevice = { kind: 'disk', device: disk }
  const left = replaced(live, old, device)
  const after = {
    live: { id: active.id, xml: formatDomain(left, active.id) },
    ...(definition !== undefined && { definition }),
  }
  const images = store.imagesOf(active)
  store.setPhase(job, 'medium', { medium: change, alias: change.alias, images, ...after })
  return rooms.ask(running, async (qmp) => {
    try {
      await takeImages(store, active, {
        domain: alone,
        confinement: layout.confinement ?? unconfined,
      })
      await replaceMedium(qmp, change, options)
    } catch (error) {
      if (!(error instanceof JobLeft)) leaveNewImages(store, active, images)
      throw error
    }
    try {
      leaveDevice(store, active, { gone: old, left })
      store.change(active.uuid, after)
    } catch (cause) {
      throw new JobLeft('the drive has the medium, and the next command writes it down', cause)
    }
    return device
  })
}

/** Tells QEMU, then the definitions. */
async function changeInPlace(request: Change): Promise<AnyDevice> {
  const { rooms, plan, job, old, wanted, definition } = request
  const { running, live } = plan
  const { id } = running.active
  const device = merged(old, wanted)
  const after = replaced(live, old, device)
  await performSettings(rooms, {
    job,
    running,
    before: live,
    after,
    change: {
      live: { id, xml: formatDomain(after, id) },
      ...(definition !== undefined && { definition }),
    },
    perform: (qmp) => tellChange(qmp, { before: live, after, device }),
  })
  return device
}

interface Told {
  readonly before: Domain
  readonly after: Domain
  readonly device: AnyDevice
}

async function tellChange(
  qmp: QmpClient,
  { before, after, device: { kind, device } }: Told,
): Promise<void> {
  switch (kind) {
    case 'interface': {
      await qmp.execute('set_link', { name: device.alias ?? '', up: device.linkState !== 'down' })
      const was = before.devices.interface?.find(({ alias }) => alias === device.alias)
      if (was !== undefined && !isLimitedAlike(was, device)) await limitCard(after, device)
      return
    }
    case 'graphics':
      await firstCommands(qmp, { ...after, devices: { graphics: [device] } })
      return
    case 'memory':
      await requestMemory(qmp, device.alias ?? '', device.requestedKiB ?? 0)
      return
    default:
      throw domainError(
        'ERR_OPERATION_UNSUPPORTED',
        `a ${kind} cannot be changed while the guest runs; change the definition (--config), or detach and attach it`,
      )
  }
}
