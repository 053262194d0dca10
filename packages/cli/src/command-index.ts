import type { Command } from './command.ts'

type Family = () => Promise<{ readonly commands: readonly Command[] }>

// One module a family, so that `list` never loads what only `console` needs.
const arch: Family = () => import('./commands/arch.ts')
const complete: Family = () => import('./commands/complete.ts')
const console: Family = () => import('./commands/console.ts')
const define: Family = () => import('./commands/define.ts')
const devices: Family = () => import('./commands/devices.ts')
const diff: Family = () => import('./commands/diff.ts')
const edit: Family = () => import('./commands/edit.ts')
const event: Family = () => import('./commands/event.ts')
const explain: Family = () => import('./commands/explain.ts')
const help: Family = () => import('./commands/help.ts')
const host: Family = () => import('./commands/host.ts')
const info: Family = () => import('./commands/info.ts')
const lifecycle: Family = () => import('./commands/lifecycle.ts')
const list: Family = () => import('./commands/list.ts')
const shell: Family = () => import('./commands/shell.ts')
const start: Family = () => import('./commands/start.ts')
const xml: Family = () => import('./commands/xml.ts')

/** Where each command is declared, in the order of `help`. A test compares it with the families. */
const families: Readonly<Record<string, Family>> = {
  arches: arch,
  diff,
  explain,
  autostart: lifecycle,
  console,
  create: start,
  define,
  destroy: lifecycle,
  domdisplay: devices,
  domid: info,
  domname: info,
  domuuid: info,
  'domxml-to-native': xml,
  dumpxml: xml,
  edit,
  reboot: lifecycle,
  reset: lifecycle,
  resume: lifecycle,
  shutdown: lifecycle,
  start,
  suspend: lifecycle,
  undefine: define,
  domblklist: devices,
  domiflist: devices,
  dominfo: info,
  domstate: info,
  list,
  event,
  capabilities: host,
  domcapabilities: host,
  hostname: host,
  nodeinfo: host,
  uri: host,
  version: host,
  cd: shell,
  complete,
  completion: complete,
  connect: shell,
  echo: shell,
  exit: shell,
  help,
  pwd: shell,
  quit: shell,
}

/** Names of all commands, in the order of `help`. */
export const commandNames: readonly string[] = Object.keys(families)

/** The command of this name; loads its family. */
export async function findCommand(name: string): Promise<Command | undefined> {
  if (!Object.hasOwn(families, name)) return undefined
  const family = await families[name]?.()
  return family?.commands.find((command) => command.name === name)
}

/** Every command; loads every family. */
export async function allCommands(): Promise<readonly Command[]> {
  const found = await Promise.all(commandNames.map((name) => findCommand(name)))
  return found.filter((command) => command !== undefined)
}
