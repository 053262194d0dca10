import type { Plugin } from 'rolldown'

export interface Rooms<Name extends string> {
  readonly plugin: Plugin
  /** The first room whose entry imports this module, directly or by others, when it is loaded. */
  of(id: string): Name | undefined
}

/** Tells which modules come with which entry, where only what is imported at once counts. */
export function reachableFrom<Name extends string>(
  entries: Readonly<Record<Name, string>>,
): Rooms<Name> {
  const imports = new Map<string, readonly string[]>()
  let rooms: Map<string, Name> | undefined
  const read = (): Map<string, Name> => {
    const found = new Map<string, Name>()
    for (const [name, entry] of Object.entries(entries) as [Name, string][]) {
      if (!imports.has(entry)) throw new Error(`no module of the bundle is ${entry}`)
      const waiting = [entry]
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (found.has(id)) continue
        found.set(id, name)
        waiting.push(...(imports.get(id) ?? []))
      }
    }
    return found
  }
  return {
    plugin: {
      name: 'reachable-from',
      moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds),
    },
    of: (id) => (rooms ??= read()).get(id),
  }
}
