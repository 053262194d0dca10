import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { importModule } from '../import-module.ts'
import { packageEntry } from './package-entry.ts'

/**
 * Imports the module behind a door of an installed package: this runs its code.
 *
 * @param exports the `exports` of its package.json, or its `main`
 * @throws Error that says in one sentence what is wrong with the package.
 */
export function importPackage(
  directory: string,
  exports: unknown,
  door = '.',
): Promise<Readonly<Record<string, unknown>>> {
  const entry = packageEntry(exports, door)
  if (entry === undefined) {
    const what = door === '.' ? 'names no module' : `has no door '${door}'`
    throw new Error(`its package.json ${what}`)
  }
  return importModule(pathToFileURL(join(directory, entry)).href)
}

/** The doors of the package in a folder, as its package.json tells them. */
export function exportsOf(directory: string): unknown {
  const text = readFileSync(join(directory, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly exports?: unknown }).exports
}
