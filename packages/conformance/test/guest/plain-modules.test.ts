import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainModules } from '../../src/guest/plain-modules.ts'

describe('modules without types', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'polyvirt-modules-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const put = (path: string, text: string): URL => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
    return pathToFileURL(join(folder, path))
  }

  const putPackage = (): void => {
    put(
      'node_modules/toy/package.json',
      JSON.stringify({
        name: 'toy',
        type: 'module',
        exports: { './arch': { '@polyvirt/source': './src/arch.ts', default: './dist/arch.js' } },
      }),
    )
    put('node_modules/toy/src/arch.ts', 'export const origin: string = "source"\n')
    put('node_modules/toy/dist/arch.js', 'export const origin = "dist"\n')
  }

  /** Puts the modules somewhere else and runs the first of those that were asked for. */
  const run = (entries: readonly URL[]): string => {
    const plain = plainModules(entries)
    for (const { path, text } of plain.modules) put(join('out', path), text)
    const first = join(folder, 'out', plain.entries[0] ?? '')
    return execFileSync(process.execPath, [first], { encoding: 'utf8' }).trim()
  }

  it('run elsewhere, with all that they import', () => {
    putPackage()
    put('a/inner/names.ts', 'export type Name = string\nexport const suffix: Name = "!"\n')
    put(
      'a/greet.ts',
      "import { type Name, suffix } from './inner/names.ts'\n" +
        "import type { Nothing } from './not-there.ts'\n" +
        "export * from './inner/names.ts'\n" +
        'export function greet(name: Name, _?: Nothing): string {\n' +
        "  // Text is no import: it is from 'nowhere'.\n" +
        '  return `hello ${name}${suffix}`\n}\n',
    )
    const main = put(
      'main.ts',
      "import { join } from 'node:path'\nimport { origin } from 'toy/arch'\n" +
        "import {\n  greet,\n  suffix,\n} from './a/greet.ts'\n" +
        "console.log(greet(join('a', 'b')), origin, suffix)\n",
    )
    expect(run([main])).toBe('hello a/b! source !')
    expect(
      plainModules([main])
        .modules.map(({ path }) => path)
        .toSorted(),
    ).toEqual(['a/greet.mjs', 'a/inner/names.mjs', 'main.mjs', 'node_modules/toy/src/arch.mjs'])
  })

  it('take what was built where they were built themselves', () => {
    putPackage()
    expect(run([put('main.js', "import { origin } from 'toy/arch'\nconsole.log(origin)\n")])).toBe(
      'dist',
    )
  })

  it('name what is not offered', () => {
    putPackage()
    const main = put('main.ts', "import { a } from 'toy/private'\nconsole.log(a)\n")
    expect(() => plainModules([main])).toThrow(
      /main\.ts imports 'toy\/private', which .* not offer/,
    )
    const other = put('other.ts', "import { a } from 'no-such-package'\nconsole.log(a)\n")
    expect(() => plainModules([other])).toThrow("Cannot find package 'no-such-package'")
  })
})
