import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const packages = join(import.meta.dirname, '../..')
const minimal = pathToFileURL(join(packages, 'conformance/src/minimal-arch.ts')).href

/** Ways in which an architecture may break its promises. */
const flaws = {
  none: '',
  /** Any CPU model is accepted, and any mode. */
  cpu: 'cpu: { ...minimalArch.cpu, check: () => [] },',
} as const

export interface ToyInstallation {
  /** Where the CLI would be. */
  readonly from: string
  install(flaw: keyof typeof flaws): void
}

/**
 * An installation with the suite's minimal architecture and the suite itself, in a folder of a test:
 * what stands in `node_modules` beside the command.
 */
export function toyInstallation(folder: string, suite = true): ToyInstallation {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@polyvirt'), { recursive: true })
  if (suite) {
    symlinkSync(join(packages, 'conformance'), join(modules, '@polyvirt/conformance'))
  }
  const arch = join(modules, 'polyvirt-arch-toy')
  mkdirSync(join(arch, 'test/fixtures/capabilities'), { recursive: true })
  const install = (flaw: keyof typeof flaws): void => {
    // Another file each time: a module is imported once.
    const module = `index-${flaw}.js`
    const manifest = {
      name: 'polyvirt-arch-toy',
      version: '1.0.0',
      type: 'module',
      polyvirt: { arch: 'minimal', guests: ['toy64'] },
      exports: `./${module}`,
    }
    writeFileSync(join(arch, 'package.json'), JSON.stringify(manifest))
    writeFileSync(
      join(arch, module),
      `import { minimalArch } from ${JSON.stringify(minimal)}\n` +
        `export const minimal = { ...minimalArch, ${flaws[flaw]} }\n`,
    )
  }
  install('none')
  return { from: folder, install }
}

/** What the emulator of the toy would say, as a recording in its package. */
export async function recordToy(folder: string): Promise<void> {
  const { minimalCapabilities } = (await import(minimal)) as {
    readonly minimalCapabilities: unknown
  }
  writeFileSync(
    join(
      folder,
      'node_modules/polyvirt-arch-toy/test/fixtures/capabilities/qemu-system-toy64.json',
    ),
    JSON.stringify(minimalCapabilities),
  )
}
