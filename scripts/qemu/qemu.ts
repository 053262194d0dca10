/**
 * Unpacks the QEMU of another Debian suite beside the machine's own, and prints the folder of its
 * programs: `pnpm qemu trixie`.
 */
import { execa } from 'execa'
import { unpackedQemu } from './unpacked-qemu.ts'

const [suite, ...packages] = process.argv.slice(2).filter((word) => word !== '--')
if (suite === undefined || suite.startsWith('-')) {
  console.error('usage: pnpm qemu SUITE [PACKAGE…], with a suite such as trixie')
  process.exit(2)
}
const { stdout: debianArch } = await execa('dpkg', ['--print-architecture'])
const { bin, emulators } = await unpackedQemu({
  debianArch,
  suite,
  ...(packages.length > 0 && { packages }),
  say: (text) => console.error(`polyvirt: ${text}`),
})
console.error(`polyvirt: ${emulators.length} programs`)
console.log(bin)
