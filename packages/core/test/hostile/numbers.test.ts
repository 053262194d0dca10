import { describe, expect, test } from 'vitest'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { expectRefusal } from '../support/hostile.ts'
import type { Refusal } from '../support/hostile.ts'

const vcpu = (text: string): string => toyXml({ vcpu: `<vcpu>${text}</vcpu>` })
const memory = (text: string, unit = 'KiB'): string =>
  toyXml({ memory: `<memory unit='${unit}'>${text}</memory>` })
const uuid = (text: string): string => toyXml({ uuid: `<uuid>${text}</uuid>` })
const cpu = (body: string): string => toyXml({ more: `<cpu>${body}</cpu>` })

const notVcpus = 'is not a number of vCPUs from 1 to 4294967295'
const unsupported = 'ERR_CONFIG_UNSUPPORTED'
const serial = (service: string): string =>
  toyXml({
    devices: `<serial type='tcp'><source mode='bind' host='127.0.0.1' service='${service}'/></serial>`,
  })

function each(
  id: string,
  values: readonly string[],
  row: (value: string) => Refusal,
): Record<string, Refusal> {
  return Object.fromEntries(values.map((value) => [`${id} ${JSON.stringify(value)}`, row(value)]))
}

const rows: Readonly<Record<string, Refusal>> = {
  'U-01 vcpu -1': { xml: vcpu('-1'), path: 'vcpu', at: '5:1', says: `'-1' ${notVcpus}` },
  ...each('U-02…04, U-10 vcpu', ['4294967295', '1000000000', '10000000', '65'], (value) => ({
    xml: vcpu(value),
    code: unsupported,
    path: 'vcpu',
    at: '5:1',
    says: `${value} is more vCPUs than machine toy-1.0 takes: 1 to 64`,
  })),
  ...each(
    'U-05, U-06, U-07 vcpu',
    ['0', '1e9', 'abc', '1.5', '0x2', '', '+2', ' 2 ', '02', '٣', '4294967296', '9'.repeat(20)],
    (value) => ({
      xml: vcpu(value),
      path: 'vcpu',
      at: '5:1',
      says: notVcpus,
    }),
  ),
  'U-08 current > max': {
    xml: toyXml({ vcpu: `<vcpu current='3'>2</vcpu>` }),
    path: 'vcpu/@current',
    at: '5:1',
    says: '3 vCPUs cannot be online of 2',
  },
  'U-09 current 0': {
    xml: toyXml({ vcpu: `<vcpu current='0'>2</vcpu>` }),
    path: 'vcpu/@current',
    at: '5:1',
    says: notVcpus,
  },
  'U-11 topology of another number': {
    xml: cpu(`<topology sockets='3' cores='1' threads='1'/>`),
    code: unsupported,
    path: 'cpu/topology',
    at: '7:6',
    says: '= 3, but <vcpu> says 2',
  },
  'U-12 topology 0': {
    xml: cpu(`<topology sockets='0' cores='1' threads='1'/>`),
    path: 'cpu/topology/@sockets',
    at: '7:6',
    says: 'is not a number from 1',
  },
  'U-13 topology beyond numbers': {
    xml: cpu(`<topology sockets='65536' cores='65536' threads='1'/>`),
    code: unsupported,
    path: 'cpu/topology',
    says: '= 4294967296',
  },
  ...each(
    'U-14 cpuset',
    ['5-1', '0-4294967295', '', '^', '1-', 'a', '007', '0-3,^0-3'],
    (value) => ({
      xml: toyXml({ vcpu: `<vcpu cpuset='${value}'>2</vcpu>` }),
      path: 'vcpu/@cpuset',
      at: '5:1',
      says: 'is not a set of numbers from 0 to 16383',
    }),
  ),
  ...each('U-15, U-16 iothreads', ['-1', '1000000', '1025', '01'], (value) => ({
    xml: toyXml({ more: `<iothreads>${value}</iothreads>` }),
    path: 'iothreads',
    at: '7:1',
    says: 'is not a number of I/O threads from 0 to 1024',
  })),
  ...each(
    'U-17, U-20 memory',
    ['-1', '-64', '1e3', '64.5', 'NaN', '0x40', '64 abc', ' 64 ', '+64', '064', ''],
    (value) => ({
      xml: memory(value),
      path: 'memory',
      at: '4:1',
      says: 'is not a size: digits only',
    }),
  ),
  'U-18 memory 0': { xml: memory('0'), path: 'memory', at: '4:1', says: 'is missing or 0' },
  'U-18 no memory': {
    xml: toyXml({ memory: '' }),
    path: 'memory',
    at: '1:1',
    says: 'is missing or 0',
  },
  'U-19 2⁶⁴−1 bytes': {
    xml: memory('18446744073709551615', 'b'),
    path: 'memory',
    says: 'sizes end below 8 EiB',
  },
  'U-19 2⁶⁴ bytes': {
    xml: memory('18446744073709551616', 'b'),
    path: 'memory',
    says: 'sizes end below 8 EiB',
  },
  'U-19 16 EiB': { xml: memory('16', 'EiB'), path: 'memory', says: 'sizes end below 8 EiB' },
  'U-19 8 EiB': { xml: memory('8', 'EiB'), path: 'memory', says: 'sizes end below 8 EiB' },
  ...each('U-21 unit', ['Foo', '', '__proto__', 'MiBi'], (unit) => ({
    xml: memory('64', unit),
    path: 'memory/@unit',
    at: '4:1',
    says: 'is not known; use b, KB, KiB',
  })),
  'U-22 1 KiB': {
    xml: memory('1023'),
    code: unsupported,
    path: 'memory',
    at: '4:1',
    says: 'needs to reach its firmware',
  },
  ...each(
    'U-25 uuid',
    [
      '1234',
      '1'.repeat(33),
      '{11111111-2222-4333-8444-555555555555}',
      '../etc',
      'x'.repeat(32),
      ` ${'12345678'.repeat(4)} `,
      '',
    ],
    (value) => ({
      xml: uuid(value),
      path: 'uuid',
      at: '3:1',
      says: 'is not a UUID: 32 hexadecimal digits',
    }),
  ),
  ...each(
    'U-26 uuid',
    ['00000000-0000-0000-0000-000000000000', 'f'.repeat(32), '1'.repeat(32)],
    (value) => ({
      xml: uuid(value),
      path: 'uuid',
      at: '3:1',
      says: 'has only equal digits',
    }),
  ),
  ...each('U-30 VNC port', ['0', '1', '5899'], (value) => ({
    xml: toyXml({ devices: `<graphics type='vnc' port='${value}'/>` }),
    path: 'devices/graphics[1]/@port',
    at: '9:1',
    says: 'VNC ports begin at 5900',
  })),
  ...each('U-30 VNC port', ['70000', '-2', '5900 '], (value) => ({
    xml: toyXml({ devices: `<graphics type='vnc' port='${value}'/>` }),
    path: 'devices/graphics[1]/@port',
    at: '9:1',
    says: 'is not a port from -1 to 65535',
  })),
  ...each('U-30 TCP port', ['99999', '-1', 'http', '080'], (value) => ({
    xml: serial(value),
    path: 'devices/serial[1]/source/@service',
    at: '9:20',
    says: 'is not a port from 0 to 65535',
  })),
  ...each('a PCI slot', ['05', '0x', '-1', '1e1'], (value) => ({
    xml: toyXml({
      devices: `<rng model='virtio'><backend model='random'/><address type='pci' slot='${value}'/></rng>`,
    }),
    path: 'devices/rng[1]/address/@slot',
    says: 'is not a PCI slot from 0x0 to 0x1f',
  })),
  'more NUMA cells than QEMU has': {
    xml: cpu(
      `<numa>${Array.from({ length: 129 }, (_, id) => `<cell id='${id}' memory='1024'/>`).join('')}</numa>`,
    ),
    code: unsupported,
    path: 'cpu/numa',
    says: 'more than QEMU takes: 128',
  },
  'a vCPU that is not there, of a cell': {
    xml: cpu(`<numa><cell id='0' cpus='0-9' memory='65536'/></numa>`),
    path: 'cpu/numa/cell[1]/@cpus',
    says: 'vCPU 2 does not exist',
  },
}

describe('numbers and identities', () => {
  test.each(Object.entries(rows))('%s', (_, row) => expectRefusal(row))

  test('U-19 the largest size is exact, in the definition and on the command line', () => {
    const { domain, argv } = planToy(memory('8191', 'PiB'))
    expect(domain.memoryKiB).toBe(8191 * 2 ** 40)
    expect(argv().join('\n')).toContain(`"size":${8191n * 2n ** 50n}}`)
  })

  test.each([
    ['mib', 65_536],
    ['MiB', 65_536],
    ['MB', 62_500],
    ['M', 65_536],
  ])('U-21 unit %s', (unit, kib) => {
    expect(planToy(memory('64', unit)).domain.memoryKiB).toBe(kib)
  })

  test('U-23 more current memory than there is: the guest gets what there is, and a warning says so', () => {
    const { domain, warnings } = planToy(
      toyXml({ more: `<currentMemory unit='MiB'>128</currentMemory>` }),
    )
    expect(domain.currentMemoryKiB).toBe(domain.memoryKiB)
    expect(warnings).toMatchObject([{ path: 'currentMemory', place: { line: 7 } }])
  })

  test('U-29 an id in the document says nothing', () => {
    const { domain, warnings, parsed } = planToy(
      toyXml({ root: `<domain type='qemu' id='99'>` }),
      true,
    )
    expect([...warnings, ...parsed.warnings]).toEqual([])
    expect(domain).not.toHaveProperty('id')
  })
})
