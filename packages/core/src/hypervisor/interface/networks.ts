import type { Problem } from '../../errors.ts'

/** A network, in libvirt's words. */
export interface NetworkSummary {
  readonly name: string
  readonly uuid: string
  readonly active: boolean
  readonly persistent: boolean
  readonly autostart: boolean
  /** The host's bridge that its guests are plugged into; a network without one has none. */
  readonly bridge?: string
  /** How its guests reach the outside: `nat`, `route`, `bridge`, `user`, …; absent where they do not. */
  readonly forward?: string
}

export interface NetworkFilter {
  readonly active?: boolean
  readonly persistent?: boolean
  readonly autostart?: boolean
}

export interface NetworkDefineOptions {
  /** Unknown elements and attributes are errors rather than warnings. */
  readonly validate?: boolean
}

export interface NetworkDefineResult {
  readonly network: NetworkSummary
  readonly warnings: readonly Problem[]
}

/** An address that a network has lent. */
export interface NetworkLease {
  readonly mac: string
  readonly address: string
  readonly prefix?: number
  readonly hostname?: string
  readonly clientId?: string
  /** Milliseconds since the epoch. */
  readonly expiresAtMs?: number
}

/** libvirt's `virNetworkUpdateCommand`; virsh's `add` is `add-last`. */
export const networkUpdateCommands = ['add-last', 'add-first', 'modify', 'delete'] as const
export type NetworkUpdateCommand = (typeof networkUpdateCommands)[number]

/** libvirt's `virNetworkUpdateSection`. */
export const networkUpdateSections = [
  'bridge',
  'domain',
  'ip',
  'ip-dhcp-host',
  'ip-dhcp-range',
  'forward',
  'forward-interface',
  'forward-pf',
  'portgroup',
  'dns-host',
  'dns-txt',
  'dns-srv',
] as const
export type NetworkUpdateSection = (typeof networkUpdateSections)[number]

/** One part of a network's document, added, changed or taken out. */
export interface NetworkUpdate {
  readonly command: NetworkUpdateCommand
  readonly section: NetworkUpdateSection
  /** Which `<ip>`, or other parent, it stands in, from 0; the one that fits where it is missing. */
  readonly parentIndex?: number
  /** The element of the section: `<host mac='…' ip='…'/>`. */
  readonly xml: string
  /** What it is active with, the definition, or both; where neither is said, what `current` means. */
  readonly live?: boolean
  readonly config?: boolean
}

/** What an update changed. */
export interface NetworkUpdateResult {
  readonly live: boolean
  readonly config: boolean
}

/**
 * Networks that guests are plugged into by name (`<interface type='network'>`). A network is named
 * by its name or its UUID.
 *
 * Every method rejects with a `DomainError`: `ERR_NO_NETWORK` where there is none of that name,
 * `ERR_OPERATION_INVALID` where it is not in the state for it, `ERR_NO_SUPPORT` where no package
 * that keeps networks is installed.
 */
export interface NetworkVerbs {
  /** By name. */
  networkListAll(filter?: NetworkFilter): Promise<readonly NetworkSummary[]>
  networkLookup(reference: string): Promise<NetworkSummary>
  /** Stores or replaces a persistent definition; nothing is started. */
  networkDefineXml(xml: string, options?: NetworkDefineOptions): Promise<NetworkDefineResult>
  /** Starts a transient network, which is gone when it is stopped. */
  networkCreateXml(xml: string, options?: NetworkDefineOptions): Promise<NetworkDefineResult>
  /** Starts a defined network. */
  networkCreate(reference: string): Promise<NetworkSummary>
  /** Stops it. Guests that are plugged in stay so, and have no switch any more. */
  networkDestroy(reference: string): Promise<void>
  /** Removes the definition; one that is active becomes transient. */
  networkUndefine(reference: string): Promise<void>
  /** What it is active with, or its definition: `inactive` asks for the definition. */
  networkGetXmlDesc(reference: string, options?: { readonly inactive?: boolean }): Promise<string>
  networkUpdate(reference: string, update: NetworkUpdate): Promise<NetworkUpdateResult>
  networkSetAutostart(reference: string, autostart: boolean): Promise<void>
  networkGetDhcpLeases(
    reference: string,
    options?: { readonly mac?: string },
  ): Promise<readonly NetworkLease[]>
}
