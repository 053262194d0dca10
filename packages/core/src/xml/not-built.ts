/**
 * Elements of libvirt's domain schema that polyvirt knows by name and does not build, by the
 * element they stand in. A document that asks for one is refused: leaving it out would start
 * another machine than the one described.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  domain: [
    'genid',
    'vcpus',
    'iothreadids',
    'defaultiothread',
    'blkiotune',
    'memtune',
    'memoryBacking',
    'cputune',
    'numatune',
    'resource',
    'idmap',
    'sysinfo',
    'keywrap',
    'perf',
    'launchSecurity',
    'bootloader',
    'bootloader_args',
    'throttlegroups',
    'on_lockfailure',
  ],
  devices: [
    'filesystem',
    'hostdev',
    'redirdev',
    'redirfilter',
    'smartcard',
    'tpm',
    'shmem',
    'memory',
    'iommu',
    'vsock',
    'lease',
    'crypto',
    'pstore',
  ],
  os: ['init', 'initarg', 'initenv', 'initdir', 'inituser', 'initgroup', 'acpi'],
  cpu: ['interconnects'],
  numa: ['interconnects'],
  cell: ['cache'],
  disk: [
    'auth',
    'encryption',
    'mirror',
    'geometry',
    'iotune',
    'backenddomain',
    'throttlefilters',
    'transient',
  ],
  source: [
    'auth',
    'encryption',
    'reservations',
    'slices',
    'host',
    'snapshot',
    'config',
    'ssl',
    'cookies',
    'readahead',
    'timeout',
    'initiator',
    'address',
    'reconnect',
    'seclabel',
    'identity',
    'knownHosts',
  ],
  interface: [
    'virtualport',
    'filterref',
    'bandwidth',
    'vlan',
    'guest',
    'coalesce',
    'port',
    'teaming',
    'portForward',
    'route',
  ],
  audio: ['input', 'output'],
  backend: ['source', 'protocol', 'log'],
}

const names: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(table).map(([parent, children]) => [parent, new Set(children)]),
)

/** True for an element of libvirt's schema that polyvirt refuses by name. */
export function isNotBuilt(parent: string, child: string): boolean {
  return names.get(parent)?.has(child) ?? false
}
