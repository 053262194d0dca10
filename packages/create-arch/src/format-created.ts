import { relative } from 'node:path'
import type { CreatedArch } from './create-arch.ts'

/** What was made and what comes next, for a person who stands in the folder `from`. */
export function formatCreated(created: CreatedArch, from: string): string {
  const { directory, package: name, files, emulator, workspace, guests, license } = created
  const there = relative(from, directory)
  const folder = there === '' || there.startsWith('..') ? directory : there
  const asked =
    emulator === undefined
      ? `No emulator of ${guests.join(', ')} is installed here: its facts are left to you. Once there is one,\n` +
        `${workspace ? 'pnpm' : 'npm'} run record takes them down.\n`
      : `Asked ${emulator.path} (QEMU ${emulator.version})` +
        `${emulator.machine === undefined ? '' : `; the machine to start with is '${emulator.machine}'`}.\n`
  const test = workspace ? 'pnpm vitest run packages/' + folder.split('/').at(-1) : 'npm test'
  const terms = workspace ? '' : `Its license is ${license}; --license names another.\n`
  return (
    `Package ${name} made in ${folder}: ${files.length} files.\n${asked}${terms}\n` +
    'Next:\n' +
    (workspace ? '  pnpm install\n' : `  cd ${folder}\n  npm install\n`) +
    `  ${test.padEnd(26)} each failing test says which table to fill, and what to write\n\n` +
    'The guide is docs/adding-an-arch.md of polyvirt.\n'
  )
}
