import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { findPackageJSON, stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A module as any Node from version 20 on runs it. */
export interface PlainModule {
  /** Relative to the folder that all of them are put in, `arch-toy/src/host-info.mjs`. */
  readonly path: string
  readonly text: string
}

export interface PlainModules {
  /** Paths of the modules that were asked for, in their order. */
  readonly entries: readonly string[]
  readonly modules: readonly PlainModule[]
}

/** The condition under which this workspace's packages lead to their sources. */
const sourceCondition = '@polyvirt/source'
const typescript = /\.ts$/

// What `verbatimModuleSyntax` leaves: one statement a module, its name at the end.
const statement =
  /^(\s*(?:import|export)\s*(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)?\s*(?:from\s*)?')([^'\n]+)(')/gm

/**
 * Modules and all that they import, as plain JavaScript: TypeScript loses its types by Node's own
 * `stripTypeScriptTypes`, nothing is bundled or rewritten but the names in import statements. So
 * what runs elsewhere is, line by line, what runs here.
 */
export function plainModules(entries: readonly URL[]): PlainModules {
  const texts = new Map<string, string>()
  const imports = new Map<string, ReadonlyMap<string, string>>()
  const files = entries.map((entry) => fileURLToPath(entry))
  const open = [...files]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (texts.has(file)) continue
    const text = plainText(file)
    const found = importsOf(file, text)
    texts.set(file, text)
    imports.set(file, found)
    open.push(...found.values())
  }
  const root = commonFolder([...texts.keys()])
  const placed = (file: string): string => relative(root, file).replace(/\.[cm]?[jt]s$/, '.mjs')
  return {
    entries: files.map(placed),
    modules: [...texts].map(([file, text]) => ({
      path: placed(file),
      text: text.replace(statement, (whole, before: string, name: string, after: string) => {
        const target = imports.get(file)?.get(name)
        if (target === undefined) return whole
        const there = relative(dirname(placed(file)), placed(target))
        return `${before}${there.startsWith('.') ? there : `./${there}`}${after}`
      }),
    })),
  }
}

function plainText(file: string): string {
  const text = readFileSync(file, 'utf8')
  return typescript.test(file) ? stripTypeScriptTypes(text) : text
}

/** Files that a module imports, by the name it uses; Node's own modules stay as they are. */
function importsOf(file: string, text: string): ReadonlyMap<string, string> {
  const names = [...text.matchAll(statement)].map(([, , name = '']) => name)
  return new Map(
    names
      .filter((name) => !name.startsWith('node:'))
      .map((name) => [
        name,
        name.startsWith('.') ? join(dirname(file), name) : inPackage(file, name),
      ]),
  )
}

/** The file behind a package's name, as its exports map says it. */
function inPackage(file: string, name: string): string {
  // Says itself which package is missing.
  const manifest = findPackageJSON(name, pathToFileURL(file))
  if (manifest === undefined) throw new Error(`${file} imports '${name}', which has no manifest`)
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly exports?: Readonly<Record<string, Readonly<Record<string, string>> | string>>
  }
  const inner = name.split('/').slice(name.startsWith('@') ? 2 : 1)
  const offer = exports?.[['.', ...inner].join('/')]
  // Sources import sources, and what is built imports what is built.
  const target =
    typeof offer === 'string'
      ? offer
      : ((typescript.test(file) ? offer?.[sourceCondition] : undefined) ?? offer?.['default'])
  const found = target === undefined ? undefined : join(dirname(manifest), target)
  if (found === undefined || !existsSync(found)) {
    throw new Error(`${file} imports '${name}', which ${manifest} does not offer`)
  }
  return realpathSync(found)
}

function commonFolder(files: readonly string[]): string {
  const [first = '/', ...others] = files.map((file) => dirname(file))
  return others.reduce((common, folder) => {
    let shared = common
    while (shared !== '/' && !`${folder}/`.startsWith(`${shared}/`)) shared = dirname(shared)
    return shared
  }, first)
}
