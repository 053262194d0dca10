/**
 * Builds `dist`: the command, core and what they import, in a few files that are loaded when they are
 * needed. Loading hundreds of small ones took most of the time of a command, and so does one with
 * everything. Architectures are not in it: they are packages of their own, found at run time.
 */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'
import { nodeModulesAtOnce } from '../../scripts/build/node-modules-at-once.ts'
import { reachableFrom } from '../../scripts/build/reachable-from.ts'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
/** Turns an old Node away, so it imports nothing before that. */
const entry = join(here, 'src/main.ts')

/**
 * What every command loads; behind it what talks to a running QEMU, which is all that looking at guests
 * and looking after them takes; and what every command that plans a guest loads.
 */
const rooms = reachableFrom({
  base: join(here, 'src/run-main.ts'),
  monitor: join(here, '../core/src/hypervisor/monitor.ts'),
  planning: join(here, '../core/src/hypervisor/planning.ts'),
})

rmSync(dist, { recursive: true, force: true })

/** An own property of a Node module that nobody uses is not read: behind some, others are loaded. */
const treeshake = { propertyReadSideEffects: false } as const

/** The oldest Node that the package is for; it does not know `using`. */
const transform = { target: 'node22.18' } as const

/** Core from its sources, so that nothing of it is bundled twice, and no more of it than is used. */
const resolve = { conditionNames: ['@polyvirt/source', 'import', 'node', 'default'] }

/** Everything but the first steps: scripts, for V8 keeps of a script what it compiled while it ran. */
const scripts = await rolldown({
  input: { 'run-main': join(here, 'src/run-main.ts') },
  platform: 'node',
  plugins: [
    nodeModulesAtOnce(),
    rooms.plugin,
    // Only a module may import one: `main.js` hands this in.
    instead('import-module.ts', { id: 'polyvirt:import-module', external: true }),
  ],
  treeshake,
  transform,
  // What one command imports late, another may import at once.
  checks: { ineffectiveDynamicImport: false },
  resolve,
})
const { output } = await scripts.write({
  dir: dist,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  banner: `(function(exports,require,module,__filename,__dirname){'use strict';`,
  footer: '})',
  sourcemap: true,
  // Names stay as they are written, for whoever reads a stack trace.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  codeSplitting: {
    groups: [
      { name: 'base', priority: 3, test: (id) => rooms.of(id) === 'base' },
      { name: 'monitor', priority: 2, test: (id) => rooms.of(id) === 'monitor' },
      {
        name: 'planning',
        priority: 1,
        minShareCount: 2,
        test: (id) => rooms.of(id) === 'planning',
      },
    ],
  },
})
await scripts.close()

/** The module that is executed: it turns old Nodes away, and loads the scripts. */
const first = await rolldown({
  input: { main: entry },
  platform: 'node',
  treeshake,
  transform,
  plugins: [
    nodeModulesAtOnce({ except: entry }),
    instead('run-main.ts', { id: join(here, 'src/compiled/built-main.ts') }),
  ],
  resolve,
})
await first.write({ dir: dist, format: 'esm', sourcemap: true })
await first.close()

const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
writeFileSync(join(dist, 'THIRD-PARTY.txt'), licenses(modules))

/** Takes another module where one of this name is imported. */
function instead(name: string, other: { readonly id: string; readonly external?: true }): Plugin {
  return {
    name: `instead-of-${name}`,
    resolveId: (source, importer) =>
      importer !== undefined && basename(source) === name ? other : undefined,
  }
}

/** The licence of every package whose code is in the bundle, as their licences ask for. */
function licenses(ids: readonly string[]): string {
  const folders = new Set(
    ids.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
  )
  const texts = [...folders].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as { readonly name: string; readonly version: string; readonly license?: string }
    const file = readdirSync(folder).find((one) => /^licen[cs]e(?:\.|$)/i.test(one))
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
    return `${name} ${version} (${license ?? 'see below'})\n\n${text}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

if (!existsSync(join(dist, 'main.js'))) throw new Error('the bundle has no main.js')
