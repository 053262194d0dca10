import type { GuestInfo, GuestInterface } from '@polyvirt/core'
import type { Numbered, Refusal } from '../support/catalogue.ts'

/** An agent that answers one command so; the guest is asked for what that command tells. */
export interface OddAnswer extends Numbered {
  readonly command: string
  /** Bytes of the answer, as they are sent. */
  readonly answer: () => string | Uint8Array
  /** What is asked. */
  readonly ask: 'hostname' | 'interface' | 'filesystem' | 'os' | 'user' | 'timezone'
  readonly refused?: Pick<Refusal, 'code' | 'says'>
  /** What comes out where it is accepted. */
  readonly told?: Partial<GuestInfo>
}

const internal = 'ERR_INTERNAL_ERROR'
const silent = 'ERR_AGENT_UNRESPONSIVE'
const returns = (value: unknown) => () => `${JSON.stringify({ return: value })}\n`
const hostname = { command: 'guest-get-host-name', ask: 'hostname' } as const
const network = { command: 'guest-network-get-interfaces', ask: 'interface' } as const
const filesystems = { command: 'guest-get-fsinfo', ask: 'filesystem' } as const
const one = (address: object, name = 'eth0'): object => ({ name, 'ip-addresses': [address] })
const good: GuestInterface = {
  name: 'eth0',
  addresses: [{ type: 'ipv4', address: '192.0.2.1', prefix: 24 }],
}
const goodAddress = { 'ip-address-type': 'ipv4', 'ip-address': '192.0.2.1', prefix: 24 }

export const oddAnswers: readonly OddAnswer[] = [
  {
    ...hostname,
    id: 'G-06',
    what: 'answers garbage',
    answer: () => 'garbage\n',
    refused: { code: internal, says: 'not JSON' },
  },
  {
    ...hostname,
    id: 'G-06',
    what: 'answers an empty object',
    answer: () => '{}\n',
    refused: { code: internal, says: `the agent's answer to 'guest-get-host-name' is none` },
  },
  {
    ...hostname,
    id: 'G-07',
    what: 'answers 300 MB without a line end',
    answer: () => Buffer.alloc(300_000_000, 0x78),
    refused: { code: internal, says: 'sent more than' },
  },
  {
    ...hostname,
    id: 'G-08',
    what: 'nests its answer 100,000 deep',
    answer: () => `{"return":${'['.repeat(100_000)}\n`,
    refused: { code: internal, says: 'deep' },
  },
  ...(
    [
      ['guest-get-host-name', 'hostname'],
      ['guest-get-osinfo', 'os'],
      ['guest-get-timezone', 'timezone'],
      ['guest-get-users', 'user'],
      ['guest-get-fsinfo', 'filesystem'],
      ['guest-network-get-interfaces', 'interface'],
    ] as const
  ).flatMap(([command, ask]) =>
    [null, 5, 'text'].map((value): OddAnswer => ({
      id: 'G-09',
      what: `answers ${command} with ${JSON.stringify(value)}`,
      command,
      ask,
      answer: returns(value),
      refused: { code: internal, says: command },
    })),
  ),
  {
    ...hostname,
    id: 'G-10',
    what: 'has a name that drives a terminal',
    answer: returns({ 'host-name': 'a\u001b]0;x\u0007\u001b[2Jb\n\0c' }),
    told: { hostname: 'a\u001b]0;x\u0007\u001b[2Jb\n\0c' },
  },
  {
    ...hostname,
    id: 'G-11',
    what: 'has a name with bytes that are no UTF-8',
    answer: () =>
      Buffer.concat([
        Buffer.from('{"return":{"host-name":"a'),
        Buffer.of(0xc3, 0x28),
        Buffer.from('"}}\n'),
      ]),
    refused: { code: internal, says: 'UTF-8' },
  },
  {
    ...hostname,
    id: 'G-11',
    what: 'has a name with a lone surrogate',
    answer: () => '{"return":{"host-name":"a\\ud800"}}\n',
    told: { hostname: 'a\ufffd' },
  },
  {
    ...network,
    id: 'G-12',
    what: 'tells of 20,000 cards',
    answer: returns(Array.from({ length: 20_000 }, (_, i) => one(goodAddress, `eth${i}`))),
    refused: { code: internal, says: '2048' },
  },
  {
    ...network,
    id: 'G-13',
    what: 'tells of an address of kind ipv9 among others',
    answer: returns([
      {
        name: 'eth0',
        'ip-addresses': [{ ...goodAddress, 'ip-address-type': 'ipv9' }, goodAddress],
      },
    ]),
    told: { interfaces: [good] },
  },
  ...[-5, 1e11, 33, '24', 1.5].map((prefix): OddAnswer => ({
    ...network,
    id: 'G-14',
    what: `tells of the prefix ${JSON.stringify(prefix)}`,
    answer: returns([{ name: 'eth0', 'ip-addresses': [{ ...goodAddress, prefix }, goodAddress] }]),
    told: { interfaces: [good] },
  })),
  {
    ...network,
    id: 'G-15',
    what: 'tells of a card with a name of 5 kB, and of one name twice',
    answer: returns([one(goodAddress, 'x'.repeat(5000)), one(goodAddress), one(goodAddress)]),
    told: { interfaces: [{ ...good, name: 'x'.repeat(4096) }, good, good] },
  },
  {
    ...filesystems,
    id: 'G-16',
    what: 'tells of a file system that is mounted above the root',
    answer: returns([{ name: 'a', mountpoint: '../../etc', type: 'ext4' }]),
    told: { filesystems: [{ name: 'a', mountpoint: '../../etc', type: 'ext4' }] },
  },
  {
    ...filesystems,
    id: 'G-16',
    what: 'tells of a file system on 10,000 disks',
    answer: returns([
      {
        name: 'a',
        mountpoint: '/',
        type: 'ext4',
        disk: Array.from({ length: 10_000 }, (_, i) => ({ 'bus-type': 'scsi', unit: i })),
      },
    ]),
    told: { filesystems: [{ name: 'a', mountpoint: '/', type: 'ext4' }] },
  },
  {
    ...hostname,
    id: 'G-17',
    what: 'closes instead of answering',
    answer: () => '',
    refused: { code: silent, says: 'agent' },
  },
]

export const otherAgents: readonly Numbered[] = [
  { id: 'G-01', what: 'is not configured' },
  { id: 'G-02', what: 'is configured and never opened' },
  { id: 'G-03', what: 'is silent' },
  { id: 'G-04', what: 'answers the sync and is silent then' },
  { id: 'G-05', what: 'answers another sync, and 5,000 old questions' },
  { id: 'G-10', what: 'has a name that drives a terminal: what is printed drives none' },
  { id: 'G-17', what: 'closes one way' },
  { id: 'G-18', what: 'freezes and dies then' },
]
