import { isOnMacvtap } from '../../domain/devices/interface.ts'
import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { planAttach, withDevice } from '../../plan/plan-attach.ts'
import type { Attached } from '../../plan/plan-attach.ts'
import { plugSteps } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import { makePrivateDir } from '../../run/index.ts'
import type { Job } from '../../store/index.ts'
import { formatDevice, parseDevice } from '../../xml/parse-device.ts'
import type { AnyDevice, ParsedDevice } from '../../xml/parse-device.ts'
import { formatDomain, parseDomain, withoutVolumePath } from '../../xml/parse-domain.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { leaveNewImages, takeImages } from '../confinement/hand-over.ts'
import { raiseLockLimit } from '../confinement/limits.ts'
import { firstCommands } from '../first-commands.ts'
import type { DeviceChangeOptions, DeviceChangeResult } from '../interface/devices.ts'
import type { EventFacts } from '../interface/events.ts'
import { JobLeft } from '../job-left.ts'
import { channelDirOf } from '../layout.ts'
import { liveDomain } from '../live-domain.ts'
import type { Rooms } from '../rooms.ts'
import { borrowDevices, leaveNewDevices } from '../pci/borrow-devices.ts'
import { wantedDevices } from '../pci/wanted-devices.ts'
import { resolveDevice } from '../resolve-sources.ts'
import { fetchSecrets, laySecrets, removeSecrets } from '../secrets/hand-secrets.ts'
import { neededSecrets } from '../secrets/needed-secrets.ts'
import { checkFiles } from '../start-checks.ts'
import { checkNeeds } from '../start-needs.ts'
import { startPasst, stopPasst } from '../start-passt.ts'
import { startVirtiofs, stopVirtiofs } from '../start-virtiofs.ts'
import { makeTaps, managedTaps, removeTaps } from '../taps.ts'
import { makeHugeFolders } from '../huge-folders.ts'
import { onHostUsb } from '../usb/host-usb.ts'
import { isChosen, pickCid } from '../vsock-cid.ts'
import { removeRunFiles } from '../run-remains.ts'
import { makeRunImages, onRunImages } from '../transient-disks.ts'
import { askOrLeave } from './ask-to-finish.ts'
import { changeTargets, heldTargets } from './change-targets.ts'
import { explainPlug } from './explain-plug.ts'
import { findSettled } from './find-settled.ts'
import { livePlan, optionsOf } from './live-plan.ts'
import type { LivePlan } from './live-plan.ts'
import { companionsOf, withKeptControllers } from './kept-controllers.ts'
import { performSteps, undoSteps } from './perform-steps.ts'

export interface DeviceRequest extends DeviceChangeOptions {
  readonly reference: string
  readonly xml: string
}

/** Plugs a device into a running guest, adds it to the stored definition, or both. */
export async function attachDevice(
  rooms: Rooms,
  { reference, xml, ...options }: DeviceRequest,
): Promise<DeviceChangeResult> {
  const record = await findSettled(rooms, reference)
  changeTargets(record, options)
  const parsed = await withIdentity(rooms, parseDevice(xml))
  return rooms.withJob(record.domain.uuid, 'attach-device', async (job) => {
    const targets = heldTargets(rooms, record.domain.uuid, options)
    const definition =
      targets.definition === undefined
        ? undefined
        : await addToDefinition(rooms, targets.definition, parsed)
    if (targets.running === undefined) {
      rooms.store.change(record.domain.uuid, { ...(definition && { definition: definition.xml }) })
      return { xml: definition?.device ?? xml, warnings: parsed.warnings }
    }
    const plan = await livePlan(rooms, targets.running)
    return plugIn(rooms, plan, {
      job,
      parsed,
      ...(definition && { definition: definition.xml }),
      ...(options.signal && { signal: options.signal }),
    })
  })
}

/** A device as this run has it: where it is on the host now, and what was left open is chosen. */
function onThisHost(rooms: Rooms, parsed: ParsedDevice): ParsedDevice {
  if (parsed.kind === 'vsock' && isChosen(parsed.device))
    return { ...parsed, device: { ...parsed.device, cid: pickCid(rooms.store) } }
  if (parsed.kind !== 'hostdev') return parsed
  // What may be missing at a start is wanted now.
  const { startupPolicy: policy, ...wanted } = parsed.device
  const alone = { devices: { hostdev: [wanted] } } as unknown as Domain
  const [found = wanted] = onHostUsb(alone, { sysfs: rooms.layout.sysfs }).devices.hostdev ?? []
  return { ...parsed, device: { ...found, ...(policy && { startupPolicy: policy }) } }
}

/** The live and the stored definition get the same card, so its address is chosen once. */
async function withIdentity(rooms: Rooms, parsed: ParsedDevice): Promise<ParsedDevice> {
  if (parsed.kind !== 'interface' || parsed.device.mac !== undefined) return parsed
  const planner = await rooms.planner()
  return { ...parsed, device: { ...parsed.device, mac: planner.freshMac() } }
}

/** The stored definition with the device, as it would be stored, and the device as it is in it. */
export async function addToDefinition(
  rooms: Rooms,
  definition: string,
  parsed: AnyDevice,
): Promise<{ readonly xml: string; readonly device: string }> {
  const { domain } = parseDomain(definition)
  const plan = await rooms.plan(formatDomain(withDevice(domain, parsed)))
  const known = domain.devices[parsed.kind]?.length ?? 0
  const list = plan.domain.devices[parsed.kind] ?? []
  const added = list.find(({ origin }) => origin?.path === `devices/${parsed.kind}[${known + 1}]`)
  return {
    xml: formatDomain(plan.domain),
    device: formatDevice({ kind: parsed.kind, device: added ?? list.at(-1) } as AnyDevice),
  }
}

interface PlugRequest {
  readonly job: Job
  readonly parsed: ParsedDevice
  readonly definition?: string
  readonly signal?: AbortSignal
}

async function plugIn(
  rooms: Rooms,
  plan: LivePlan,
  { job, parsed, definition, signal }: PlugRequest,
): Promise<DeviceChangeResult> {
  const { running, live } = plan
  const { active } = running
  if (parsed.kind === 'disk' && parsed.device.bus !== undefined) checkPlugs([parsed])
  const attachedPlan = planAttach(live, onThisHost(rooms, parsed), plan.context)
  checkPlugs(attachedPlan.added)
  const asked = await resolved(rooms, attachedPlan)
  checkCard(asked.added.at(-1))
  const wanted = onlyNew(asked.domain, asked.added)
  checkNeeds(wanted, rooms.layout.sysfs)
  checkFiles(wanted)
  const { domain: alone, images: runImages } = onRunImages(wanted, active.id)
  const planned = withLastDisk(asked, alone.devices.disk?.at(-1))
  const had = new Set(neededSecrets(live).map(({ id }) => id))
  const secrets = neededSecrets(planned.domain).filter(({ id }) => !had.has(id))
  const values = await fetchSecrets(secrets, rooms.drivers)
  await prepareChannels(rooms, active.stateDir, alone)
  const { stateDir } = active
  const owner = rooms.layout.confinement?.user
  if (alone.devices.memory !== undefined)
    await makeHugeFolders(alone, { stateDir, owner, host: plan.context.host })
  const confinement = rooms.layout.confinement ?? unconfined
  const images = rooms.store.imagesOf(active)
  const pciDevices = rooms.store.devicesOf(active).map(({ address }) => address)
  const { names, recorded } = await makeTaps(alone, owner?.uid, (taps) => {
    const placed = stepsOf(rooms, plan, withTaps(planned, taps))
    // Whoever has to finish it writes what this one would have written.
    rooms.store.setPhase(job, 'plug', {
      plug: placed.steps,
      alias: placed.attached.device.alias,
      taps: managedTaps(alone, taps),
      images,
      pciDevices,
      ...(runImages.length > 0 && { runImages: runImages.map(({ file }) => file) }),
      live: { id: active.id, xml: formatDomain(shownDomain(placed, []), active.id) },
      ...(definition !== undefined && { definition }),
      events: plugged(placed.attached.device.alias),
    })
    return placed
  })
  const { attached, steps } = recorded
  let laid: readonly string[] = []
  try {
    laid = await makeRunImages(rooms.store, runImages)
    await takeImages(rooms.store, active, { domain: alone, confinement })
    await borrowDevices(rooms.store, active, { layout: rooms.layout, domain: alone })
    if (wantedDevices(alone).length > 0) await raiseLockLimit(active.process.pid, planned.domain)
    const served = { stateDir, ...(owner && { owner }) }
    await startPasst(alone, served)
    await startVirtiofs(alone, served)
    await laySecrets(secrets, values, served)
    return await askOrLeave(rooms, running, async (qmp) => {
      const { alias } = attached.device
      const keep = companionsOf(steps, alias ?? '')
      const keepControllers = async (): Promise<void> => {
        const kept = await withKeptControllers(qmp, shownDomain(recorded, []), {
          plug: steps,
          alias: alias ?? '',
        })
        if (kept === undefined) return
        const live = { id: active.id, xml: formatDomain(kept, active.id) }
        try {
          rooms.store.change(active.uuid, { live })
        } catch (cause) {
          throw new JobLeft('a controller came along, and the next command writes it down', cause)
        }
      }
      try {
        await performSteps(qmp, steps, { keep, ...(signal && { signal }) })
      } catch (error) {
        await keepControllers()
        throw explainPlug(error, attached.domain, plan.context.arch)
      }
      const record = async (): Promise<void> => {
        const chardevs = await qmp.execute('query-chardev')
        rooms.store.change(active.uuid, {
          live: { id: active.id, xml: formatDomain(shownDomain(recorded, chardevs), active.id) },
          ...(definition !== undefined && { definition }),
          events: plugged(alias),
        })
      }
      try {
        await firstCommands(qmp, onlyNew(attached.domain, attached.added))
        await record()
      } catch (error) {
        if (await undoSteps(qmp, steps, keep)) {
          await keepControllers()
          throw error
        }
        // The guest keeps it, so it has it.
        await record().catch((cause: unknown) => {
          throw new JobLeft('the guest has the device, and the next command writes it down', cause)
        })
      }
      return {
        xml: formatDevice(shownDevice(attached.added.at(-1) ?? parsed)),
        ...(alias !== undefined && { alias }),
        warnings: attached.warnings,
      }
    })
  } catch (error) {
    // What is behind a device that the guest has is the guest's, too.
    if (error instanceof JobLeft) throw error
    await stopPasst(alone, { stateDir })
    await stopVirtiofs(alone, { stateDir })
    await removeTaps(managedTaps(alone, names))
    leaveNewImages(rooms.store, active, images)
    leaveNewDevices(rooms.store, active, pciDevices)
    removeRunFiles(rooms.store, laid)
    throw error
  } finally {
    if (secrets.length > 0) await removeSecrets(active.stateDir)
  }
}

function plugged(alias: string | undefined): readonly EventFacts[] {
  return alias === undefined ? [] : [{ event: 'device-added', alias }]
}

type Placed = Attached & { readonly device: { readonly alias?: string } }

/** The live definition with the device, as far as QEMU has said what it has made for it. */
function shownDomain(
  { attached }: Plug,
  chardevs: Parameters<typeof liveDomain>[1]['chardevs'],
): Domain {
  return liveDomain(attached.domain, { chardevs, ports: {}, websockets: {}, taps: {} })
}

interface Plug {
  readonly attached: Placed
  readonly steps: readonly MonitorStep[]
}

/** What QEMU is to be told, from the difference of two command lines. */
function stepsOf(rooms: Rooms, plan: LivePlan, attached: Attached): Plug {
  const before = optionsOf(rooms, plan, plan.live)
  const after = optionsOf(rooms, plan, attached.domain)
  const { device } = attached.added.at(-1) ?? { device: {} }
  return { attached: { ...attached, device }, steps: plugSteps(before, after) }
}

/** Buses of disks that take one while the guest runs; libvirt plugs into no other. */
const pluggable: readonly (string | undefined)[] = ['virtio', 'scsi', 'usb']

/** @throws DomainError, in libvirt's words, for a disk on a bus that plugs nothing. */
function checkPlugs(added: readonly AnyDevice[]): void {
  for (const { kind, device } of added)
    if (kind === 'disk' && !pluggable.includes(device.bus))
      throw domainError(
        'ERR_OPERATION_UNSUPPORTED',
        `disk bus ${quote(device.bus ?? 'none')} cannot be hotplugged.`,
        { path: 'devices/disk/target/@bus' },
      )
}

/** An open tap goes to QEMU when it starts, and no later: Node sends no descriptors. */
function checkCard(added: AnyDevice | undefined): void {
  if (added?.kind === 'interface' && isOnMacvtap(added.device))
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `a card on a device of the host (macvtap) cannot be plugged into a guest that runs; use --config, and start the guest anew`,
      { path: 'devices/interface/@type' },
    )
}

/** The new device with what its driver knows of it. */
async function resolved(rooms: Rooms, attached: Attached): Promise<Attached> {
  const last = attached.added.at(-1)
  if (last === undefined) return attached
  return withLast(attached, await resolveDevice(last, rooms.drivers))
}

/** The path of a volume is its pool's affair. */
function shownDevice(one: AnyDevice): AnyDevice {
  return one.kind === 'disk' ? { kind: 'disk', device: withoutVolumePath(one.device) } : one
}

/** The new disk with the image of the run that it is on. */
function withLastDisk(attached: Attached, disk: Disk | undefined): Attached {
  if (disk === undefined || attached.added.at(-1)?.kind !== 'disk') return attached
  return withLast(attached, { kind: 'disk', device: disk })
}

function withTaps(attached: Attached, taps: Readonly<Record<number, string>>): Attached {
  const target = taps[0]
  const last = attached.added.at(-1)
  if (target === undefined || last?.kind !== 'interface') return attached
  return withLast(attached, { kind: 'interface', device: { ...last.device, target } })
}

function withLast(attached: Attached, now: AnyDevice): Attached {
  const last = attached.added.at(-1)
  if (last === undefined || last.device === now.device) return attached
  const list: readonly object[] = attached.domain.devices[now.kind] ?? []
  const devices = {
    ...attached.domain.devices,
    [now.kind]: list.map((one) => (one === last.device ? now.device : one)),
  }
  return {
    ...attached,
    added: [...attached.added.slice(0, -1), now],
    domain: { ...attached.domain, devices },
  }
}

/** The domain as if it had nothing but the new devices: what they need is looked at alone. */
function onlyNew(domain: Domain, added: readonly AnyDevice[]): Domain {
  const devices: Record<string, unknown[]> = {}
  for (const { kind, device } of added) (devices[kind] ??= []).push(device)
  const { launchSecurity: _, vcpuList: __, seclabels: ___, ...rest } = domain
  return { ...rest, devices }
}

async function prepareChannels(rooms: Rooms, stateDir: string, alone: Domain): Promise<void> {
  const needed = (alone.devices.channel ?? []).some(
    ({ type, sources }) => type === 'unix' && sources?.[0]?.path === undefined,
  )
  if (!needed) return
  const { runDir, confinement } = rooms.layout
  const { user: owner } = confinement ?? unconfined
  for (const dir of [`${runDir}/channel`, `${runDir}/channel/target`])
    await makePrivateDir(dir, { passable: owner !== undefined })
  await makePrivateDir(channelDirOf(stateDir), owner === undefined ? {} : { owner })
}
