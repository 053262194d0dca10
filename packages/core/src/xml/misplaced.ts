/**
 * Where a word of libvirt's schema belongs that is often written elsewhere: by far the most common
 * slips are a device beside `<devices>` and a boot setting beside `<os>`.
 */
const homes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    devices: [
      'emulator',
      'disk',
      'controller',
      'interface',
      'serial',
      'parallel',
      'console',
      'channel',
      'input',
      'graphics',
      'sound',
      'audio',
      'video',
      'hub',
      'watchdog',
      'memballoon',
      'rng',
      'nvram',
      'panic',
      'filesystem',
      'hostdev',
      'redirdev',
      'tpm',
    ],
    os: ['type', 'loader', 'kernel', 'initrd', 'cmdline', 'boot', 'bootmenu', 'bios'],
    features: ['acpi', 'apic', 'pae', 'hyperv', 'kvm', 'smm', 'htm', 'vmport'],
    clock: ['timer'],
    cpu: ['topology', 'numa', 'model', 'feature'],
    domain: [
      'name',
      'uuid',
      'title',
      'description',
      'metadata',
      'memory',
      'currentMemory',
      'vcpu',
      'iothreads',
      'os',
      'features',
      'cpu',
      'clock',
      'on_poweroff',
      'on_reboot',
      'on_crash',
      'devices',
    ],
  }).flatMap(([home, words]) => words.map((word): [string, string] => [word, home])),
)

/** The element in which this one belongs, when it is not the one it stands in. */
export function homeOf(child: string, parent: string): string | undefined {
  const home = homes.get(child)
  return home === parent ? undefined : home
}
