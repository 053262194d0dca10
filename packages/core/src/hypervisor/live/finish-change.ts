import type { Domain } from '../../domain/domain.ts'
import { deviceByAlias } from '../../plan/device-by-alias.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { ActiveRow, ImageUse, Store } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { leaveDevice, leaveNewImages } from '../confinement/hand-over.ts'
import type { Release } from '../confinement/hand-over.ts'
import type { EventFacts } from '../interface/events.ts'
import { leaveNewDevices } from '../pci/borrow-devices.ts'
import { removeAbandonedRunImages } from '../run-remains.ts'
import { removeSecrets } from '../secrets/hand-secrets.ts'
import { stopPasst } from '../start-passt.ts'
import { stopVirtiofs } from '../start-virtiofs.ts'
import { removeTaps } from '../taps.ts'
import { tunedRun } from '../tuning/apply-tuning.ts'
import { finishTuning } from './finish-tuning.ts'
import type { ChangeTrace } from './finish-tuning.ts'
import { companionsOf, withKeptControllers } from './kept-controllers.ts'
import { isPlugged, removeLeftovers, undoSteps } from './perform-steps.ts'
import { releaseDevice } from './release-device.ts'
import { finishMedium } from './replace-medium.ts'
import type { MediumChange } from './replace-medium.ts'
import type { SettingsTrace } from './perform-settings.ts'
import { tellSettings } from './tell-settings.ts'

/** What a change of a running guest records before it begins. */
export interface ChangeDetail extends ChangeTrace, Partial<SettingsTrace> {
  readonly plug?: readonly MonitorStep[]
  readonly unplug?: readonly MonitorStep[]
  readonly medium?: MediumChange
  readonly alias?: string
  readonly taps?: readonly string[]
  /** Above the image of a disk that forgets what is written to it. */
  readonly runImages?: readonly string[]
  /** Those that the run had before. */
  readonly images?: readonly ImageUse[]
  /** Addresses of the host's PCI devices that it had before. */
  readonly pciDevices?: readonly string[]
  readonly live?: { readonly id: number; readonly xml: string }
  readonly definition?: string
  /** What it is to those who watch, where it was done. */
  readonly events?: readonly EventFacts[]
}

export interface FinishChange {
  readonly store: Store
  readonly active: ActiveRow
  /** Nothing where QEMU refuses. */
  ask<T>(talk: (qmp: QmpClient) => Promise<T>): Promise<T | undefined>
}

/** Brings a change of a guest to before or behind it: how far it has come, QEMU says. */
export async function finishChange(
  { store, active, ask }: FinishChange,
  detail: ChangeDetail,
): Promise<void> {
  const { plug, unplug, medium, alias, taps = [], images, pciDevices } = detail
  const { live, definition, events } = detail
  if (live?.id !== active.id) return
  const writeDown = (): void => {
    store.change(active.uuid, {
      live,
      ...(definition !== undefined && { definition }),
      ...(events && { events }),
    })
  }
  if (detail.vcpus !== undefined || detail.iothread !== undefined) {
    const [before, after] = [parseDomain(active.xml).domain, parseDomain(live.xml).domain]
    const isDone = await ask((qmp) => finishTuning(qmp, detail, { before, after }))
    if (isDone === true) writeDown()
  }
  if (detail.settings !== undefined) {
    const [from, to] = [parseDomain(live.xml).domain, parseDomain(active.xml).domain]
    const { memoryMaxKiB } = detail.settings
    const run = tunedRun(active.process.pid, { cgroup: active.facts.cgroup, memoryMaxKiB })
    await ask((qmp) => tellSettings(qmp, { from, to, run }))
  }
  if (alias === undefined) return
  if (plug !== undefined) await removeSecrets(active.stateDir)
  const takeBack = (): void => {
    if (images !== undefined) leaveNewImages(store, active, images)
    if (pciDevices !== undefined) leaveNewDevices(store, active, pciDevices)
  }
  const release = (): Release | undefined => {
    const gone = deviceByAlias(parseDomain(active.xml).domain, alias)
    return gone && { gone, left: parseDomain(live.xml).domain }
  }
  if (medium !== undefined) {
    const isDone = await ask((qmp) => finishMedium(qmp, medium))
    if (isDone === false) takeBack()
    if (isDone !== true) return
    const old = release()
    if (old !== undefined) leaveDevice(store, active, old)
    writeDown()
  }
  if (plug !== undefined) {
    // The device is told last: where it is there, everything is.
    const isThere = await ask(async (qmp) => {
      if (await isPlugged(qmp, alias)) return true
      await undoSteps(qmp, plug, companionsOf(plug, alias))
      const planned = parseDomain(live.xml).domain
      const kept = await withKeptControllers(qmp, planned, { plug, alias })
      if (kept !== undefined)
        store.change(active.uuid, { live: { id: live.id, xml: formatDomain(kept, live.id) } })
      return false
    })
    if (isThere === true) writeDown()
    if (isThere !== false) return
    await stopServers(parseDomain(live.xml).domain, alias, active)
    await removeTaps(taps)
    takeBack()
    await removeAbandonedRunImages(store, detail.runImages)
  }
  if (unplug !== undefined) {
    const isGone = await ask(async (qmp) => {
      if (await isPlugged(qmp, alias)) return false
      await removeLeftovers(qmp, unplug)
      return true
    })
    if (isGone !== true) return
    const device = release()
    if (device !== undefined) await releaseDevice(store, active, device)
    writeDown()
  }
}

/** Ends what was started to serve a device that the guest does not have. */
async function stopServers(
  { devices, ...domain }: Domain,
  alias: string,
  { stateDir }: Pick<ActiveRow, 'stateDir'>,
): Promise<void> {
  const isMeant = (one: { readonly alias?: string }): boolean => one.alias === alias
  const alone: Domain = {
    ...domain,
    devices: {
      interface: (devices.interface ?? []).filter(isMeant),
      filesystem: (devices.filesystem ?? []).filter(isMeant),
    },
  }
  await stopPasst(alone, { stateDir })
  await stopVirtiofs(alone, { stateDir })
}
