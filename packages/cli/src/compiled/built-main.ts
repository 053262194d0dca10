import { enableCompileCache } from 'node:module'
import { importModule } from '../import-module.ts'
import { quietSqliteWarning } from '../quiet-sqlite-warning.ts'
import { cacheFolder, cacheName } from './cache-folder.ts'
import { openScripts } from './scripts.ts'

/** `run-main.ts` as the build leaves it: scripts beside this module, with what they were compiled to. */
export async function main(): Promise<void> {
  const folder = cacheFolder(process.env, import.meta.dirname)
  const scripts = openScripts({
    folder: import.meta.dirname,
    ...(folder !== undefined && { cache: `${folder}/${cacheName(process.argv.slice(2))}` }),
    given: {
      'polyvirt:import-module': {
        importModule: (url: string) => {
          // Architectures are modules, which Node itself keeps compiled.
          if (folder !== undefined) enableCompileCache(folder)
          return importModule(url)
        },
      },
    },
  })
  // The scripts load Node's SQLite before anything of them runs, and Node 22 warns then.
  quietSqliteWarning()
  process.on('exit', (code) => scripts.keep(code === 0))
  const run = scripts.load('run-main.cjs') as { readonly main: () => Promise<void> }
  return run.main()
}
