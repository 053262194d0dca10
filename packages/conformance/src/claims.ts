import type {
  BoardWord,
  DeviceRow,
  FeatureCondition,
  FeatureRow,
  TimerRow,
} from '@polyvirt/core/arch'
import { deviceModel } from './device-model.ts'
import type { Capability } from './scenario.ts'
import type { Target } from './target.ts'

/** Whether a target's own tables offer something, for a domain that runs under TCG. */
export function claims(target: Target, capability: Capability): boolean {
  const { arch } = target
  const [, kind, name = ''] = partsOf(capability)
  if (kind === 'device') return claimsDevice(target, name)
  if (kind === 'places') return hasPlaces(target, Number(/\d+$/.exec(name)?.[0]))
  if (kind === 'board') return !(target.profile.lacks ?? []).some((word) => word === name)
  if (kind === 'timer') {
    const timers = arch.features.timers as Readonly<Record<string, TimerRow | undefined>>
    return Object.hasOwn(timers, name) && holds(target, timers[name]?.only)
  }
  const row = (arch.features.supported as Readonly<Record<string, FeatureRow | undefined>>)[name]
  return row !== undefined && holds(target, row.only)
}

const partsOf = (capability: Capability): readonly string[] =>
  /^(device|feature|timer|places|board):(.*)$/.exec(capability) ?? []

/** Where a document speaks of what a board may not have. */
const boardPaths: Readonly<Record<BoardWord, string>> = {
  dies: 'cpu/topology',
  numa: 'cpu/numa',
  'sleep-states': 'pm',
  'secure-loader': 'os/loader',
  'own-firmware': 'os',
  loader: 'os/',
  flash: 'os/loader',
  'boot-menu': 'os/',
  'firmware-serial': 'os/bios',
  'device-tree': 'os/dtb',
  'acpi-tables': 'os/acpi',
  smbios: 'os/smbios',
  'fw-cfg': 'sysinfo',
}

/** Where the refusal of something unclaimed must point: the start of a path below `domain`. */
export function refusalPath(capability: Capability): string {
  const [, kind, name = ''] = partsOf(capability)
  if (kind === 'feature') return 'features'
  if (kind === 'timer') return 'clock'
  if (kind === 'board') return boardPaths[name as BoardWord]
  return `devices/${/^[a-z]+/.exec(name)?.[0] ?? ''}`
}

/** `ROW` or `ROW/KEY`; rows and keys may hold colons. */
function claimsDevice(target: Target, name: string): boolean {
  const slash = name.indexOf('/')
  const rows = target.arch.devices as Readonly<Record<string, DeviceRow | undefined>>
  const row = rows[slash < 0 ? name : name.slice(0, slash)]
  if (row === undefined) return false
  if (slash < 0) return Object.keys(row.models).length > 0
  const key = name.slice(slash + 1)
  const model = Object.hasOwn(row.models, key) ? row.models[key] : undefined
  return (
    model !== undefined &&
    isRecent(target, model.since) &&
    (model.machines === undefined || model.machines.includes(target.profile.name))
  )
}

/**
 * Whether the board has room for so many virtio devices: PCI grows and device numbers do not run out,
 * transports are as many as they are, less those of what the board brings.
 */
function hasPlaces(target: Target, count: number): boolean {
  const { pci, channels, virtioTransports = Number.POSITIVE_INFINITY, implicit } = target.profile
  if (pci !== undefined || channels !== undefined) return true
  const taken = implicit.filter(({ kind, device }) => {
    const model = deviceModel({ kind, path: '', device: { ...device } }, target)
    return model?.bus === 'virtio-mmio'
  })
  return virtioTransports - taken.length >= count
}

/** Whether a device of this kind can come while a guest runs: the board's own transports are what they are. */
export function canBePlugged({ arch }: Target, capability: Capability): boolean {
  const [, row = '', key = ''] = /^device:([^/]+)\/(.*)$/.exec(capability) ?? []
  const rows = arch.devices as Readonly<Record<string, DeviceRow | undefined>>
  return rows[row]?.models[key]?.bus !== 'virtio-mmio'
}

/** Whether this QEMU is as new as a row wants it. */
function isRecent(
  { capabilities: { version } }: Target,
  since: readonly [major: number, minor: number] | undefined,
): boolean {
  if (since === undefined) return true
  const [major, minor] = since
  return version.major > major || (version.major === major && version.minor >= minor)
}

function holds(target: Target, condition: FeatureCondition | undefined): boolean {
  if (condition === undefined) return true
  if (condition.virtType !== undefined && condition.virtType !== 'qemu') return false
  if (!isRecent(target, condition.since)) return false
  return condition.machines === undefined || condition.machines.includes(target.profile.name)
}
