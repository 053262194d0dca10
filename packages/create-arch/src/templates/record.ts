import type { ArchPlan } from '../arch-plan.ts'

/** `test/record.ts`: asks an emulator that was not there when the package was made, or a newer one. */
export function record({ names }: ArchPlan): string {
  return `/**
 * Records what this architecture's emulators can do, for plans that are the same on every machine:
 *
 *   node test/record.ts [/PATH/OF/EMULATOR…]
 */
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { probeCapabilities } from '@polyvirt/core'
import { ${names.arch} as arch } from '../src/index.ts'

const folder = fileURLToPath(new URL('./fixtures/capabilities/', import.meta.url))
const given = process.argv.slice(2)
const emulators = given.length > 0 ? given : installed()
if (emulators.length === 0) {
  console.error(\`error: none of \${names().join(', ')} is on the PATH; give its whole path\`)
  process.exit(1)
}
const workDir = mkdtempSync(join(tmpdir(), 'polyvirt-record-'))
try {
  for (const emulator of emulators) {
    const { capabilities } = await probeCapabilities({ emulator, workDir })
    // Without KVM: the suite says the same wherever it runs.
    const kvm = { present: false, usable: false, reason: 'recorded without KVM' }
    const file = join(folder, \`\${basename(emulator)}.json\`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, \`\${JSON.stringify({ ...capabilities, kvm }, undefined, 1)}\\n\`)
    console.log(\`recorded \${file}\`)
  }
} finally {
  rmSync(workDir, { recursive: true, force: true })
}

function names(): readonly string[] {
  return [...new Set(arch.guests.flatMap((guest) => guest.emulators))]
}

function installed(): readonly string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/libexec']
  return names().flatMap((name) => {
    const found = folders.map((one) => join(one, name)).find(isProgram)
    return found === undefined ? [] : [found]
  })
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
`
}
