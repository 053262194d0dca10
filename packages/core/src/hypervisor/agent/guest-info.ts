import { DomainError } from '../../errors.ts'
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

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 4096) : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const records = (value: unknown): readonly Plain[] =>
  Array.isArray(value)
    ? value.filter((one): one is Plain => typeof one === 'object' && one !== null)
    : []

/** What each kind is asked by, and how the answer is read. */
const questions: {
  readonly [K in GuestInfoType]: (agent: AgentSession) => Promise<GuestInfo>
} = {
  os: async (agent) => {
    const entries = Object.entries((await agent.execute('guest-get-osinfo')) as Plain)
    return { os: Object.fromEntries(entries.map(([key, value]) => [key, text(value)])) }
  },
  timezone: async (agent) => {
    const { zone, offset } = (await agent.execute('guest-get-timezone')) as Plain
    return {
      timezone: { ...(zone !== undefined && { name: text(zone) }), offsetSeconds: number(offset) },
    }
  },
  hostname: async (agent) => ({
    hostname: text(((await agent.execute('guest-get-host-name')) as Plain)['host-name']),
  }),
  user: async (agent) => ({
    users: records(await agent.execute('guest-get-users')).map((one): GuestUser => ({
      name: text(one['user']),
      ...(one['domain'] !== undefined && { domain: text(one['domain']) }),
      loginTimeMs: Math.round(number(one['login-time']) * 1000),
    })),
  }),
  filesystem: async (agent) => ({
    filesystems: records(await agent.execute('guest-get-fsinfo')).map((one): GuestFilesystem => ({
      name: text(one['name']),
      mountpoint: text(one['mountpoint']),
      type: text(one['type']),
      ...(one['total-bytes'] !== undefined && { totalBytes: number(one['total-bytes']) }),
      ...(one['used-bytes'] !== undefined && { usedBytes: number(one['used-bytes']) }),
    })),
  }),
  interface: async (agent) => ({ interfaces: await guestInterfaces(agent) }),
}

export async function guestInterfaces(agent: AgentSession): Promise<readonly GuestInterface[]> {
  return records(await agent.execute('guest-network-get-interfaces')).map((one) => ({
    name: text(one['name']),
    ...(one['hardware-address'] !== undefined && { mac: text(one['hardware-address']) }),
    addresses: records(one['ip-addresses']).map((address): GuestAddress => ({
      type: address['ip-address-type'] === 'ipv6' ? 'ipv6' : 'ipv4',
      address: text(address['ip-address']),
      prefix: number(address['prefix']),
    })),
  }))
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
