/** The groups of `help`, in virsh's order; the first is ours. */
export const commandGroups = [
  { keyword: 'arch', title: 'Architectures' },
  { keyword: 'domain', title: 'Domain Management' },
  { keyword: 'monitor', title: 'Domain Monitoring' },
  { keyword: 'events', title: 'Domain Events' },
  { keyword: 'host', title: 'Host and Hypervisor' },
  { keyword: 'polyvirt', title: 'Polyvirt itself', alias: 'virsh' },
] as const satisfies readonly CommandGroup[]

interface CommandGroup {
  readonly keyword: string
  readonly title: string
  /** virsh's keyword where ours differs. */
  readonly alias?: string
}

export type GroupKeyword = (typeof commandGroups)[number]['keyword']
