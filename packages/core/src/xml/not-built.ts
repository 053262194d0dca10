/**
 * Elements of libvirt's domain schema that belong to containers, to other hypervisors or to later
 * releases, by the element they stand in. A document that asks for one is refused by name: leaving
 * it out would start another machine than the one described.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  domain: ['bootloader', 'bootloader_args', 'throttlegroups'],
  devices: ['pstore'],
  os: ['init', 'initarg', 'initenv', 'initdir', 'inituser', 'initgroup'],
  disk: ['throttlefilters', 'backenddomain'],
  interface: ['backenddomain'],
}

const names: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(table).map(([parent, children]) => [parent, new Set(children)]),
)

/** True for an element of libvirt's schema that polyvirt refuses by name. */
export function isNotBuilt(parent: string, child: string): boolean {
  return names.get(parent)?.has(child) ?? false
}
