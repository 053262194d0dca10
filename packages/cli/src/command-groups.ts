export type GroupKeyword =
  | 'arch'
  | 'conformance'
  | 'domain'
  | 'monitor'
  | 'events'
  | 'host'
  | 'checkpoint'
  | 'network'
  | 'nodedev'
  | 'secret'
  | 'snapshot'
  | 'backup'
  | 'pool'
  | 'volume'
  | 'polyvirt'

export interface CommandGroup {
  readonly keyword: GroupKeyword
  readonly title: string
  /** virsh's keyword where ours differs. */
  readonly alias?: string
}

/** The groups of `help`, in virsh's order; the first two are ours. */
export const commandGroups: readonly CommandGroup[] = [
  { keyword: 'arch', title: 'Architectures' },
  { keyword: 'conformance', title: 'Conformance' },
  { keyword: 'domain', title: 'Domain Management' },
  { keyword: 'monitor', title: 'Domain Monitoring' },
  { keyword: 'events', title: 'Domain Events' },
  { keyword: 'host', title: 'Host and Hypervisor' },
  { keyword: 'checkpoint', title: 'Checkpoint' },
  { keyword: 'network', title: 'Networking' },
  { keyword: 'nodedev', title: 'Node Device' },
  { keyword: 'secret', title: 'Secret' },
  { keyword: 'snapshot', title: 'Snapshot' },
  { keyword: 'backup', title: 'Backup' },
  { keyword: 'pool', title: 'Storage Pool' },
  { keyword: 'volume', title: 'Storage Volume' },
  { keyword: 'polyvirt', title: 'Polyvirt itself', alias: 'virsh' },
]
