import type { ArchPlan } from '../arch-plan.ts'
import { license as textOf } from './license.ts'
import { guestList } from './words.ts'

/** `README.md` of a package that stands by itself. */
export function readme(plan: ArchPlan): string {
  const { names, license } = plan
  const text =
    textOf(plan) === undefined
      ? 'its text is still to be put into LICENSE'
      : 'its text is in LICENSE'
  return `# ${names.package}

${guestList(names)} guests for [polyvirt](https://www.npmjs.com/package/polyvirt).

    npm install
    npm test             # each failing test says which table to fill, and what to write
    npm run typecheck
    npm run record       # what your QEMU can do, into test/fixtures/capabilities
    npm run build

polyvirt finds the package beside itself in \`node_modules\`, and before it is published by
\`POLYVIRT_ARCH_PATH=$PWD polyvirt arches\` (after \`npm run build\`). The keyword \`polyvirt-arch\` lets
others find it on npm.

The golden command lines are written by \`POLYVIRT_GOLDEN=update npm test\`; review the difference.

## License

${license}; ${license === 'UNLICENSED' ? 'nobody else may use it' : text}. It was chosen when the package was made (\`--license\`). For
another one, change \`license\` in package.json and the file LICENSE before you publish.
`
}
