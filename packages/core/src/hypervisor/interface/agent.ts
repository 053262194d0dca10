/** How the guest's agent is asked. A silent agent blocks nothing but the question. */
export interface AgentOptions {
  /** How long the agent may take for the command; 5 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface GuestAddress {
  readonly type: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix: number
}

export interface GuestInterface {
  readonly name: string
  readonly mac?: string
  readonly addresses: readonly GuestAddress[]
}

export interface GuestFilesystem {
  readonly name: string
  readonly mountpoint: string
  readonly type: string
  readonly totalBytes?: number
  readonly usedBytes?: number
}

export interface GuestUser {
  readonly name: string
  readonly domain?: string
  /** Milliseconds since the epoch. */
  readonly loginTimeMs: number
}

export const guestInfoTypes = [
  'os',
  'timezone',
  'hostname',
  'user',
  'filesystem',
  'interface',
] as const
export type GuestInfoType = (typeof guestInfoTypes)[number]

/** What the guest tells of itself; what its agent does not know is missing. */
export interface GuestInfo {
  /** `guest-get-osinfo` as it comes: `id`, `name`, `kernel-release`, … */
  readonly os?: Readonly<Record<string, string>>
  readonly timezone?: { readonly name?: string; readonly offsetSeconds: number }
  readonly hostname?: string
  readonly users?: readonly GuestUser[]
  readonly filesystems?: readonly GuestFilesystem[]
  readonly interfaces?: readonly GuestInterface[]
}

export interface GuestTime {
  readonly seconds: number
  readonly nanoseconds: number
}

/**
 * Verbs that the guest's agent answers, over the channel `org.qemu.guest_agent.0`. All text in the
 * answers is the guest's, and may be hostile: print it with `printable`.
 *
 * Every one rejects with `ERR_AGENT_UNRESPONSIVE` where the agent does not answer in time, and
 * `ERR_OPERATION_INVALID` where the domain has no such channel.
 */
export interface AgentVerbs {
  /** A command as JSON, its answer as JSON text. */
  domainQemuAgentCommand(
    reference: string,
    command: string,
    options?: AgentOptions,
  ): Promise<string>
  domainGetGuestInfo(
    reference: string,
    options?: AgentOptions & { readonly types?: readonly GuestInfoType[] },
  ): Promise<GuestInfo>
  /**
   * Addresses by the guest's agent, as the host's neighbour table has them (`arp`), or as networks here have lent
   * them (`lease`): none does.
   */
  domainInterfaceAddresses(
    reference: string,
    options?: AgentOptions & { readonly source?: 'lease' | 'agent' | 'arp' },
  ): Promise<readonly GuestInterface[]>
  /** Stops writing on all file systems, or on some; how many were frozen. */
  domainFsFreeze(
    reference: string,
    options?: AgentOptions & { readonly mountpoints?: readonly string[] },
  ): Promise<number>
  domainFsThaw(reference: string, options?: AgentOptions): Promise<number>
  domainFsTrim(
    reference: string,
    options?: AgentOptions & { readonly minimumBytes?: number },
  ): Promise<void>
  domainSetUserPassword(
    reference: string,
    user: string,
    password: string,
    options?: AgentOptions & { readonly encrypted?: boolean },
  ): Promise<void>
  domainGetTime(reference: string, options?: AgentOptions): Promise<GuestTime>
  /** Sets the guest's clock; to its own hardware clock where no time is given. */
  domainSetTime(reference: string, time?: GuestTime, options?: AgentOptions): Promise<void>
  /** Suspends the guest by its agent. */
  domainPmSuspend(
    reference: string,
    target: 'mem' | 'disk' | 'hybrid',
    options?: AgentOptions,
  ): Promise<void>
}
