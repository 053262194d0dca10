import { mapOptionValues } from './command-line.ts'
import type { CommandLine } from './command-line.ts'
import { findElement, mapValues } from './tree.ts'
import type { Tree } from './tree.ts'

/** What one hypervisor makes of a document. */
export interface Reading {
  readonly definition?: Tree
  readonly commandLine?: CommandLine
}

/**
 * Replaces what two hypervisors on one machine cannot have in common: the folders they keep things
 * in, the numbers of open files, ports they choose themselves, the time of the asking.
 */
export function hidePlaces(readings: readonly Reading[]): readonly Reading[] {
  const folders = [
    ...new Set(readings.flatMap(({ commandLine }) => foldersOf(commandLine))),
  ].toSorted((a, b) => b.length - a.length)
  return readings.map(({ definition, commandLine }) => ({
    ...(definition && {
      definition: mapValues(definition, (value) => hideFolders(value, folders)),
    }),
    ...(commandLine && { commandLine: hideInOptions(commandLine, folders, definition) }),
  }))
}

/** The folder that the run's own folder is in; libvirt's session keeps some things one further up. */
function foldersOf(commandLine: CommandLine | undefined): readonly string[] {
  const monitor = commandLine?.options.find(
    ({ name, values }) => name === 'chardev' && values.get('id') === 'charmonitor',
  )
  const [, folder] = /^(\/.+)\/[^/]+\/[^/]+$/.exec(monitor?.values.get('path') ?? '') ?? []
  if (folder === undefined) return []
  return folder.endsWith('/qemu/lib') ? [folder, folder.slice(0, -'/lib'.length)] : [folder]
}

function hideFolders(value: string, folders: readonly string[]): string {
  if (!value.includes('/')) return value
  return folders
    .reduce((text, folder) => text.replaceAll(`${folder}/`, '<folder>/'), value)
    .replace(/(<folder>\/(?:channel\/target\/)?)domain--?\d+-[^/]+/, '$1<domain>')
    .replace(/^(?:<folder>|\/.*)\/ram\/-?\d+-[^/]+/, '<folder>/ram/<domain>')
    .replace(/(\/hugepages[^/]*)\/(?:libvirt\/qemu|polyvirt)\/-?\d+-[^/]+/, '$1/<folder>/<domain>')
    .replace(/^\/.*(?=\/nvram\/[^/]+_VARS\.[a-z0-9]+$)/, '<folder>')
}

function hideInOptions(
  commandLine: CommandLine,
  folders: readonly string[],
  definition: Tree | undefined,
): CommandLine {
  const chosen = chosenPorts(definition)
  const variable = findElement(definition, 'clock')?.attributes.get('offset') === 'variable'
  const hide = (name: string, value: string, key: string): string => {
    if (/^(?:vhost)?fds?$/.test(key)) return value.replaceAll(/\d+/g, '<fd>')
    if (name === 'add-fd' && /^(?:fd|set)$/.test(key)) return '<fd>'
    if (name === 'rtc' && key === 'base' && variable) return value.replace(/^\d{4}-.*/, '<now>')
    if (name === 'spice' && /^(?:tls-)?port$/.test(key) && chosen.has('spice')) return '<port>'
    if (name === 'vnc' && key === 'display' && chosen.has('vnc')) {
      return value.replace(/:\d+$/, ':<port>')
    }
    if (name === 'vnc' && key === 'websocket' && /^\d+$/.test(value)) return '<port>'
    return hideFolders(value, folders).replaceAll(/\/dev\/fdset\/\d+/g, '/dev/fdset/<fd>')
  }
  return mapOptionValues(commandLine, hide)
}

/** Displays whose port is the hypervisor's to choose. */
function chosenPorts(definition: Tree | undefined): ReadonlySet<string | undefined> {
  const displays = findElement(definition, 'devices')?.children ?? []
  return new Set(
    displays
      .filter(({ name, attributes }) => name === 'graphics' && attributes.get('autoport') === 'yes')
      .map(({ attributes }) => attributes.get('type')),
  )
}
