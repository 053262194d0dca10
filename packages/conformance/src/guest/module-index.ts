import { moduleOrder, type ModuleSource } from './module-order.ts'

/** The two files `modprobe` reads, which `depmod` would have written. */
export interface ModuleIndex {
  /** `modules.dep` */
  readonly dependencies: string
  /** `modules.alias` */
  readonly aliases: string
}

export function moduleIndex(names: readonly string[], source: ModuleSource): ModuleIndex {
  const dependencies = names.map((name) => {
    // modprobe loads a line from its end: what must come first stands last.
    const needed = moduleOrder([name], source).load.slice(0, -1).toReversed()
    return `${name}.ko:${needed.map((other) => ` ${other}.ko`).join('')}\n`
  })
  const aliases = names.flatMap((name) =>
    (source.find(name)?.aliases ?? []).map((alias) => `alias ${alias} ${name}\n`),
  )
  return { dependencies: dependencies.join(''), aliases: aliases.join('') }
}
