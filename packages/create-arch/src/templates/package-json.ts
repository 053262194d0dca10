import type { ArchPlan } from '../arch-plan.ts'
import { toolVersions } from '../tool-versions.ts'
import { guestList } from './words.ts'

/** `package.json`: what polyvirt reads to find the package, and what npm needs. */
export function packageJson({ names, home, license }: ArchPlan): string {
  const { arch, guests } = names
  const inside = home.kind === 'workspace'
  const own = inside ? 'workspace:*' : home.range
  const manifest = {
    name: names.package,
    version: '0.1.0',
    description: `${guestList(names)} guests for polyvirt`,
    keywords: ['polyvirt-arch'],
    license,
    files: ['dist'],
    type: 'module',
    sideEffects: false,
    exports: {
      '.': {
        ...(inside && { '@polyvirt/source': './src/index.ts' }),
        types: './dist/index.d.ts',
        default: './dist/index.js',
      },
      './package.json': './package.json',
    },
    scripts: {
      build: `tsc -p tsconfig.json${inside ? ' && node ../../scripts/build/bundle-library.ts' : ''}`,
      typecheck: 'tsc -p tsconfig.test.json',
      ...(!inside && {
        test: 'vitest run',
        prepublishOnly: 'npm run build && npm test',
      }),
      record: `node ${inside ? '--conditions=@polyvirt/source ' : ''}test/record.ts`,
    },
    devDependencies: {
      '@polyvirt/conformance': own,
      '@polyvirt/core': own,
      ...(!inside && toolVersions),
    },
    peerDependencies: { '@polyvirt/core': inside ? 'workspace:^' : home.range },
    engines: { node: '>=22.18' },
    polyvirt: { arch, guests },
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}
