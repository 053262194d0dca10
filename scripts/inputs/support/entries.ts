/** What kind of element a command expects as the root of its document. */
export type RootName = 'domain' | 'disk' | 'domainsnapshot' | 'cpu' | 'capabilities'

/** What the commands below refer to. */
export interface Surroundings {
  /** A saved guest. */
  readonly image: string
  /** The `capabilities` of this host. */
  readonly capabilities: string
  /** A whole definition. */
  readonly whole: string
}

/** A command that reads a document. */
export interface Entry {
  readonly root: RootName
  words(file: string, around: Surroundings): readonly string[]
}

const domain = (words: Entry['words']): Entry => ({ root: 'domain', words })
const device = (verb: string): Entry => ({
  root: 'disk',
  words: (file) => [verb, 'off', file, '--config'],
})
const cpu = (verb: string): Entry => ({ root: 'cpu', words: (file) => [verb, file] })

/**
 * Every command that reads an XML document. `off` is a domain that is shut off, `saved` one that has
 * a managed save.
 */
export const entries: Readonly<Record<string, Entry>> = {
  define: domain((file) => ['define', file]),
  'define --validate': domain((file) => ['define', '--validate', file]),
  create: domain((file) => ['create', file]),
  'domxml-to-native': domain((file) => ['domxml-to-native', 'qemu-argv', '--xml', file]),
  explain: domain((file) => ['explain', file]),
  diff: domain((file, { whole }) => ['diff', file, whole]),
  'can-migrate': domain((file, { capabilities }) => ['can-migrate', file, capabilities]),
  'can-migrate --host': {
    root: 'capabilities',
    words: (file, { whole }) => ['can-migrate', whole, file],
  },
  'attach-device': device('attach-device'),
  'detach-device': device('detach-device'),
  'update-device': device('update-device'),
  'snapshot-create': {
    root: 'domainsnapshot',
    words: (file) => ['snapshot-create', 'off', '--xmlfile', file],
  },
  'cpu-compare': cpu('cpu-compare'),
  'hypervisor-cpu-compare': cpu('hypervisor-cpu-compare'),
  'cpu-baseline': cpu('cpu-baseline'),
  'hypervisor-cpu-baseline': cpu('hypervisor-cpu-baseline'),
  'save-image-define': domain((file, { image }) => ['save-image-define', image, file]),
  restore: domain((file, { image }) => ['restore', image, '--xml', file]),
  'managedsave-define': domain((file) => ['managedsave-define', 'saved', file]),
}
