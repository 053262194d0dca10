import type { Domain } from '../domain/domain.ts'
import type { Disk, Iotune } from '../domain/devices/disk.ts'
import type { Memballoon } from '../domain/devices/memballoon.ts'
import type { QmpClient } from '../qmp/index.ts'

/** What QEMU is told before the guest runs, because no command line may or can say it. */
export async function firstCommands(qmp: QmpClient, domain: Domain): Promise<void> {
  for (const graphics of domain.devices.graphics ?? []) {
    if (graphics.passwd === undefined) continue
    if (graphics.type !== 'vnc' && graphics.type !== 'spice') continue
    const protocol = graphics.type
    const { connected } = graphics
    await qmp.execute('set_password', {
      protocol,
      password: graphics.passwd,
      ...(connected !== undefined && protocol === 'spice' && { connected }),
    })
    if (graphics.passwdValidTo !== undefined)
      await qmp.execute('expire_password', { protocol, time: expiry(graphics.passwdValidTo) })
  }
  for (const disk of domain.devices.disk ?? []) {
    if (disk.iotune !== undefined && disk.alias !== undefined)
      await qmp.execute('block_set_io_throttle', throttle(disk, disk.iotune))
  }
  for (const nic of domain.devices.interface ?? []) {
    if (nic.linkState === 'down' && nic.alias !== undefined)
      await qmp.execute('set_link', { name: nic.alias, up: false })
  }
  for (const balloon of domain.devices.memballoon ?? [])
    if (balloon.model !== 'none' && (balloon.statsPeriod ?? 0) > 0) await statsPeriod(qmp, balloon)
}

/** How often a balloon asks its driver for counters, in seconds; never where nothing is said. */
export function statsPeriod(
  qmp: QmpClient,
  { alias = 'balloon0', statsPeriod: value = 0 }: Memballoon,
): Promise<unknown> {
  const path = `/machine/peripheral/${alias}`
  return qmp.execute('qom-set', { path, property: 'guest-stats-polling-interval', value })
}

/** A moment in UTC, as seconds since the epoch; what is no moment has passed already. */
function expiry(written: string): string {
  const seconds = Math.floor(Date.parse(`${written}Z`) / 1000)
  return Number.isFinite(seconds) ? String(seconds) : 'now'
}

/** The object that holds the disk's block back end: QEMU hides it inside some of its devices. */
export function backendOf({ bus, alias = '' }: Disk): string {
  const peripheral = `/machine/peripheral/${alias}`
  switch (bus) {
    case 'virtio':
      return `${peripheral}/virtio-backend`
    case 'usb':
      return `${peripheral}/${alias}.0/legacy[0]`
    default:
      return alias
  }
}

export function throttle(disk: Disk, limits: Iotune): ThrottleArguments {
  const n = (value: number | undefined): number => value ?? 0
  const optional = (key: string, value: number | string | undefined): object =>
    value === undefined || value === 0 ? {} : { [key]: value }
  return {
    id: backendOf(disk),
    bps: n(limits.totalBytesSec),
    bps_rd: n(limits.readBytesSec),
    bps_wr: n(limits.writeBytesSec),
    iops: n(limits.totalIopsSec),
    iops_rd: n(limits.readIopsSec),
    iops_wr: n(limits.writeIopsSec),
    ...optional('bps_max', limits.totalBytesSecMax),
    ...optional('bps_rd_max', limits.readBytesSecMax),
    ...optional('bps_wr_max', limits.writeBytesSecMax),
    ...optional('iops_max', limits.totalIopsSecMax),
    ...optional('iops_rd_max', limits.readIopsSecMax),
    ...optional('iops_wr_max', limits.writeIopsSecMax),
    ...optional('bps_max_length', limits.totalBytesSecMaxLength),
    ...optional('bps_rd_max_length', limits.readBytesSecMaxLength),
    ...optional('bps_wr_max_length', limits.writeBytesSecMaxLength),
    ...optional('iops_max_length', limits.totalIopsSecMaxLength),
    ...optional('iops_rd_max_length', limits.readIopsSecMaxLength),
    ...optional('iops_wr_max_length', limits.writeIopsSecMaxLength),
    ...optional('iops_size', limits.sizeIopsSec),
    ...optional('group', limits.groupName),
  }
}

/** QAPI's `BlockIOThrottle`: bytes and operations a second, 0 for no limit. */
export interface ThrottleArguments {
  readonly id: string
  readonly bps: number
  readonly bps_rd: number
  readonly bps_wr: number
  readonly iops: number
  readonly iops_rd: number
  readonly iops_wr: number
  readonly [burst: string]: number | string
}
