import { DomainError, domainError } from '../../errors.ts'
import { array, isRecord, record } from '../../qmp/shape.ts'
import { guestInfoTypes } from '../interface/agent.ts'
import type {
  AgentOptions,
  GuestAddress,
  GuestFilesystem,
  GuestInfo,
  GuestInfoType,
  GuestInterface,
  GuestUser,
} from '../interface/agent.ts'
import type { Rooms } from '../rooms.ts'
import type { AgentSession } from './agent-session.ts'
import { askAgent } from './guest-agent.ts'

type Plain = Readonly<Record<string, unknown>>

/** Whatever a guest says, as text that any file takes. */
const text = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 4096).toWellFormed() : ''
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const records = (value: unknown): readonly Plain[] =>
  Array.isArray(value) ? value.filter((one) => isRecord(one)) : []
const list = array(record)

/** What each kind is asked by, and how the answer is read. */
const questions: {
  readonly [K in GuestInfoType]: (agent: AgentSession) => Promise<GuestInfo>
} = {
  os: async (agent) => {
    const entries = Object.entries(await agent.ask('guest-get-osinfo', record))
    return { os: Object.fromEntries(entries.map(([key, value]) => [key, text(value)])) }
  },
  timezone: async (agent) => {
    const { zone, offset } = await agent.ask('guest-get-timezone', record)
    return {
      timezone: { ...(zone !== undefined && { name: text(zone) }), offsetSeconds: number(offset) },
    }
  },
  hostname: async (agent) => ({
    hostname: text((await agent.ask('guest-get-host-name', record))['host-name']),
  }),
  user: async (agent) => ({
    users: (await agent.ask('guest-get-users', list)).map((one): GuestUser => ({
      name: text(one['user']),
      ...(one['domain'] !== undefined && { domain: text(one['domain']) }),
      loginTimeMs: Math.round(number(one['login-time']) * 1000),
    })),
  }),
  filesystem: async (agent) => ({
    filesystems: (await agent.ask('guest-get-fsinfo', list)).map((one): GuestFilesystem => ({
      name: text(one['name']),
      mountpoint: text(one['mountpoint']),
      type: text(one['type']),
      ...(one['total-bytes'] !== undefined && { totalBytes: number(one['total-bytes']) }),
      ...(one['used-bytes'] !== undefined && { usedBytes: number(one['used-bytes']) }),
    })),
  }),
  interface: async (agent) => ({ interfaces: await guestInterfaces(agent) }),
}

/** A guest with more cards than this means harm; libvirt's limit. */
const mostInterfaces = 2048

export async function guestInterfaces(agent: AgentSession): Promise<readonly GuestInterface[]> {
  const found = await agent.ask('guest-network-get-interfaces', list)
  if (found.length > mostInterfaces) {
    throw domainError(
      'ERR_INTERNAL_ERROR',
      `the guest's agent tells of ${found.length} interfaces; at most ${mostInterfaces} are read`,
    )
  }
  return found.map((one) => ({
    name: text(one['name']),
    ...(one['hardware-address'] !== undefined && { mac: text(one['hardware-address']) }),
    addresses: records(one['ip-addresses']).flatMap(addressOf),
  }))
}

/** Longest prefix of each kind of address. */
const prefixes: Readonly<Record<string, number>> = { ipv4: 32, ipv6: 128 }

/** An address that is one; what a guest makes up is left out, and the others are told. */
function addressOf(found: Plain): readonly GuestAddress[] {
  const { 'ip-address-type': type, 'ip-address': address, prefix } = found
  const longest =
    typeof type === 'string' && Object.hasOwn(prefixes, type) ? prefixes[type] : undefined
  if (longest === undefined || typeof address !== 'string') return []
  if (typeof prefix !== 'number' || !Number.isInteger(prefix)) return []
  if (prefix < 0 || prefix > longest) return []
  return [{ type: type as GuestAddress['type'], address: text(address), prefix }]
}

/** Everything the guest tells, or the kinds asked for; an agent too old for one tells the others. */
export function guestInfo(
  rooms: Rooms,
  reference: string,
  { types, ...options }: AgentOptions & { readonly types?: readonly GuestInfoType[] },
): Promise<GuestInfo> {
  return askAgent(
    rooms,
    reference,
    async (agent) => {
      let info: GuestInfo = {}
      for (const type of types ?? guestInfoTypes) {
        try {
          info = { ...info, ...(await questions[type](agent)) }
        } catch (error) {
          const older = error instanceof DomainError && error.code === 'ERR_OPERATION_UNSUPPORTED'
          if (!older || types !== undefined) throw error
        }
      }
      return info
    },
    options,
  )
}
