import { dirname } from 'node:path'
import { cpioDirectory, cpioFile } from '../guest/cpio.ts'
import { guestFiles } from '../guest/guest-files.ts'
import type { GuestReport } from '../guest/guest-report.ts'
import { parseReport } from '../guest/parse-report.ts'

/** What can change while a guest runs, in the words of its report. */
export type Seen = Pick<
  GuestReport,
  'block' | 'net' | 'vcpus' | 'memory' | 'input' | 'virtioPorts' | 'rng' | 'watchdogs'
> & {
  /** Cards whose cable is plugged in, by MAC address. */
  readonly linked: readonly string[]
  /** Devices of each bus, by the kernel's names. */
  readonly devices: Readonly<Record<'pci' | 'ccw' | 'usb', readonly string[]>>
}

const paths = [
  ...['size', 'serial', 'removable', 'ro'].map((name) => `/sys/class/block/*/${name}`),
  ...['address', 'carrier'].map((name) => `/sys/class/net/*/${name}`),
  ...['online', 'present', 'possible'].map((name) => `/sys/devices/system/cpu/${name}`),
  '/proc/meminfo',
  '/sys/class/input/input*/name',
  '/sys/class/virtio-ports/*/name',
  '/sys/class/misc/hw_random/rng_*',
  '/sys/class/watchdog/*/identity',
  '/sys/bus/pci/devices/*/vendor',
  '/sys/bus/ccw/devices/*/cutype',
  '/sys/bus/usb/devices/*/idVendor',
]

const names = [...new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))]

/** Paths hold colons, values hold slashes: a value begins behind a name that was asked for. */
const lineOf = new RegExp(`^(/.*?/(?:${names.join('|').replace('*', '\\w+')})):(.*)$`)

/** Prints each file's lines behind its name. A card that is down does not tell of its cable. */
export const lookCommand: string =
  'for card in /sys/class/net/*; do read -r flags <$card/flags; ' +
  '[ $((flags & 1)) = 1 ] || ip link set ${card##*/} up; done; ' +
  `grep -H . ${paths.join(' ')} 2>/dev/null; true`

/** Half seconds that {@link waitCommand} takes at most. */
const mostHalves = 8

/**
 * What is put between two looks, the later the longer: ends when a device has come or gone. Under emulation a
 * look keeps a processor busy for half a second, and whatever is waited for takes that much longer.
 */
export function waitCommand(looks: number): string {
  const halves = Math.min(2 ** (looks - 1), mostHalves)
  return (
    'devices() { set -- ${SYS:-/sys}/bus/*/devices/* ${SYS:-/sys}/class/*/*; now=$*; }; devices; was=$now; left=' +
    `${halves}; while [ $left -gt 0 ]; do usleep 500000; devices; ` +
    '[ "$now" = "$was" ] || break; left=$((left - 1)); done'
  )
}

/** Reads what {@link lookCommand} printed. */
export function readLook(output: string): Seen {
  const texts = new Map<string, string>()
  for (const line of output.split('\n')) {
    const [, path, text] = lineOf.exec(line) ?? []
    if (path === undefined || text === undefined) continue
    texts.set(path, `${texts.get(path) ?? ''}${text}\n`)
  }
  const folders = new Set([...texts.keys()].map((path) => dirname(path)))
  const files = guestFiles([
    ...[...folders].map((path) => cpioDirectory(`files${path}`)),
    ...[...texts].map(([path, text]) => cpioFile(`files${path}`, text)),
  ])
  const report = parseReport(files, '-')
  const on = (bus: string): readonly string[] => files.list(`/sys/bus/${bus}/devices`)
  return {
    ...report,
    linked: report.net
      .filter(({ name }) => files.text(`/sys/class/net/${name}/carrier`) === '1')
      .map(({ mac }) => mac),
    devices: { pci: on('pci'), ccw: on('ccw'), usb: on('usb') },
  }
}
