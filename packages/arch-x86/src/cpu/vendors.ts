/** The string that CPUID leaf 0 spells, by libvirt's name of the vendor. */
const vendorIds = {
  Intel: 'GenuineIntel',
  AMD: 'AuthenticAMD',
  Hygon: 'HygonGenuine',
  'Zhaoxin CentaurHauls': 'CentaurHauls',
} as const

export type Vendor = keyof typeof vendorIds

/** The 12 letters of CPUID leaf 0. */
export function vendorId(vendor: string): string | undefined {
  return Object.hasOwn(vendorIds, vendor) ? vendorIds[vendor as Vendor] : undefined
}

/** libvirt's name of a vendor string. */
export function vendorOfId(id: string): Vendor | undefined {
  return (Object.keys(vendorIds) as Vendor[]).find((vendor) => vendorIds[vendor] === id)
}
