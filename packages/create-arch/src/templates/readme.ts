import type { ArchPlan } from '../arch-plan.ts'
import { guestList } from './words.ts'

/** `README.md` of a package that stands by itself. */
export function readme({ names }: ArchPlan): string {
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
`
}
