/**
 * Puts the modules of one library package, that of the working folder, into one file for each of its
 * entries and a few that these share: a command that imports an architecture would otherwise open a
 * hundred. Types are not written here, `tsc` does that; what the package depends on stays outside.
 */
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { reachableFrom } from './reachable-from.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const { exports, dependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Manifest

/** `./dist/arch/index.js` is made of `./src/arch/index.ts`, and is called so in `dist`. */
const entries = Object.values(exports).flatMap((entry) => {
  const built = typeof entry === 'string' ? undefined : /^\.\/dist\/(.+)\.js$/.exec(entry.default)
  return built?.[1] === undefined ? [] : [built[1]]
})
const outside = Object.keys({ ...dependencies, ...peerDependencies })

/**
 * What core's door for architectures shares with its other doors, in one file rather than in seven: each
 * command that plans a guest imports it with the guest's architecture, and Node takes a millisecond for
 * every file.
 */
const door = 'arch/index'
const shared = entries.includes(door)
  ? reachableFrom({ arch: resolve(`src/${door}.ts`) })
  : undefined

const bundle = await rolldown({
  ...(shared && { plugins: [shared.plugin] }),
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: 'node',
  // The oldest Node that the packages are for; it does not know `using`.
  transform: { target: 'node22.18' },
  external: (id) =>
    id.startsWith('node:') || outside.some((name) => id === name || id.startsWith(`${name}/`)),
})
for (const old of globSync('dist/**/*.js{,.map}')) rmSync(old)
await bundle.write({
  dir: 'dist',
  format: 'esm',
  sourcemap: true,
  chunkFileNames: 'shared/[name].js',
  ...(shared && {
    codeSplitting: {
      groups: [{ name: 'arch', minShareCount: 2, test: (id) => shared.of(id) === 'arch' }],
    },
  }),
})
await bundle.close()

for (const name of entries) {
  if (!existsSync(`dist/${name}.js`)) throw new Error(`the bundle has no dist/${name}.js`)
}
