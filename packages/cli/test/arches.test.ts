import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createArchCatalog } from '../src/arch/arch-catalog.ts'
import { readArchPackage } from '../src/arch/arch-package.ts'
import { findArchPackages } from '../src/arch/find-arch-packages.ts'
import { knownArches } from '../src/arch/known-arches.ts'
import { packageEntry } from '../src/arch/package-entry.ts'
import { run } from './run-in-memory.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'polyvirt-arches-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

interface FakePackage {
  readonly name?: string
  readonly arch?: unknown
  readonly guests?: unknown
  readonly manifest?: string
  readonly module?: string
  readonly exports?: unknown
}

/** Installs an architecture package into a directory below the root. */
function install(directory: string, fake: FakePackage = {}): string {
  const target = join(root, directory)
  mkdirSync(target, { recursive: true })
  const {
    name = directory.split('node_modules/').at(-1),
    arch = 'fake',
    guests = ['fake64'],
  } = fake
  const exports = fake.exports ?? { '.': { types: './index.d.ts', default: './index.js' } }
  const manifest = { name, version: '1.2.3', type: 'module', polyvirt: { arch, guests }, exports }
  writeFileSync(join(target, 'package.json'), fake.manifest ?? JSON.stringify(manifest))
  writeFileSync(join(target, 'index.js'), fake.module ?? moduleText(String(arch), guests))
  return target
}

function moduleText(arch: string, guests: unknown): string {
  const list = (guests as readonly string[]).map((name) => ({
    ...{ name, emulators: [`qemu-system-${name}`], emulatorPackage: `qemu-system-${arch}` },
  }))
  const machine = { default: 'virt', profiles: [{ name: 'virt', pattern: {} }, { name: 'old' }] }
  return `export const ${arch} = ${JSON.stringify({ name: arch, guests: list, machine })}`
}

const names = (from: readonly string[], path?: string): readonly string[] =>
  findArchPackages({ from, ...(path === undefined ? {} : { path }) }).packages.map(
    ({ name }) => name,
  )

describe('finding architecture packages', () => {
  it('looks in every node_modules on the way up, nearest first', () => {
    install('app/node_modules/@polyvirt/arch-near', { arch: 'near', guests: ['near'] })
    install('node_modules/@other/arch-far', { arch: 'far', guests: ['far'] })
    install('node_modules/polyvirt-arch-vax', { arch: 'vax', guests: ['vax'] })
    install('node_modules/@who/polyvirt-arch-pdp', { arch: 'pdp', guests: ['pdp'] })
    const from = join(root, 'app/node_modules/polyvirt/dist')
    expect(names([from])).toEqual([
      '@polyvirt/arch-near',
      '@other/arch-far',
      '@who/polyvirt-arch-pdp',
      'polyvirt-arch-vax',
    ])
  })

  it('takes the nearest of two installations of one package', () => {
    const near = install('app/node_modules/@polyvirt/arch-fake')
    install('node_modules/@polyvirt/arch-fake')
    const { packages, broken } = findArchPackages({ from: [join(root, 'app')] })
    expect(packages.map(({ directory }) => directory)).toEqual([near])
    expect(broken).toEqual([])
  })

  it('passes over packages of other names, and of the right name that make no claim', () => {
    install('node_modules/some-lib')
    install('node_modules/@scope/arch-diagram', { manifest: '{"name":"@scope/arch-diagram"}' })
    mkdirSync(join(root, 'node_modules/@scope/arch-empty'))
    writeFileSync(join(root, 'node_modules/polyvirt-arch-file'), '')
    expect(findArchPackages({ from: [root] })).toEqual({ packages: [], broken: [] })
  })

  it('does not look into the current directory', async () => {
    install('node_modules/polyvirt-arch-evil', {
      module: `throw new Error('this ran')`,
    })
    const before = process.cwd()
    process.chdir(root)
    try {
      const { stdout } = await run(['--json', 'arches'])
      expect(JSON.parse(stdout)).toEqual([])
    } finally {
      process.chdir(before)
    }
  })

  it('takes packages, and directories of packages, from POLYVIRT_ARCH_PATH, absolute ones only', () => {
    const single = install('mine/arch-one', { name: 'one', arch: 'one', guests: ['one'] })
    install('many/two', { name: 'two', arch: 'two', guests: ['two'] })
    install('many/@x/three', { name: 'three', arch: 'three', guests: ['three'] })
    const path = [single, join(root, 'many'), '', '.', '../x', join(root, 'nothing')].join(':')
    expect(names([], path)).toEqual(['one', 'three', 'two'])
  })

  it('follows links, and sees one package behind two of them once', () => {
    const real = install('store/fake', { name: '@polyvirt/arch-fake' })
    for (const at of ['a', 'b']) {
      mkdirSync(join(root, at, 'node_modules/@polyvirt'), { recursive: true })
      symlinkSync(real, join(root, at, 'node_modules/@polyvirt/arch-fake'))
    }
    const found = findArchPackages({ from: [join(root, 'a'), join(root, 'b')] })
    expect(found.packages.map(({ directory }) => directory)).toEqual([real])
  })

  it.each([
    ['no JSON', { manifest: '{' }, /JSON/],
    ['no object', { manifest: '[]' }, /holds no object/],
    ['an arch that is no name', { arch: '../x' }, /polyvirt\.arch/],
    ['no guests', { guests: [] }, /polyvirt\.guests/],
    ['guests that are no names', { guests: ['a/b'], module: '' }, /polyvirt\.guests/],
  ] as const)('reports a package with %s and goes on', (_what, fake, reason) => {
    install('node_modules/polyvirt-arch-bad', fake)
    install('node_modules/polyvirt-arch-good', { arch: 'good', guests: ['good'] })
    const { packages, broken } = findArchPackages({ from: [root] })
    expect(packages.map(({ arch }) => arch)).toEqual(['good'])
    expect(broken).toHaveLength(1)
    expect(broken[0]?.reason).toMatch(reason)
  })

  it('refuses a second package for the same guest, by name', () => {
    install('node_modules/polyvirt-arch-a', { arch: 'a', guests: ['vax', 'a'] })
    install('node_modules/polyvirt-arch-b', { arch: 'b', guests: ['b', 'vax'] })
    const { packages, broken } = findArchPackages({ from: [root] })
    expect(packages.map(({ arch }) => arch)).toEqual(['a'])
    expect(broken[0]?.reason).toBe(
      'polyvirt-arch-b and polyvirt-arch-a both serve vax; install one of them',
    )
  })
})

describe('another package that is found where architectures are', () => {
  it('is the nearest of its name, and never one of the current directory', () => {
    const named = (directory: string, name: string): string =>
      install(directory, { manifest: JSON.stringify({ name }) })
    const far = named('node_modules/@x/suite', '@x/suite')
    const near = named('app/node_modules/@x/suite', '@x/suite')
    named('node_modules/@x/other', '@x/suite-of-another-name')
    const from = [join(root, 'app/node_modules/polyvirt/dist')]
    expect(createArchCatalog({ from }).directoryOf('@x/suite')).toBe(near)
    expect(createArchCatalog({ from: [root] }).directoryOf('@x/suite')).toBe(far)
    expect(createArchCatalog({ from: [root] }).directoryOf('@x/other')).toBeUndefined()
    expect(createArchCatalog({ from: [] }).directoryOf('@x/suite')).toBeUndefined()
    const path = join(root, 'app/node_modules')
    expect(createArchCatalog({ from: [], path }).directoryOf('@x/suite')).toBe(near)
    expect(createArchCatalog({ from: [], path: near }).directoryOf('@x/suite')).toBe(near)
  })

  it.each([
    ['./a.js', '.', './a.js'],
    ['./a.js', './run', undefined],
    [{ '.': './a.js', './run': { types: './r.d.ts', default: './r.js' } }, './run', './r.js'],
    [{ '.': './a.js', './run': './r.js' }, '.', './a.js'],
    [{ '.': './a.js' }, './run', undefined],
    [{ types: './a.d.ts', import: './a.js' }, '.', './a.js'],
    [{ '.': [{ unknown: './b.js' }, './a.js'] }, '.', './a.js'],
    [['./a.js'], '.', './a.js'],
    [undefined, '.', undefined],
  ])('has its modules behind its doors: %j, %s', (exports, door, module) => {
    expect(packageEntry(exports, door)).toBe(module)
  })
})

describe('the registry for core', () => {
  it('names all guests without importing a package, and imports on demand, once', async () => {
    install('node_modules/polyvirt-arch-vax', { arch: 'vax', guests: ['vax', 'vax11'] })
    install('node_modules/polyvirt-arch-bad', {
      ...{ arch: 'bad', guests: ['bad'], module: `throw new Error('not now')` },
    })
    const { registry } = createArchCatalog({ from: [root] })
    expect(registry.guests()).toEqual(['bad', 'vax', 'vax11'])
    const arch = await registry.find('vax11')
    expect(arch.name).toBe('vax')
    expect(await registry.find('vax')).toBe(arch)
  })

  it.each([
    ['throws at import', { module: `throw new Error('at import')` }, /at import/],
    ['is not there', { exports: './gone.js' }, /gone\.js/],
    ['exports nothing of the name', { module: 'export const other = {}' }, /named 'fake'/],
    [
      'does not serve what it says',
      { module: moduleText('fake', ['other']) },
      /serves fake64, and/,
    ],
    ['names no module', { exports: { './x': './x.js' } }, /names no module/],
  ] as const)('says what is wrong with a package that %s', async (_what, fake, reason) => {
    install('node_modules/polyvirt-arch-fake', fake)
    const { registry } = createArchCatalog({ from: [root] })
    await expect(registry.find('fake64')).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNSUPPORTED',
      message: expect.stringMatching(reason),
    })
  })

  it.each([
    ['ppc64le', '@polyvirt/arch-ppc64'],
    ['i686', '@polyvirt/arch-x86'],
    ['aarch64', '@polyvirt/arch-aarch64'],
    ['s390x', '@polyvirt/arch-s390x'],
    ['riscv64', '@polyvirt/arch-riscv64'],
    ['loongarch64', '@polyvirt/arch-loongarch64'],
  ])('says which package to install for %s, which it knows of', async (guest, name) => {
    const { registry } = createArchCatalog({ from: [root] })
    await expect(registry.find(guest)).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNSUPPORTED',
      message: expect.stringContaining(`npm install ${name}`),
    })
  })

  it('knows of a package each guest that the workspace serves', () => {
    const packages = join(import.meta.dirname, '../..')
    const served = readdirSync(packages)
      .filter((folder) => folder.startsWith('arch-'))
      .flatMap((folder) => {
        const found = readArchPackage(join(packages, folder))
        return (found?.guests ?? []).map((guest) => [guest, found?.name])
      })
    expect(served.length).toBeGreaterThan(7)
    expect(Object.fromEntries(served)).toEqual(knownArches)
  })

  it('may say how the suite makes guests that nobody else knows', () => {
    const installed = (recipes: unknown): string =>
      install('node_modules/polyvirt-arch-fake', {
        manifest: JSON.stringify({
          name: 'polyvirt-arch-fake',
          polyvirt: { arch: 'fake', guests: ['fake64'], recipes },
        }),
      })
    const recipe = { debianArch: 'fake64el', kernelPackage: 'linux-image-fake', cpu: 'Fake2' }
    expect(readArchPackage(installed({ fake64: recipe }))?.recipes).toEqual({ fake64: recipe })
    const wrong = (recipes: unknown): string => {
      const directory = installed(recipes)
      try {
        return JSON.stringify(readArchPackage(directory))
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(wrong([])).toBe('"polyvirt.recipes" in its package.json is not an object')
    expect(wrong({ other: recipe })).toContain('.other" in its package.json is of no guest')
    expect(wrong({ fake64: { debianArch: 'fake64el' } })).toBe(
      '"polyvirt.recipes.fake64.kernelPackage" in its package.json is not a text',
    )
    expect(wrong({ fake64: { ...recipe, modules: 'e1000' } })).toContain(
      'fake64.modules" in its package.json is not a list of texts',
    )
    expect(wrong({ fake64: { ...recipe, kernel: 'x' } })).toMatch(
      /fake64\.kernel" in its package\.json is no word of a recipe; there are debianArch, suite/,
    )
  })

  it('says where to look for any other, and what a slip may have meant', async () => {
    install('node_modules/polyvirt-arch-vax', { arch: 'vax', guests: ['vax'] })
    const { registry } = createArchCatalog({ from: [root] })
    await expect(registry.find('sparc64')).rejects.toThrow(/keywords:polyvirt-arch/)
    await expect(registry.find('sparc64')).rejects.toThrow(/installed: vax/)
    await expect(registry.find('x86-64')).rejects.toThrow(/did you mean 'x86_64'/)
    await expect(registry.find('__proto__')).rejects.toThrow(/no installed architecture/)
  })
})

describe('polyvirt arches', () => {
  it('shows guests, machines, and the emulator or what to install for it', async () => {
    install('node_modules/polyvirt-arch-vax', { arch: 'vax', guests: ['vax', 'vax11'] })
    const emulator = join(root, 'bin/qemu-system-vax')
    mkdirSync(dirname(emulator))
    writeFileSync(emulator, '#!/bin/sh\n')
    chmodSync(emulator, 0o755)
    const environment = { PATH: join(root, 'bin') }
    const { stdout, code } = await run(['arches'], { archesFrom: [root], environment })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ Name   Guest   Machines    Emulator +Package\n-+\n/)
    expect(stdout).toContain(emulator)
    expect(stdout).toContain('- (install qemu-system-vax)')
    expect(stdout).toContain('polyvirt-arch-vax 1.2.3')
  })

  it('reports broken packages and shows the others', async () => {
    install('node_modules/polyvirt-arch-bad', {
      ...{ arch: 'bad', guests: ['bad'], module: `throw new Error('bad \\u001b[31m day')` },
    })
    install('node_modules/polyvirt-arch-ugly', { manifest: '{' })
    install('node_modules/polyvirt-arch-vax', { arch: 'vax', guests: ['vax'] })
    const { stdout, stderr, code } = await run(['--json', 'arches'], { archesFrom: [root] })
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { guest: string }[]).map(({ guest }) => guest)).toEqual(['vax'])
    const warnings = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(warnings).toHaveLength(2)
    const human = await run(['arches'], { archesFrom: [root] })
    expect(human.stderr).toMatch(
      /^warning: architecture package .*polyvirt-arch-ugly is skipped: /m,
    )
    expect(human.stderr).toMatch(/bad \\x1b\[31m day/)
  })

  it('says how to get one where there is none', async () => {
    const { stdout, code } = await run(['arches'])
    expect(code).toBe(0)
    expect(stdout).toContain('npm install @polyvirt/arch-x86\n')
  })

  it('is not needed by commands that plan nothing', async () => {
    install('node_modules/polyvirt-arch-ugly', { manifest: '{' })
    const { stderr } = await run(['list', '--all'], { archesFrom: [root] })
    expect(stderr).toBe('')
  })
})
