import type { Command } from './command.ts'

type Family = () => Promise<{ readonly commands: readonly Command[] }>

// One module a family, so that `list` never loads what only `console` needs.
const agent: Family = () => import('./commands/agent.ts')
const arch: Family = () => import('./commands/arch.ts')
const archNew: Family = () => import('./commands/arch-new.ts')
const attach: Family = () => import('./commands/attach.ts')
const backup: Family = () => import('./commands/backup.ts')
const blkdeviotune: Family = () => import('./commands/blkdeviotune.ts')
const blkiotune: Family = () => import('./commands/blkiotune.ts')
const blockErrors: Family = () => import('./commands/block-errors.ts')
const blockJobs: Family = () => import('./commands/block-jobs.ts')
const canMigrate: Family = () => import('./commands/can-migrate.ts')
const capabilities: Family = () => import('./commands/capabilities.ts')
const changeDevice: Family = () => import('./commands/change-device.ts')
const checkpointList: Family = () => import('./commands/checkpoint-list.ts')
const checkpoints: Family = () => import('./commands/checkpoints.ts')
const complete: Family = () => import('./commands/complete.ts')
const conformance: Family = () => import('./commands/conformance.ts')
const console: Family = () => import('./commands/console.ts')
const cpu: Family = () => import('./commands/cpu.ts')
const define: Family = () => import('./commands/define.ts')
const devices: Family = () => import('./commands/devices.ts')
const diff: Family = () => import('./commands/diff.ts')
const dirtyRate: Family = () => import('./commands/dirty-rate.ts')
const doctor: Family = () => import('./commands/doctor.ts')
const domiftune: Family = () => import('./commands/domiftune.ts')
const domstats: Family = () => import('./commands/domstats.ts')
const dump: Family = () => import('./commands/dump.ts')
const edit: Family = () => import('./commands/edit.ts')
const event: Family = () => import('./commands/event.ts')
const explain: Family = () => import('./commands/explain.ts')
const guestAccounts: Family = () => import('./commands/guest-accounts.ts')
const guestInfo: Family = () => import('./commands/guest-info.ts')
const guestInput: Family = () => import('./commands/guest-input.ts')
const guestVcpus: Family = () => import('./commands/guest-vcpus.ts')
const help: Family = () => import('./commands/help.ts')
const host: Family = () => import('./commands/host.ts')
const info: Family = () => import('./commands/info.ts')
const interfaceLink: Family = () => import('./commands/interface-link.ts')
const iothreads: Family = () => import('./commands/iothreads.ts')
const jobs: Family = () => import('./commands/jobs.ts')
const lifecycle: Family = () => import('./commands/lifecycle.ts')
const lifecycleAction: Family = () => import('./commands/lifecycle-action.ts')
const list: Family = () => import('./commands/list.ts')
const memory: Family = () => import('./commands/memory.ts')
const memoryDevice: Family = () => import('./commands/memory-device.ts')
const memtune: Family = () => import('./commands/memtune.ts')
const metadata: Family = () => import('./commands/metadata.ts')
const migrate: Family = () => import('./commands/migrate.ts')
const migration: Family = () => import('./commands/migration.ts')
const networkDefine: Family = () => import('./commands/network-define.ts')
const networkInfo: Family = () => import('./commands/network-info.ts')
const networkLifecycle: Family = () => import('./commands/network-lifecycle.ts')
const networkUpdate: Family = () => import('./commands/network-update.ts')
const node: Family = () => import('./commands/node.ts')
const nodeDevices: Family = () => import('./commands/node-devices.ts')
const numatune: Family = () => import('./commands/numatune.ts')
const perf: Family = () => import('./commands/perf.ts')
const pinning: Family = () => import('./commands/pinning.ts')
const poolDefine: Family = () => import('./commands/pool-define.ts')
const poolInfo: Family = () => import('./commands/pool-info.ts')
const poolLifecycle: Family = () => import('./commands/pool-lifecycle.ts')
const qemuCommands: Family = () => import('./commands/qemu-commands.ts')
const save: Family = () => import('./commands/save.ts')
const savedEdit: Family = () => import('./commands/saved-edit.ts')
const schedinfo: Family = () => import('./commands/schedinfo.ts')
const screenshot: Family = () => import('./commands/screenshot.ts')
const secrets: Family = () => import('./commands/secrets.ts')
const shell: Family = () => import('./commands/shell.ts')
const snapshotList: Family = () => import('./commands/snapshot-list.ts')
const snapshots: Family = () => import('./commands/snapshots.ts')
const start: Family = () => import('./commands/start.ts')
const stats: Family = () => import('./commands/stats.ts')
const storedEvents: Family = () => import('./commands/stored-events.ts')
const supervise: Family = () => import('./commands/supervise.ts')
const top: Family = () => import('./commands/top.ts')
const treeEdit: Family = () => import('./commands/tree-edit.ts')
const vcpus: Family = () => import('./commands/vcpus.ts')
const volumeChange: Family = () => import('./commands/volume-change.ts')
const volumeContent: Family = () => import('./commands/volume-content.ts')
const volumeCreate: Family = () => import('./commands/volume-create.ts')
const volumeInfo: Family = () => import('./commands/volume-info.ts')
const xml: Family = () => import('./commands/xml.ts')

/** Where each command is declared, in the order of `help`. A test compares it with the families. */
const families: Readonly<Record<string, Family>> = {
  arches: arch,
  'arch new': archNew,
  'conformance list': conformance,
  'conformance report': conformance,
  'conformance run': conformance,
  diff,
  explain,
  'attach-device': changeDevice,
  'attach-disk': attach,
  'attach-interface': attach,
  autostart: lifecycle,
  blkdeviotune,
  blkiotune,
  blockcommit: blockJobs,
  blockcopy: blockJobs,
  blockjob: blockJobs,
  blockpull: blockJobs,
  blockresize: blockJobs,
  'change-media': changeDevice,
  console,
  'cpu-stats': stats,
  create: start,
  define,
  desc: metadata,
  destroy: lifecycle,
  'detach-device': changeDevice,
  'detach-device-alias': changeDevice,
  'detach-disk': attach,
  'detach-interface': attach,
  domdisplay: devices,
  domfsfreeze: agent,
  domfsthaw: agent,
  domfsinfo: guestInfo,
  domfstrim: agent,
  domhostname: guestInfo,
  domid: info,
  'domif-setlink': interfaceLink,
  domiftune,
  domjobabort: jobs,
  domjobinfo: jobs,
  domname: info,
  domrename: metadata,
  dompmsuspend: agent,
  dompmwakeup: agent,
  domuuid: info,
  'domxml-to-native': xml,
  dump,
  dumpxml: xml,
  edit,
  'get-user-sshkeys': guestAccounts,
  'inject-nmi': guestInput,
  iothreadinfo: iothreads,
  iothreadpin: iothreads,
  iothreadadd: iothreads,
  iothreadset: iothreads,
  iothreaddel: iothreads,
  'send-key': guestInput,
  managedsave: save,
  'managedsave-remove': save,
  'managedsave-edit': savedEdit,
  'managedsave-dumpxml': save,
  'managedsave-define': save,
  memtune,
  perf,
  metadata,
  migrate,
  'migrate-setmaxdowntime': migration,
  'migrate-getmaxdowntime': migration,
  'migrate-setspeed': migration,
  'migrate-getspeed': migration,
  'migrate-postcopy': migration,
  numatune,
  'qemu-monitor-command': qemuCommands,
  'qemu-agent-command': qemuCommands,
  reboot: lifecycle,
  reset: lifecycle,
  restore: save,
  resume: lifecycle,
  save,
  'save-image-define': save,
  'save-image-dumpxml': save,
  'save-image-edit': savedEdit,
  schedinfo,
  screenshot,
  'set-lifecycle-action': lifecycleAction,
  'set-user-sshkeys': guestAccounts,
  'set-user-password': guestAccounts,
  setmaxmem: memory,
  setmem: memory,
  setvcpus: vcpus,
  shutdown: lifecycle,
  start,
  suspend: lifecycle,
  ttyconsole: devices,
  undefine: define,
  'update-device': changeDevice,
  'update-memory-device': memoryDevice,
  vcpucount: vcpus,
  vcpuinfo: vcpus,
  vcpupin: pinning,
  emulatorpin: pinning,
  vncdisplay: devices,
  guestvcpus: guestVcpus,
  setvcpu: vcpus,
  domblkerror: blockErrors,
  domblkthreshold: blockErrors,
  guestinfo: guestInfo,
  'domdirtyrate-calc': dirtyRate,
  domblkinfo: stats,
  domblklist: devices,
  domblkstat: stats,
  domcontrol: jobs,
  'domif-getlink': interfaceLink,
  domifaddr: guestInfo,
  domiflist: devices,
  domifstat: stats,
  dominfo: info,
  dommemstat: stats,
  domstate: info,
  domstats,
  domtime: agent,
  list,
  top,
  event,
  'can-migrate': canMigrate,
  capabilities,
  'cpu-baseline': cpu,
  'cpu-compare': cpu,
  'cpu-models': cpu,
  doctor,
  domcapabilities: capabilities,
  freecell: node,
  'host info': host,
  'host record': host,
  hostname: host,
  'hypervisor-cpu-baseline': cpu,
  'hypervisor-cpu-compare': cpu,
  maxvcpus: node,
  nodecpumap: node,
  nodecpustats: node,
  nodeinfo: node,
  nodememstats: node,
  sysinfo: host,
  uri: host,
  version: host,
  'checkpoint-create': checkpoints,
  'checkpoint-create-as': checkpoints,
  'checkpoint-delete': checkpoints,
  'checkpoint-dumpxml': checkpoints,
  'checkpoint-edit': treeEdit,
  'checkpoint-info': checkpoints,
  'checkpoint-list': checkpointList,
  'checkpoint-parent': checkpoints,
  'net-autostart': networkLifecycle,
  'net-create': networkDefine,
  'net-define': networkDefine,
  'net-destroy': networkLifecycle,
  'net-dhcp-leases': networkInfo,
  'net-dumpxml': networkInfo,
  'net-edit': networkDefine,
  'net-event': storedEvents,
  'net-info': networkInfo,
  'net-list': networkInfo,
  'net-name': networkInfo,
  'net-start': networkLifecycle,
  'net-undefine': networkLifecycle,
  'net-update': networkUpdate,
  'net-uuid': networkInfo,
  'nodedev-detach': nodeDevices,
  'nodedev-dumpxml': nodeDevices,
  'nodedev-list': nodeDevices,
  'nodedev-reattach': nodeDevices,
  'nodedev-reset': nodeDevices,
  'nodedev-info': nodeDevices,
  'secret-define': secrets,
  'secret-dumpxml': secrets,
  'secret-event': storedEvents,
  'secret-get-value': secrets,
  'secret-list': secrets,
  'secret-set-value': secrets,
  'secret-undefine': secrets,
  'snapshot-create': snapshots,
  'snapshot-create-as': snapshots,
  'snapshot-current': snapshots,
  'snapshot-delete': snapshots,
  'snapshot-dumpxml': snapshots,
  'snapshot-edit': treeEdit,
  'snapshot-info': snapshots,
  'snapshot-list': snapshotList,
  'snapshot-parent': snapshots,
  'snapshot-revert': snapshots,
  'backup-begin': backup,
  'backup-dumpxml': backup,
  'pool-autostart': poolLifecycle,
  'pool-build': poolLifecycle,
  'pool-capabilities': poolInfo,
  'pool-create-as': poolDefine,
  'pool-create': poolDefine,
  'pool-define-as': poolDefine,
  'pool-define': poolDefine,
  'pool-delete': poolLifecycle,
  'pool-destroy': poolLifecycle,
  'pool-dumpxml': poolInfo,
  'pool-edit': poolDefine,
  'pool-event': storedEvents,
  'pool-info': poolInfo,
  'pool-list': poolInfo,
  'pool-name': poolInfo,
  'pool-refresh': poolLifecycle,
  'pool-start': poolLifecycle,
  'pool-undefine': poolLifecycle,
  'pool-uuid': poolInfo,
  'vol-clone': volumeCreate,
  'vol-create-as': volumeCreate,
  'vol-create': volumeCreate,
  'vol-create-from': volumeCreate,
  'vol-delete': volumeChange,
  'vol-download': volumeContent,
  'vol-dumpxml': volumeInfo,
  'vol-info': volumeInfo,
  'vol-key': volumeInfo,
  'vol-list': volumeInfo,
  'vol-name': volumeInfo,
  'vol-path': volumeInfo,
  'vol-pool': volumeInfo,
  'vol-resize': volumeChange,
  'vol-upload': volumeContent,
  'vol-wipe': volumeChange,
  cd: shell,
  complete,
  completion: complete,
  connect: shell,
  echo: shell,
  exit: shell,
  help,
  pwd: shell,
  quit: shell,
  supervise,
}

/** Names of all commands, in the order of `help`. */
export const commandNames: readonly string[] = Object.keys(families)

/** The command of this name; loads its family. */
export async function findCommand(name: string): Promise<Command | undefined> {
  if (!Object.hasOwn(families, name)) return undefined
  const before = loaded.get(name)
  if (before !== undefined) return before
  const family = await families[name]?.()
  const command = family?.commands.find((one) => one.name === name)
  if (command !== undefined) loaded.set(name, command)
  return command
}

/** A shell is told the same words again and again, and Node takes its time to find a module it has. */
const loaded = new Map<string, Command>()

/** A command and the words that follow its name. */
export interface NamedCommand {
  readonly command: Command
  readonly words: readonly string[]
}

/** The command that these words start with: a name is one word, or two as `host info` is. */
export async function commandOf(words: readonly string[]): Promise<NamedCommand | undefined> {
  for (const length of [1, 2]) {
    const command = await findCommand(words.slice(0, length).join(' '))
    if (command !== undefined) return { command, words: words.slice(length) }
  }
  return undefined
}

/** Second words of the names whose first word this is. */
export function secondWords(first: string): readonly string[] {
  const start = `${first} `
  return commandNames
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length))
}

/** Every command; loads every family. */
export async function allCommands(): Promise<readonly Command[]> {
  const found = await Promise.all(commandNames.map((name) => findCommand(name)))
  return found.filter((command) => command !== undefined)
}
