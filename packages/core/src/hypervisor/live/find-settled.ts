import { findDevice } from '../../plan/find-device.ts'
import { withoutDevice } from '../../plan/plan-attach.ts'
import type { DeviceKind } from '../../domain/devices.ts'
import type { Domain } from '../../domain/domain.ts'
import type { AnyDevice } from '../../xml/parse-device.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { DomainRecord } from '../../store/index.ts'
import type { DomainReference } from '../hypervisor.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { settleBlockJobs } from '../blocks/settle-block-jobs.ts'
import { leftoversOf } from './leftovers.ts'
import { livePlan } from './live-plan.ts'
import { pluggedNames, removeLeftovers } from './perform-steps.ts'
import { releaseDevice } from './release-device.ts'

/** What a guest can let go of by itself: it is in a slot or on a port. */
const inSlots = [
  'disk',
  'interface',
  'hostdev',
  'input',
  'sound',
  'watchdog',
  'rng',
  'redirdev',
  'smartcard',
  'shmem',
  'memory',
  'vsock',
  'crypto',
] as const satisfies readonly DeviceKind[]

/**
 * Finds a domain, and takes out of its live definition what the guest let go of though nobody asked it to, as by
 * the power switch of a slot: QEMU does not have it any more, and a QEMU that is to take up the guest would have
 * one device too many. Jobs on its disks that have ended are taken note of as well.
 */
export async function findSettled(rooms: Rooms, reference: DomainReference): Promise<DomainRecord> {
  const seen: { names?: ReadonlySet<string> } = {}
  const found = await rooms.find(reference, async (qmp) => {
    seen.names = await pluggedNames(qmp)
  })
  if (found.active === undefined) return found
  const { active, ...record } = await settleBlockJobs(rooms, { ...found, active: found.active })
  const { names } = seen
  // Nobody is asked while somebody holds the domain, who is plugging, maybe.
  if (names === undefined || (await ejected(rooms, { ...record, active }, names)).length === 0)
    return { ...record, active }
  const { uuid } = record.domain
  await rooms.withJob(uuid, 'settle', async () => {
    const held = rooms.store.get(uuid)
    if (held?.active === undefined) return
    const running: Running = { ...held, active: held.active }
    const now = await rooms.ask(running, pluggedNames)
    for (const one of await ejected(rooms, running, now)) await forget(rooms, one)
  })
  return rooms.find(uuid)
}

interface Ejected {
  readonly running: Running
  readonly device: AnyDevice
  /** What QEMU has of it still. */
  readonly leftovers: readonly MonitorStep[]
}

async function ejected(
  rooms: Rooms,
  running: Running,
  names: ReadonlySet<string>,
): Promise<readonly Ejected[]> {
  const isMissing = ({ device }: AnyDevice): boolean => {
    const { alias, address } = device as { readonly alias?: string; readonly address?: object }
    // What has no address is a part of the board, as a PS/2 mouse is, and in no list of QEMU's.
    return alias !== undefined && address !== undefined && !names.has(alias)
  }
  if (!devicesOf(await rooms.live(running)).some(isMissing)) return []
  const plan = await livePlan(rooms, running)
  return devicesOf(plan.live).flatMap((device) => {
    if (!isMissing(device)) return []
    // Some are no device of their own in QEMU, and so never there.
    const leftovers = leftoversOf(rooms, plan, device)
    return leftovers === undefined ? [] : [{ running, device, leftovers }]
  })
}

function devicesOf({ devices }: Domain): readonly AnyDevice[] {
  return inSlots.flatMap((kind) =>
    (devices[kind] ?? []).map((device) => ({ kind, device }) as unknown as AnyDevice),
  )
}

async function forget(rooms: Rooms, { running, device, leftovers }: Ejected): Promise<void> {
  const { store } = rooms
  const { uuid, id } = running.active
  await rooms.ask(running, (qmp) => removeLeftovers(qmp, leftovers))
  const { domain } = parseDomain(store.get(uuid)?.active?.xml ?? running.active.xml)
  const after = withoutDevice(domain, findDevice(domain, device))
  await releaseDevice(store, running.active, { gone: device, left: after })
  store.change(uuid, { live: { id, xml: formatDomain(after, id) } })
}
