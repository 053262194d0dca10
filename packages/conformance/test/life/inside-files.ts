import { statSync } from 'node:fs'
import { bootIdOf, cardMac, kernel, type Inside } from './inside.ts'

/** The files in which the guest's kernel would show its state. */
export function insideFiles(inside: Inside): Readonly<Record<string, string>> {
  const plugged = Object.entries(inside.plugged).map(([alias, xml]) => pluggedFiles(alias, xml))
  return Object.assign(
    {
      '/proc/sys/kernel/random/boot_id': bootIdOf(inside),
      '/proc/sys/kernel/osrelease': kernel.release,
      '/machine': kernel.machine,
      '/proc/meminfo': `MemTotal: ${inside.memoryKiB + 512 * 1024 * dimms(inside)} kB`,
      '/sys/devices/system/cpu/online': `0-${inside.vcpus - 1}`,
      '/sys/class/block/vda/size': String(inside.diskBytes / 512),
      '/sys/class/net/eth0/address': cardMac,
      '/sys/class/net/eth0/carrier': inside.isLinked ? '1' : '0',
    },
    // 128 MiB.
    inside.takesMemory ? { '/sys/devices/system/memory/block_size_bytes': '8000000' } : {},
    inside.hasBoardClock ? { '/sys/class/rtc/rtc0/since_epoch': String(inside.seconds) } : {},
    ...plugged,
  )
}

const dimms = ({ plugged }: Inside): number =>
  Object.values(plugged).filter((xml) => xml.startsWith('<memory')).length

function pluggedFiles(alias: string, xml: string): Readonly<Record<string, string>> {
  const [, source] = /<source file='([^']+)'/.exec(xml) ?? []
  const [, mac] = /<mac address='([^']+)'/.exec(xml) ?? []
  const [, port] = /name='([^']+)'/.exec(xml) ?? []
  const [, element] = /^<(\w+)/.exec(xml) ?? []
  switch (element) {
    case 'disk':
      return source === undefined
        ? {}
        : { [`/sys/class/block/${alias}/size`]: String(statSync(source).size / 512) }
    case 'interface':
      return { [`/sys/class/net/${alias}/address`]: mac ?? '' }
    case 'rng':
      return { '/sys/class/misc/hw_random/rng_available': 'virtio_rng.0' }
    case 'input':
      return {
        '/sys/class/input/input5/name': `QEMU Virtio ${/type='tablet'/.test(xml) ? 'Tablet' : 'Mouse'}`,
      }
    case 'watchdog':
      return { '/sys/class/watchdog/watchdog0/identity': 'i6300ESB timer' }
    case 'channel':
      return { '/sys/class/virtio-ports/vport0p1/name': port?.replace(/'.*/, '') ?? '' }
    default:
      return {}
  }
}
