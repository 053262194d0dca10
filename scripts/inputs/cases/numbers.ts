import type { Numbered, Refusal } from '../support/catalogue.ts'
import type { GuestParts } from '../support/guest-xml.ts'

/** A definition whose number or identity is refused, by every command that takes a definition. */
export interface BadDefinition extends Numbered, Refusal {
  readonly parts: GuestParts
}

const unsupported = 'ERR_CONFIG_UNSUPPORTED'
const vcpu = (id: string, text: string, says: string, more: Partial<Refusal> = {}) => ({
  id,
  what: `${JSON.stringify(text)} vCPUs`,
  parts: { vcpu: `<vcpu>${text}</vcpu>` },
  path: 'vcpu',
  at: '5:1',
  says,
  ...more,
})
const noVcpus = (text: string): string => `'${text}' is not a number of vCPUs from 1 to 4294967295`
const tooMany = (count: number): string =>
  `${count} is more vCPUs than machine pc-i440fx-7.2 takes: 1 to 255`
const noSize = (text: string): string =>
  `'${text}' is not a size: digits only, and a unit attribute`
const units = 'is not known; use b, KB, KiB, MB, MiB, GB, GiB, TB, TiB, PB, PiB, EB or EiB'
const noMemory = 'the amount of memory is missing or 0'
const memory = (id: string, element: string, says: string, more: Partial<Refusal> = {}) => ({
  id,
  what: element,
  parts: { memory: element },
  path: 'memory',
  at: '4:1',
  says,
  ...more,
})
const topology = (sockets: number | string, cores: number | string, threads = 1): string =>
  `<cpu><topology sockets='${sockets}' cores='${cores}' threads='${threads}'/></cpu>`
const uuid = (id: string, text: string, says: string) => ({
  id,
  what: `the UUID ${JSON.stringify(text)}`,
  parts: { uuid: `<uuid>${text}</uuid>` },
  path: 'uuid',
  at: '3:1',
  says,
})
const vnc = (port: string, says: string) => ({
  id: 'U-30',
  what: `VNC on port ${port}`,
  parts: { devices: `<graphics type='vnc' port='${port}' autoport='no'/>` },
  path: 'devices/graphics[1]/@port',
  at: '9:1',
  says,
})
const tcp = (service: string, says: string) => ({
  id: 'U-30',
  what: `a serial port on TCP port ${service}`,
  parts: {
    devices: `<serial type='tcp'><source mode='bind' host='127.0.0.1' service='${service}'/></serial>`,
  },
  path: 'devices/serial[1]/source/@service',
  at: '9:20',
  says,
})

export const badNumbers: readonly BadDefinition[] = [
  vcpu('U-01', '-1', noVcpus('-1')),
  vcpu('U-02', '4294967295', tooMany(4294967295), { code: unsupported }),
  vcpu('U-03', '1000000000', tooMany(1000000000), { code: unsupported }),
  vcpu('U-04', '10000000', tooMany(10000000), { code: unsupported }),
  vcpu('U-05', '0', noVcpus('0')),
  ...['1e9', 'abc', '1.5', '0x2', '', '+2', ' 2 ', '\u0663'].map((text) =>
    vcpu('U-06', text, noVcpus(text)),
  ),
  vcpu('U-07', '4294967296', noVcpus('4294967296')),
  vcpu('U-07', '9'.repeat(20), noVcpus('9'.repeat(20))),
  {
    id: 'U-08',
    what: 'more vCPUs now than ever',
    parts: { vcpu: `<vcpu current='3'>2</vcpu>` },
    path: 'vcpu/@current',
    at: '5:1',
    says: '3 vCPUs cannot be online of 2',
  },
  {
    id: 'U-09',
    what: 'no vCPU now',
    parts: { vcpu: `<vcpu current='0'>2</vcpu>` },
    path: 'vcpu/@current',
    at: '5:1',
    says: noVcpus('0'),
  },
  vcpu('U-10', '256', tooMany(256), { code: unsupported }),
  {
    id: 'U-11',
    what: 'a topology of three sockets for one vCPU',
    parts: { more: topology(3, 1) },
    code: unsupported,
    path: 'cpu/topology',
    at: '7:6',
    says: 'sockets × dies × cores × threads is 3 × 1 × 1 × 1 = 3, but <vcpu> says 1',
  },
  {
    id: 'U-12',
    what: 'a topology with nothing in it',
    parts: { more: topology(0, 1) },
    path: 'cpu/topology/@sockets',
    at: '7:6',
    says: `'0' is not a number from 1 to 4294967295`,
  },
  {
    id: 'U-13',
    what: 'a topology whose product is no number of 32 bits',
    parts: { more: topology(65_536, 65_536) },
    code: unsupported,
    path: 'cpu/topology',
    at: '7:6',
    says: '65536 × 1 × 65536 × 1 = 4294967296, but <vcpu> says 1',
  },
  {
    id: 'U-14',
    what: 'a CPU set that runs backwards',
    parts: { vcpu: `<vcpu cpuset='5-1'>1</vcpu>` },
    path: 'vcpu/@cpuset',
    at: '5:1',
    says: `'5-1' is not a set of numbers from 0 to 16383, such as '0-3,^2,8'`,
  },
  {
    id: 'U-14',
    what: 'a CPU set of four thousand million',
    parts: { vcpu: `<vcpu cpuset='0-4294967295'>1</vcpu>` },
    path: 'vcpu/@cpuset',
    at: '5:1',
    says: `'0-4294967295' is not a set of numbers from 0 to 16383`,
  },
  {
    id: 'U-15',
    what: '-1 iothreads',
    parts: { more: '<iothreads>-1</iothreads>' },
    path: 'iothreads',
    at: '7:1',
    says: `'-1' is not a number of I/O threads from 0 to 1024`,
  },
  {
    id: 'U-16',
    what: 'a million iothreads',
    parts: { more: '<iothreads>1000000</iothreads>' },
    path: 'iothreads',
    at: '7:1',
    says: `'1000000' is not a number of I/O threads from 0 to 1024`,
  },
  memory('U-17', '<memory>-1</memory>', noSize('-1')),
  memory('U-17', `<memory unit='MiB'>-64</memory>`, noSize('-64')),
  memory('U-18', '<memory>0</memory>', noMemory),
  memory('U-18', '<memory></memory>', noSize('')),
  {
    id: 'U-18',
    what: 'no memory at all',
    parts: { memory: '' },
    path: 'memory',
    at: '1:1',
    says: noMemory,
  },
  memory(
    'U-19',
    `<memory unit='b'>18446744073709551616</memory>`,
    '18446744073709551616 b is out of range: sizes end below 8 EiB',
  ),
  memory('U-19', `<memory unit='EiB'>16</memory>`, '16 EiB is out of range'),
  memory('U-19', `<memory unit='EiB'>8</memory>`, '8 EiB is out of range'),
  ...['1e3', '64.5', 'NaN', '0x40', '64 abc'].map((text) =>
    memory('U-20', `<memory>${text}</memory>`, noSize(text)),
  ),
  memory('U-21', `<memory unit='Foo'>64</memory>`, `unit 'Foo' ${units}`, { path: 'memory/@unit' }),
  memory('U-21', `<memory unit=''>64</memory>`, `unit '' ${units}`, { path: 'memory/@unit' }),
  memory(
    'U-22',
    `<memory unit='KiB'>1</memory>`,
    '1 KiB is less than the 1024 KiB that pc needs to reach its firmware',
    { code: unsupported },
  ),
  uuid('U-25', '11111111-2222-4333-8444-55555555555', 'is not a UUID: 32 hexadecimal digits'),
  uuid('U-25', '11111111-2222-4333-8444-5555555555555', 'is not a UUID: 32 hexadecimal digits'),
  uuid('U-25', '{11111111-2222-4333-8444-555555555555}', 'is not a UUID: 32 hexadecimal digits'),
  uuid('U-25', '../', 'is not a UUID: 32 hexadecimal digits'),
  uuid('U-25', 'x', 'is not a UUID: 32 hexadecimal digits'),
  uuid(
    'U-26',
    '00000000-0000-0000-0000-000000000000',
    'has only equal digits: it identifies nothing',
  ),
  uuid(
    'U-26',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'has only equal digits: it identifies nothing',
  ),
  uuid(
    'U-26',
    '11111111-1111-1111-1111-111111111111',
    'has only equal digits: it identifies nothing',
  ),
  vnc('0', 'VNC ports begin at 5900; found 0'),
  vnc('1', 'VNC ports begin at 5900; found 1'),
  vnc('70000', `'70000' is not a port from -1 to 65535`),
  tcp('99999', `'99999' is not a port from 0 to 65535`),
  tcp('-1', `'-1' is not a port from 0 to 65535`),
  tcp('http', `'http' is not a port from 0 to 65535`),
]

export const otherNumbers: readonly Numbered[] = [
  { id: 'U-21', what: 'a unit in small letters is accepted' },
  { id: 'U-23', what: 'more memory now than ever: the guest gets all of it, with a warning' },
  { id: 'U-24', what: 'more memory than there is: the start fails, and says so' },
  { id: 'U-27', what: 'the UUID of another domain' },
  { id: 'U-28', what: 'the name of another domain' },
  { id: 'U-29', what: 'an id that the user gives is ignored' },
]
