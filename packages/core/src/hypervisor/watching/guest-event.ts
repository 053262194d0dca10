import type { Disk } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import type { QmpEvent, QmpEventMap, QmpEventName } from '../../qmp/index.ts'
import type { DomainRecord } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { agentChannelOf } from '../agent/agent-channel.ts'
import { described } from '../blocks/switch-image.ts'
import type { BlockJobEvent, EventFacts, GraphicsEvent, GraphicsEnd } from '../interface/events.ts'

/** What is known of the guest that told something. */
type Known = Pick<DomainRecord, 'active' | 'job'>

type Read<Name extends QmpEventName> = (
  data: QmpEventMap[Name],
  known: Known,
) => EventFacts | undefined

/** QEMU's events that libvirt's events are made of. What others tell, the state shows. */
const readers: { readonly [Name in QmpEventName]?: Read<Name> } = {
  RESET: ({ reason }) => ({ event: 'rebooted', detail: reason }),
  WATCHDOG: ({ action }) => ({ event: 'watchdog', detail: action }),
  GUEST_PANICKED: () => ({ event: 'crashed', detail: 'panicked' }),
  GUEST_CRASHLOADED: () => ({ event: 'crashed', detail: 'crashloaded' }),
  SUSPEND: () => ({ event: 'pm-suspend' }),
  SUSPEND_DISK: () => ({ event: 'pm-suspend-disk' }),
  WAKEUP: () => ({ event: 'pm-wakeup' }),
  RTC_CHANGE: ({ offset }, known) => ({
    event: 'rtc-change',
    offsetSeconds: offset + clockOffset(known),
  }),
  BALLOON_CHANGE: ({ actual }) => ({ event: 'balloon-change', sizeKiB: inKiB(actual) }),
  MEMORY_DEVICE_SIZE_CHANGE: ({ id, size }) =>
    id === undefined
      ? undefined
      : { event: 'memory-device-size-change', alias: id, sizeKiB: inKiB(size) },
  MEMORY_FAILURE: ({ recipient, action, flags }) => ({
    event: 'memory-failure',
    recipient,
    action,
    actionRequired: flags['action-required'],
    recursive: flags.recursive,
  }),
  DEVICE_TRAY_MOVED: ({ id, 'tray-open': isOpen }) => ({
    event: 'tray-change',
    alias: aliasIn(id),
    tray: isOpen ? 'opened' : 'closed',
  }),
  DEVICE_DELETED: ({ device }, known) =>
    device === undefined || isVcpu(device) || isBeingPlugged(device, known)
      ? undefined
      : { event: 'device-removed', alias: device },
  DEVICE_UNPLUG_GUEST_ERROR: ({ device }) => removalFailed(device),
  ACPI_DEVICE_OST: ({ info }) => (isRefusal(info) ? removalFailed(info['device']) : undefined),
  BLOCK_IO_ERROR: ({ 'node-name': node = '', action, nospace }, known) => {
    const image = imageOf(node, known)
    return {
      event: 'io-error',
      alias: image?.alias ?? '',
      path: image?.current ?? '',
      action: action === 'stop' ? 'pause' : action === 'report' ? 'report' : 'none',
      reason: nospace === true ? 'enospc' : '',
    }
  },
  BLOCK_WRITE_THRESHOLD: (data, known) => {
    const node = data['node-name']
    const { disk = node, path } = imageOf(node, known) ?? {}
    return {
      event: 'block-threshold',
      disk,
      ...(path !== undefined && { path }),
      thresholdBytes: data['write-threshold'],
      excessBytes: data['amount-exceeded'],
    }
  },
  BLOCK_JOB_READY: ({ device }, known) => blockJob(device, 'ready', known),
  BLOCK_JOB_CANCELLED: ({ device }, known) => blockJob(device, 'canceled', known),
  BLOCK_JOB_COMPLETED: ({ device, error }, known) =>
    blockJob(device, error === undefined ? 'completed' : 'failed', known),
  MIGRATION_PASS: ({ pass }) => ({ event: 'migration-iteration', iteration: pass }),
  VSERPORT_CHANGE: ({ id, open }, known) =>
    isAgentPort(id, known)
      ? {
          event: 'agent-lifecycle',
          state: open ? 'connected' : 'disconnected',
          reason: 'channel event',
        }
      : undefined,
  VNC_CONNECTED: (data) => graphics('connect', data),
  VNC_INITIALIZED: (data) => graphics('initialize', data),
  VNC_DISCONNECTED: (data) => graphics('disconnect', data),
  SPICE_CONNECTED: (data) => graphics('connect', data),
  SPICE_INITIALIZED: (data) => graphics('initialize', data),
  SPICE_DISCONNECTED: (data) => graphics('disconnect', data),
}

/** Is there something in it for whoever watches? */
export function isTold(name: QmpEvent['name']): name is QmpEventName {
  return Object.hasOwn(readers, name)
}

/** What QEMU told, in libvirt's words; nothing for what is no event of a domain. */
export function guestEvent(
  { name, data }: Extract<QmpEvent, { readonly name: QmpEventName }>,
  known: Known,
): EventFacts | undefined {
  // The name is what ties the reader to the data.
  const read = readers[name] as Read<QmpEventName> | undefined
  return read?.(data, known)
}

const inKiB = (bytes: number): number => Math.ceil(bytes / 1024)

const liveOf = ({ active }: Known): Domain | undefined =>
  active === undefined ? undefined : parseDomain(active.xml).domain

/** QEMU counts from the base that it was given, which such a clock has put off. */
function clockOffset(known: Known): number {
  const clock = liveOf(known)?.clock
  return clock?.offset === 'variable' ? Number(clock.adjustment ?? 0) : 0
}

/** Of a device, QEMU tells the id or the place of a part: `/machine/peripheral/ide0-0-0/…`. */
function aliasIn(id: string): string {
  return /^\/machine\/peripheral\/([^/]+)/.exec(id)?.[1] ?? id
}

const isVcpu = (device: string): boolean => /^vcpu\d+$/.test(device)

/** What goes while it is being plugged in has never come. */
function isBeingPlugged(alias: string, { job }: Known): boolean {
  const { plug, alias: plugged } = job?.detail ?? {}
  return plug !== undefined && plugged === alias
}

function removalFailed(alias: unknown): EventFacts | undefined {
  return typeof alias === 'string' ? { event: 'device-removal-failed', alias } : undefined
}

/** ACPI's `_OST` of a memory module that is to go (3, or 0x103): a failure, or one of the reasons from 0x80 on. */
function isRefusal(info: Readonly<Record<string, unknown>>): boolean {
  const { 'slot-type': type, source, status } = info
  const isNo = status === 1 || (typeof status === 'number' && status >= 0x80 && status <= 0x83)
  return type === 'DIMM' && (source === 3 || source === 0x103) && isNo
}

interface Image {
  /** The image's place in the disk, as libvirt writes it: `vda`, `vda[2]`. */
  readonly disk: string
  readonly alias?: string
  readonly path?: string
  /** The file that the disk is on, whichever of its images this is. */
  readonly current?: string
}

const pathOf = (source: Disk['source']): string | undefined => source?.file ?? source?.dev

function imageOf(node: string, known: Known): Image | undefined {
  const number = Number(/^libvirt-(\d+)-/.exec(node)?.[1])
  for (const disk of liveOf(known)?.devices.disk ?? []) {
    for (const [i, { index, source }] of described(disk).entries()) {
      if ((index ?? source?.index) !== number) continue
      const [path, current] = [pathOf(source), pathOf(disk.source)]
      return {
        disk: i === 0 ? disk.target : `${disk.target}[${number}]`,
        ...(disk.alias !== undefined && { alias: disk.alias }),
        ...(path !== undefined && { path }),
        ...(current !== undefined && { current }),
      }
    }
  }
  return undefined
}

/** Jobs of disks by their names; others are a part of something that is told as a whole. */
const jobName = /^polyvirt-(pull|copy|commit|active-commit|backup)-(.+)$/

function blockJob(
  id: string,
  status: BlockJobEvent['status'],
  known: Known,
): EventFacts | undefined {
  const [, job, target = ''] = jobName.exec(id) ?? []
  if (job === undefined) return undefined
  const source = liveOf(known)?.devices.disk?.find((disk) => disk.target === target)?.source
  const switched = known.active?.facts.blockJobs?.[target]?.to
  // Whoever has it pivot writes the new image down behind this.
  const path = (status === 'completed' ? switched?.file : undefined) ?? pathOf(source)
  return {
    event: 'block-job',
    disk: target,
    ...(path !== undefined && { path }),
    job: job as BlockJobEvent['job'],
    status,
  }
}

function isAgentPort(alias: string, known: Known): boolean {
  const live = liveOf(known)
  return live !== undefined && agentChannelOf(live)?.alias === alias
}

type Fields = Readonly<Record<string, unknown>>

const word = (value: unknown): string => (typeof value === 'string' ? value : '')

const fieldsIn = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

function endOf({ family, host, service, port }: Fields): GraphicsEnd {
  // SPICE calls its service a port.
  return { family: word(family), node: word(host), service: word(service ?? port) }
}

function graphics(phase: GraphicsEvent['phase'], data: Fields): EventFacts {
  const [server, client] = [fieldsIn(data['server']), fieldsIn(data['client'])]
  const { x509_dname: x509dname, sasl_username: saslUsername } = client
  return {
    event: 'graphics',
    phase,
    local: endOf(server),
    remote: endOf(client),
    authScheme: word(server['auth']),
    identities: Object.entries({ x509dname, saslUsername }).flatMap(([type, name]) =>
      typeof name === 'string' ? { type: type as 'x509dname' | 'saslUsername', name } : [],
    ),
  }
}
