import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'
import { describedPowers } from './hosts/index.ts'
import { auxv } from './hosts/parts.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const hidden = (path: string, text: string): string =>
  decoder.decode(host.anonymize?.(path, encoder.encode(text)))

describe('a recording', () => {
  it.each([
    ['/proc/device-tree/system-id', 'IBM,0278ABCDE\0', '000,000000000\0'],
    ['/proc/device-tree/vm,uuid', '5d1d0a6f-2a8b-4c6e\0', '00000000-0000-0000\0'],
    ['/proc/device-tree/ibm,partition-uuid', '5d1d0a6f\0', '00000000\0'],
    ['/proc/device-tree/ibm,partition-name', 'payroll\0', '0000000\0'],
    ['/proc/device-tree/cpus/PowerPC,POWER8@20/serial-number', 'YA3932008163\0', '000000000000\0'],
    ['/proc/device-tree/model', '8247-22L\0', '8247-22L\0'],
    ['/proc/cpuinfo', 'cpu : POWER9\n', 'cpu : POWER9\n'],
  ])('of %s says %j as %j', (path, text, shown) => {
    expect(hidden(path, text)).toBe(shown)
  })

  it.each([true, false])('has no addresses of the process it came from (%s)', (littleEndian) => {
    const bytes = auxv(65536, littleEndian)
    // AT_RANDOM: where sixteen random bytes are.
    new DataView(bytes.buffer).setBigUint64(32, 25n, littleEndian)
    new DataView(bytes.buffer).setBigUint64(40, 0x7ffffefee57fn, littleEndian)
    const shown = host.anonymize?.('/proc/self/auxv', bytes) ?? bytes
    const view = new DataView(shown.buffer, shown.byteOffset)
    expect(view.getBigUint64(24, littleEndian)).toBe(65536n)
    expect(view.getBigUint64(40, littleEndian)).toBe(0n)
  })

  it.each(describedPowers)('of $name is read as that host, but for its own names', (described) => {
    const { expected } = described
    const { firmware, facts, ...rest } = host.read(recordingOf(described.files))
    const { firmware: itsFirmware, facts: itsFacts, ...itsRest } = expected
    expect(rest).toEqual(itsRest)
    expect(firmware.product).toBe(itsFirmware.product)
    expect(facts?.map(([name]) => name)).toEqual(itsFacts?.map(([name]) => name))
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
    /\/cpu(?:\d+(?:\/.*)?|\/present|\/online)$/.test(path) ||
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
