import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'
import { describedZs } from './hosts/index.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const hidden = (path: string, text: string): string =>
  decoder.decode(host.anonymize?.(path, encoder.encode(text)))

describe('a recording', () => {
  it.each([
    [
      '/proc/sysinfo',
      'Sequence Code:        00000000000829E7\n',
      'Sequence Code:        0000000000000000\n',
    ],
    ['/proc/sysinfo', 'LPAR Name:            PAYROLL \n', 'LPAR Name:            0000000 \n'],
    ['/proc/sysinfo', 'VM00 Extended Name:   my-vm\n', 'VM00 Extended Name:   00-00\n'],
    ['/proc/sysinfo', 'VM01 UUID:            209c-8e3b\n', 'VM01 UUID:            0000-0000\n'],
    ['/proc/sysinfo', 'Type:                 2964\n', 'Type:                 2964\n'],
    ['/proc/sysinfo', 'VM00 Control Program: KVM/Linux\n', 'VM00 Control Program: KVM/Linux\n'],
    [
      '/proc/cpuinfo',
      'processor 0: version = FF,  identification = 1633E8,  machine = 2964\n',
      'processor 0: version = FF,  identification = 000000,  machine = 2964\n',
    ],
    ['/proc/cpuinfo', 'identification  : 1633E8\n', 'identification  : 000000\n'],
    ['/proc/meminfo', 'MemTotal: 12 kB\n', 'MemTotal: 12 kB\n'],
  ])('of %s says %j as %j', (path, text, shown) => {
    expect(hidden(path, text)).toBe(shown)
  })

  it.each(describedZs)('of $name is read as that host, but for its own names', (described) => {
    const { expected } = described
    const { firmware, facts, sysinfo, ...rest } = host.read(recordingOf(described.files))
    const { firmware: its, facts: itsFacts, sysinfo: itsSysinfo, ...itsRest } = expected
    expect(rest).toEqual(itsRest)
    expect(firmware.product).toBe(its.product)
    expect(facts?.map(([name]) => name)).toEqual(itsFacts?.map(([name]) => name))
    expect(sysinfo?.processors?.length).toBe(itsSysinfo?.processors?.length)
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
