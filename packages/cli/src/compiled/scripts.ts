import { readFileSync, statSync } from 'node:fs'
import { Script } from 'node:vm'
import { readCompiled, writeCompiled } from './compiled-file.ts'

export interface ScriptsOptions {
  /** Where the scripts lie. */
  readonly folder: string
  /** The file with what they were compiled to. */
  readonly cache?: string
  /** What scripts get that is not one of them, by the name they ask for. */
  readonly given: Readonly<Record<string, unknown>>
}

export interface Scripts {
  /** What a script exports; it runs once. */
  load(name: string): unknown
  /** Keeps what was compiled, where that is more than there was; only what `succeeded` is worth it. */
  keep(succeeded: boolean): void
}

interface Module {
  exports: unknown
}

type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  module: Module,
  filename: string,
  dirname: string,
) => void

/**
 * Loads the scripts of the built command, compiled as an earlier run left them.
 *
 * Node keeps compiled modules as well, but as they are before they run: with the functions that are
 * compiled when they are first called left out, which are nearly all. A script can be asked afterwards.
 */
export function openScripts({ folder, cache, given }: ScriptsOptions): Scripts {
  const kept = cache === undefined ? undefined : readCompiled(cache)
  const modules = new Map<string, Module>()
  const compiled = new Map<string, { readonly identity: string; readonly script: Script }>()
  let news = false

  const load = (name: string): unknown => {
    const before = modules.get(name)
    if (before !== undefined) return before.exports
    const filename = `${folder}/${name}`
    const identity = identityOf(filename)
    const known = kept?.get(name)
    const cachedData = known?.identity === identity ? known.data : undefined
    const script = new Script(readFileSync(filename, 'utf8'), {
      filename,
      ...(cachedData && { cachedData }),
    })
    news ||= cachedData === undefined || script.cachedDataRejected === true
    compiled.set(name, { identity, script })
    const module: Module = { exports: {} }
    modules.set(name, module)
    const wrapper = script.runInThisContext() as Wrapper
    wrapper(module.exports, required, module, filename, folder)
    return module.exports
  }
  const required = (name: string): unknown => given[name] ?? load(name.replace(/^\.\//, ''))

  return {
    load,
    keep(succeeded) {
      if (cache === undefined || !succeeded || !news) return
      const scripts = [...compiled].map(([name, { identity, script }]) => {
        return { name, identity, data: script.createCachedData() }
      })
      writeCompiled(cache, scripts)
    },
  }
}

/** What changes when another file is put in its place, or something else is written into it. */
function identityOf(file: string): string {
  const { ino, size, ctimeMs } = statSync(file)
  return `${ino}:${size}:${ctimeMs}`
}
