import type { Hypervisor } from '@polyvirt/core'
import type { AgentScript } from './fake-agent.ts'
import type { Ending } from './qmp-kinds.ts'

type Ask = (hypervisor: Hypervisor) => Promise<unknown>

export interface AgentKind {
  readonly id: string
  readonly what: string
  readonly ending: Ending
  readonly ask: Ask
  readonly script: (number: number) => AgentScript
  /** What is wrong with an answer that was taken. */
  readonly judge?: (answer: unknown) => string | undefined
}

const hostname: Ask = async (hypervisor) =>
  (await hypervisor.domainGetGuestInfo('g', { types: ['hostname'] })).hostname
const addresses: Ask = (hypervisor) => hypervisor.domainInterfaceAddresses('g')
const filesystems: Ask = async (hypervisor) =>
  (await hypervisor.domainGetGuestInfo('g', { types: ['filesystem'] })).filesystems

/** Syncs as it should, and says this to everything else. */
const says =
  (...answer: readonly (string | Buffer | 'close')[]) =>
  (): AgentScript =>
  (command, sync) =>
    command.startsWith('guest-sync') ? [sync()] : answer

const returns = (value: unknown) => says(`${JSON.stringify({ return: value })}\n`)

const card = (address: object): object => ({ name: 'eth0', 'ip-addresses': [address] })
const good = { 'ip-address-type': 'ipv4', 'ip-address': '10.0.0.1', prefix: 24 }
const pickOf = <T>(list: readonly T[], number: number): T => list[number % list.length] as T
const mebibyte = 'z'.repeat(1024 * 1024)

/** The kinds of agents that are none; G-01 and G-02 are where nobody listens. */
export const agentKinds: readonly AgentKind[] = [
  { id: 'G-03', what: 'is silent', ending: 'error', ask: hostname, script: () => () => [] },
  { id: 'G-04', what: 'syncs and is silent', ending: 'error', ask: hostname, script: says() },
  { id: 'G-05', what: 'answers what was asked before', ending: 'either', ask: hostname, script: (number) => (command, sync) => command.startsWith('guest-sync') ? ['{"return":7}\n'.repeat(5000), ...(number % 2 === 0 ? [sync()] : [])] : ['{"return":{"host-name":"h"}}\n'] },
  { id: 'G-06', what: 'says garbage', ending: 'error', ask: hostname, script: (number) => says(pickOf(['no json\n', '{}\n', '[]\n', 'null\n', '{"return":', '\u0000\n'], number))() },
  { id: 'G-07', what: 'sends 300 MB without an end', ending: 'error', ask: hostname, script: says('{"return":"', ...Array.from({ length: 300 }, () => mebibyte)) },
  { id: 'G-08', what: 'answers 100,000 deep', ending: 'error', ask: hostname, script: says(`{"return":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`) },
  { id: 'G-09', what: 'answers with another type', ending: 'either', ask: hostname, script: (number) => returns(pickOf([5, 'text', null, [], { 'host-name': 5 }, { 'host-name': null }], number))() },
  { id: 'G-10', what: 'has a host name for the terminal', ending: 'either', ask: hostname, script: returns({ 'host-name': 'h\u001b]0;owned\u0007\n\u0000' }) },
  { id: 'G-11', what: 'is not of UTF-8', ending: 'either', ask: hostname, script: (number) => number % 2 === 0 ? says(Buffer.from('{"return":{"host-name":"\xc3\x28"}}\n', 'latin1'))() : says(`{"return":{"host-name":"${String.raw`\ud800`}"}}\n`)(), judge: (answer) => typeof answer === 'string' && answer.isWellFormed() ? undefined : 'the host name is not well formed' },
  { id: 'G-12', what: 'has 20,000 cards', ending: 'error', ask: addresses, script: returns(Array.from({ length: 20_000 }, (_, i) => ({ name: `e${i}`, 'ip-addresses': [good] }))) },
  { id: 'G-13', what: 'has an address of no kind', ending: 'answer', ask: addresses, script: returns([{ name: 'eth0', 'ip-addresses': [{ ...good, 'ip-address-type': 'ipv9' }, good] }]), judge: onlyGood },
  { id: 'G-14', what: 'has a prefix of no network', ending: 'answer', ask: addresses, script: (number) => returns([{ name: 'eth0', 'ip-addresses': [{ ...good, prefix: pickOf([-5, 1e11, 0.5, '24'], number) }, good] }])(), judge: onlyGood },
  { id: 'G-15', what: 'names cards at length, and twice', ending: 'either', ask: addresses, script: returns([{ ...card(good), name: 'x'.repeat(5000) }, card(good), card(good)]) },
  { id: 'G-16', what: 'has file systems of ten thousand disks', ending: 'either', ask: filesystems, script: returns([{ name: 'sda', mountpoint: '../../etc', type: 'ext4', disk: Array.from({ length: 10_000 }, () => ({ 'bus-type': 'virtio' })) }]) },
  { id: 'G-17', what: 'hangs up', ending: 'error', ask: hostname, script: (number) => number % 2 === 0 ? says('close')() : (() => ['close']) },
  { id: 'G-18', what: 'dies over a freeze', ending: 'error', ask: (hypervisor) => hypervisor.domainFsFreeze('g'), script: says('close') },
] // prettier-ignore

/** Of the two addresses, the one that is one. */
function onlyGood(answer: unknown): string | undefined {
  const text = JSON.stringify(answer)
  const count = text.split('10.0.0.1').length - 1
  return count === 1 ? undefined : `${count} addresses were taken: ${text}`
}
