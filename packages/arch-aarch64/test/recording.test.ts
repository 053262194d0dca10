import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'
import { describedArms } from './hosts/index.ts'
import { auxv } from './hosts/parts.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const hidden = (path: string, text: string): string =>
  decoder.decode(host.anonymize?.(path, encoder.encode(text)))

describe('a recording', () => {
  it.each([
    ['/proc/device-tree/serial-number', '10000000c0ffee42\0', '0000000000000000\0'],
    ['/proc/device-tree/model', 'Raspberry Pi 5\0', 'Raspberry Pi 5\0'],
    [
      '/proc/cpuinfo',
      'CPU part\t: 0xd08\nSerial\t\t: 10000000c0ffee42\n',
      'CPU part\t: 0xd08\nSerial\t\t: 0\n',
    ],
    ['/proc/cmdline', 'root=UUID=1-2 kvm-arm.mode=nested ip=10.0.0.7\n', 'kvm-arm.mode=nested\n'],
    ['/proc/cmdline', 'root=UUID=1-2\n', '\n'],
    [
      '/proc/interrupts',
      ' 11: 47 GICv3 30 Level timer\n 12: 1 GICv3 4 Edge eth0-rx\n',
      ' GICv3 \n',
    ],
    ['/proc/interrupts', ' 11: 47 AIC2 30 Level timer\n', '\n'],
    ['/sys/class/dmi/id/product_serial', 'FX42\n', '0000\n'],
  ])('of %s says %j as %j', (path, text, shown) => {
    expect(hidden(path, text)).toBe(shown)
  })

  it('has no addresses of the process it came from', () => {
    const bytes = auxv(65536)
    // AT_RANDOM: where sixteen random bytes are.
    new DataView(bytes.buffer).setBigUint64(32, 25n, true)
    new DataView(bytes.buffer).setBigUint64(40, 0x7ffffefee57fn, true)
    const shown = host.anonymize?.('/proc/self/auxv', bytes) ?? bytes
    const view = new DataView(shown.buffer, shown.byteOffset)
    expect(view.getBigUint64(24, true)).toBe(65536n)
    expect(view.getBigUint64(40, true)).toBe(0n)
  })

  it.each(describedArms)('of $name is read as that host, but for its own names', (described) => {
    const { expected } = described
    const { firmware, facts, sysinfo: _, ...rest } = host.read(recordingOf(described.files))
    const { firmware: itsFirmware, facts: itsFacts, sysinfo: __, ...itsRest } = expected
    expect(rest).toEqual(itsRest)
    expect(firmware.product).toBe(itsFirmware.product)
    expect(facts).toEqual(itsFacts)
  })
})

/** What every Linux's reader looks at, and so is in every recording. */
const common =
  /^\/(?:proc\/(?:cpuinfo|meminfo)$|sys\/kernel\/mm|sys\/devices\/system\/(?:node|cpu$))/

/** The host through nothing but its recorded files. */
function recordingOf(files: HostFiles): HostFiles {
  const paths = host.paths ?? []
  const isRecorded = (path: string): boolean =>
    common.test(path) ||
    /\/cpu(?:\d+(?:\/(?:topology|cache).*|\/online)?|\/present|\/online)$/.test(path) ||
    paths.some((one) => path === one || path.startsWith(`${one}/`))
  const leads = (path: string): boolean =>
    isRecorded(path) || paths.some((one) => one.startsWith(`${path}/`))
  return {
    list: (path) => files.list(path).filter((name) => leads(`${path}/${name}`)),
    read(path) {
      const bytes = isRecorded(path) ? files.read(path) : undefined
      return bytes && (host.anonymize?.(path, bytes) ?? bytes)
    },
  }
}
