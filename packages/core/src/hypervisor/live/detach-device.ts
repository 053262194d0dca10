import { domainError, quote } from '../../errors.ts'
import { DomainError } from '../../errors.ts'
import { deviceByAlias } from '../../plan/device-by-alias.ts'
import { findDevice, nameOf } from '../../plan/find-device.ts'
import { withoutDevice } from '../../plan/plan-attach.ts'
import type { Domain } from '../../domain/domain.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { Job } from '../../store/index.ts'
import { formatDevice, parseDevice } from '../../xml/parse-device.ts'
import type { AnyDevice } from '../../xml/parse-device.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { refuseDisksWithJob } from '../blocks/refuse-under-block-job.ts'
import type { DeviceChangeOptions, DeviceChangeResult } from '../interface/devices.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import type { DeviceRequest } from './attach-device.ts'
import { askOrLeave } from './ask-to-finish.ts'
import { changeTargets, heldTargets } from './change-targets.ts'
import { findSettled } from './find-settled.ts'
import { leftoversOf } from './leftovers.ts'
import { livePlan } from './live-plan.ts'
import type { LivePlan } from './live-plan.ts'
import { removeLeftovers } from './perform-steps.ts'
import { releaseDevice } from './release-device.ts'
import { unplug } from './unplug.ts'

/** Finds in a domain the device that is meant. */
type Search = (domain: Domain) => AnyDevice

export function detachDevice(
  rooms: Rooms,
  { reference, xml, ...options }: DeviceRequest,
): Promise<DeviceChangeResult> {
  const wanted = parseDevice(xml)
  return detach(rooms, reference, { ...options, search: (domain) => findDevice(domain, wanted) })
}

export function detachAlias(
  rooms: Rooms,
  reference: string,
  { alias, ...options }: DeviceChangeOptions & { readonly alias: string },
): Promise<DeviceChangeResult> {
  return detach(rooms, reference, { ...options, search: (domain) => byAlias(domain, alias) })
}

function byAlias(domain: Domain, alias: string): AnyDevice {
  const device = deviceByAlias(domain, alias)
  if (device !== undefined) return device
  throw domainError('ERR_DEVICE_MISSING', `no device of the domain has the alias ${quote(alias)}`)
}

interface DetachRequest extends DeviceChangeOptions {
  readonly search: Search
}

async function detach(
  rooms: Rooms,
  reference: string,
  { search, ...options }: DetachRequest,
): Promise<DeviceChangeResult> {
  const record = await findSettled(rooms, reference)
  changeTargets(record, options)
  const { uuid } = record.domain
  return rooms.withJob(uuid, 'detach-device', async (job) => {
    const targets = heldTargets(rooms, uuid, options)
    const stored =
      targets.definition === undefined
        ? undefined
        : await removeFromDefinition(rooms, targets.definition, search)
    const definition = stored && { definition: stored.xml }
    if (targets.running === undefined) {
      rooms.store.change(uuid, { ...definition })
      return { xml: stored === undefined ? '' : formatDevice(stored.device), warnings: [] }
    }
    const plan = await livePlan(rooms, targets.running)
    const device = search(plan.live)
    if (device.kind === 'disk') refuseDisksWithJob(targets.running, [device.device.target])
    await takeOut(rooms, plan, { job, device, ...definition, ...options })
    const { alias } = device.device as { readonly alias?: string }
    return { xml: formatDevice(device), ...(alias !== undefined && { alias }), warnings: [] }
  })
}

async function removeFromDefinition(
  rooms: Rooms,
  definition: string,
  search: Search,
): Promise<{ readonly xml: string; readonly device: AnyDevice }> {
  const { domain } = parseDomain(definition)
  const device = search(domain)
  const plan = await rooms.plan(formatDomain(withoutDevice(domain, device)))
  return { xml: formatDomain(plan.domain), device }
}

interface TakeOut extends DeviceChangeOptions {
  readonly job: Job
  readonly device: AnyDevice
  readonly definition?: string
}

async function takeOut(rooms: Rooms, plan: LivePlan, request: TakeOut): Promise<void> {
  const { job, device, definition, timeoutMs, signal } = request
  const { running, live } = plan
  const { active } = running
  const { alias = '' } = device.device as { readonly alias?: string }
  const leftovers = leftoversOf(rooms, plan, device) ?? refusePart(device)
  const left = withoutDevice(live, device)
  const after = { id: active.id, xml: formatDomain(left, active.id) }
  const stored = definition === undefined ? {} : { definition }
  rooms.store.setPhase(job, 'unplug', { unplug: leftovers, alias, live: after, ...stored })
  await askOrLeave(rooms, running, async (qmp) => {
    try {
      await unplug(qmp, alias, {
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(signal && { signal }),
      })
    } catch (error) {
      if (error instanceof DomainError && error.code === 'ERR_OPERATION_TIMEOUT')
        remember(rooms, running, { alias, leftovers })
      throw error
    }
    try {
      await removeLeftovers(qmp, leftovers)
      await releaseDevice(rooms.store, active, { gone: device, left })
      rooms.store.change(active.uuid, { live: after, ...stored })
    } catch (cause) {
      throw new JobLeft('the guest has let go of it, and the next command writes it down', cause)
    }
  })
}

function refusePart({ device }: AnyDevice): never {
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `${quote(nameOf(device as never))} is part of the machine and cannot be unplugged while the guest runs; change the definition (--config)`,
  )
}

/** The guest may let go of it later: whoever looks then knows what is left to do. */
function remember(
  { store }: Rooms,
  { active }: Running,
  pending: { readonly alias: string; readonly leftovers: readonly MonitorStep[] },
): void {
  const { unplugging = [] } = active.facts
  const others = unplugging.filter(({ alias }) => alias !== pending.alias)
  store.setFacts(active, { ...active.facts, unplugging: [...others, pending] })
}
