/**
 * Builds `dist`: the command, core and what they import, in a few files that are loaded when they are
 * needed. Loading hundreds of small ones took most of the time of a command, and so does one with
 * everything. Architectures are not in it: they are packages of their own, found at run time.
 */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
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

const bundle = await rolldown({
  input: { main: entry },
  platform: 'node',
  plugins: [nodeModulesAtOnce({ except: entry }), rooms.plugin],
  // An own property of a Node module that nobody uses is not read.
  treeshake: { propertyReadSideEffects: false },
  // What one command imports late, another may import at once.
  checks: { ineffectiveDynamicImport: false },
  // Core from its sources, so that nothing of it is bundled twice.
  resolve: { conditionNames: ['@polyvirt/source', 'import', 'node', 'default'] },
})
rmSync(dist, { recursive: true, force: true })
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
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
await bundle.close()

const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
writeFileSync(join(dist, 'THIRD-PARTY.txt'), licenses(modules))

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
