import type { KernelModule } from './kernel-module.ts'

/** The modules to load, each after everything it needs. */
export interface ModuleOrder {
  readonly load: readonly string[]
  /** Wanted, but this kernel has them neither as a module nor built in. */
  readonly absent: readonly string[]
}

/** Where {@link moduleOrder} looks modules up, by name as `lsmod` prints it. */
export interface ModuleSource {
  readonly builtin: ReadonlySet<string>
  /** Undefined where this kernel has no such module. */
  find(name: string): KernelModule | undefined
}

/**
 * Walks dependencies depth first. A missing hard dependency is a broken package and throws; a
 * wanted module that does not exist is only noted, since one list serves every kernel.
 */
export function moduleOrder(wanted: readonly string[], source: ModuleSource): ModuleOrder {
  const load: string[] = []
  const absent: string[] = []
  const seen = new Set<string>()

  const visit = (name: string, neededBy: string | undefined): void => {
    if (seen.has(name) || source.builtin.has(name)) return
    seen.add(name)
    const module = source.find(name)
    if (module === undefined) {
      if (neededBy !== undefined) throw new Error(`module '${neededBy}' needs '${name}', not found`)
      absent.push(name)
      return
    }
    for (const first of module.softDepends) if (source.find(first) !== undefined) visit(first, name)
    for (const needed of module.depends) visit(needed, name)
    load.push(name)
  }
  for (const name of wanted) visit(name, undefined)
  return { load, absent }
}
