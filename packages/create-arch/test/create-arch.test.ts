import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createArch, formatCreated } from '../src/index.ts'
import type { CreateArchOptions, CreatedArch } from '../src/index.ts'
import { targetNameOf } from '../src/qemu-targets.ts'
import { toolVersions } from '../src/tool-versions.ts'
import { root } from './made-package.ts'
import { scratch } from './scratch.ts'

const work = scratch('polyvirt-create-')

const make = (name: string, options: Partial<CreateArchOptions> = {}): Promise<CreatedArch> =>
  createArch({ name, version: '3.4.5', path: '/usr/bin', from: work.directory, ...options })

describe('a name', () => {
  it.each([
    ['M68K', /'M68K' is no name of an architecture: .* as in 'm68k'$/],
    ['', /'' is no name of an architecture/],
    ['../evil', /is no name of an architecture/],
    ['68k', /is no name of an architecture/],
    ['a'.repeat(33), /at most 32/],
    ['machine', /cannot be the name of an architecture's export/],
    ['new', /cannot be the name of an architecture's export/],
  ])('%j is refused in one sentence', async (name, message) => {
    await expect(make(name)).rejects.toThrow(message)
    expect(readdirSync(work.directory)).toEqual([])
  })

  it('of a guest or a package is checked as well', async () => {
    await expect(make('toy', { guests: ['a b'] })).rejects.toThrow(/'a b' is no guest architecture/)
    await expect(make('toy', { guests: ['toy', 'toy'] })).rejects.toThrow(/named twice/)
    await expect(make('toy', { package: 'toy' })).rejects.toThrow(
      /'toy' is no name of an architecture package: polyvirt finds polyvirt-arch-NAME/,
    )
    expect(readdirSync(work.directory)).toEqual([])
  })
})

describe('the folder', () => {
  it('that is there already is left alone, whatever is in it', async () => {
    mkdirSync(join(work.directory, 'polyvirt-arch-toy'))
    await expect(make('toy')).rejects.toThrow(/is there already, and nothing is overwritten/)
    writeFileSync(join(work.directory, 'file'), 'mine')
    await expect(make('toy', { directory: 'file' })).rejects.toThrow(/is a file/)
    expect(readFileSync(join(work.directory, 'file'), 'utf8')).toBe('mine')
    expect(readdirSync(join(work.directory, 'polyvirt-arch-toy'))).toEqual([])
  })

  it('is whole or not there: nothing half made is left where it cannot be written', async () => {
    writeFileSync(join(work.directory, 'file'), '')
    await expect(make('toy', { directory: 'file/below/toy' })).rejects.toThrow(
      /cannot make .*below\/toy/,
    )
    expect(readdirSync(work.directory)).toEqual(['file'])
  })

  it('is not made where the asking was interrupted', async () => {
    await expect(make('m68k', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
    expect(readdirSync(work.directory)).toEqual([])
  })

  it('may be named, and its parents are made', async () => {
    const { directory } = await make('toy', { directory: 'a/b/toy' })
    expect(directory).toBe(join(work.directory, 'a/b/toy'))
    expect(existsSync(join(directory, 'src/toy.ts'))).toBe(true)
  })
})

describe('the package', () => {
  it('says to polyvirt and to npm who it is', async () => {
    const { directory, workspace } = await make('toy', { guests: ['toy64', 'toy32'] })
    expect(workspace).toBe(false)
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as object
    expect(manifest).toMatchObject({
      name: 'polyvirt-arch-toy',
      keywords: ['polyvirt-arch'],
      polyvirt: { arch: 'toy', guests: ['toy64', 'toy32'] },
      peerDependencies: { '@polyvirt/core': '^3.4.5' },
      devDependencies: {
        '@polyvirt/conformance': '^3.4.5',
        '@polyvirt/core': '^3.4.5',
        ...toolVersions,
      },
    })
    expect(manifest).not.toHaveProperty('exports.[.].@polyvirt/source')
  })

  it('takes the tools of the versions that the workspace has', () => {
    const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
    for (const [name, range] of Object.entries(toolVersions)) {
      expect(catalog).toMatch(new RegExp(`^ {2}'?${name}'?: \\${range}$`, 'm'))
    }
  })

  it('in the workspace is one of its packages', async () => {
    mkdirSync(join(work.directory, 'packages/core'), { recursive: true })
    const named = (name: string): string => JSON.stringify({ name })
    writeFileSync(join(work.directory, 'package.json'), named('polyvirt-workspace'))
    writeFileSync(join(work.directory, 'packages/core/package.json'), named('@polyvirt/core'))
    const created = await make('toy', { from: join(work.directory, 'packages/core') })
    expect(created).toMatchObject({
      directory: join(work.directory, 'packages/arch-toy'),
      package: '@polyvirt/arch-toy',
      workspace: true,
    })
    const read = (file: string): unknown =>
      JSON.parse(readFileSync(join(created.directory, file), 'utf8')) as unknown
    const own = JSON.parse(
      readFileSync(join(root, 'packages/arch-ppc64/package.json'), 'utf8'),
    ) as {
      exports: object
      scripts: { build: string }
      peerDependencies: object
      devDependencies: object
      files: object
    }
    const { exports, scripts, peerDependencies, devDependencies, files } = own
    expect(read('package.json')).toMatchObject({
      exports,
      scripts: { build: scripts.build },
      peerDependencies,
      devDependencies,
      files,
    })
    for (const file of ['tsconfig.json', 'tsconfig.test.json']) {
      expect(readFileSync(join(created.directory, file), 'utf8')).toBe(
        readFileSync(join(root, 'packages/arch-ppc64', file), 'utf8'),
      )
    }
    const names = ['cpu-driver', 'cpu-models', 'devices', 'feature-policy', 'host-info', 'machine']
    for (const name of [...names, 'rules', 'index']) {
      expect(created.files).toContain(`src/${name}.ts`)
      expect(existsSync(join(root, `packages/arch-ppc64/src/${name}.ts`))).toBe(true)
    }
    expect(formatCreated(created, work.directory)).toContain('pnpm vitest run packages/arch-toy')
  })

  it('elsewhere in the workspace stands by itself', async () => {
    const created = await make('toy', {
      from: join(root, 'packages'),
      directory: join(work.directory, 'toy'),
    })
    expect(created).toMatchObject({ workspace: false, package: 'polyvirt-arch-toy' })
  })
})

/** One that the set-up brings, and what else may be installed. */
const asked = [
  ['i386', { machine: 'pc-i440fx', has: ["endian: 'little'"], pci: ["root: 'pci-root'"] }],
  ['m68k', { machine: 'virt', has: ['wordSize: 32', "endian: 'big'"], pci: undefined }],
  ['hppa', { machine: 'hppa', has: [], pci: ["root: 'pci-root'", "rootBus: 'pci'"] }],
  ['xtensa', { machine: 'virt', has: ["endian: 'little'"], pci: ["rootBus: 'pcie.0'"] }],
  ['or1k', { machine: 'virt', has: ["endian: 'big'"], pci: ["root: 'pci-root'"] }],
] as const

const isHere = (name: string): boolean =>
  name === 'i386' || existsSync(`/usr/bin/qemu-system-${name}`)

describe('the emulator', () => {
  it('that is named and not there is an error with the nearest name', async () => {
    await expect(make('m68k', { emulator: 'qemu-system-ppc46' })).rejects.toThrow(
      "no 'qemu-system-ppc46' is installed; did you mean 'qemu-system-ppc64'?",
    )
    await expect(make('m68k', { emulator: './nothing' })).rejects.toThrow(/nothing is no program/)
    expect(readdirSync(work.directory)).toEqual([])
  })

  it('that does not answer is an error, and nothing is made', async () => {
    const file = join(work.directory, 'qemu-system-broken')
    writeFileSync(file, '#!/bin/sh\necho no such luck >&2\nexit 3\n')
    chmodSync(file, 0o755)
    await expect(make('toy', { emulator: file })).rejects.toThrow(
      /qemu-system-broken does not say what it can do: [^]*no such luck/,
    )
    expect(readdirSync(work.directory)).toEqual(['qemu-system-broken'])
  })

  it('that nobody has leaves its facts to the author', async () => {
    const created = await make('toy64')
    expect(created.emulator).toBeUndefined()
    expect(formatCreated(created, work.directory)).toContain(
      'No emulator of toy64 is installed here',
    )
    const read = (file: string): string => readFileSync(join(created.directory, file), 'utf8')
    expect(read('src/toy64.ts')).toContain("emulators: ['qemu-system-toy64']")
    expect(read('src/toy64.ts')).toContain("TODO(guest): QEMU's target is not known here")
    expect(read('src/machine.ts')).toContain('TODO(machine): name a machine type of QEMU')
    expect(existsSync(join(created.directory, 'test/fixtures'))).toBe(false)
  })

  it('of a guest that libvirt calls otherwise has its own name', () => {
    expect(['armv7l', 'i686', 'ppc64le', 'm68k'].map(targetNameOf)).toEqual([
      ...['arm', 'i386', 'ppc64', 'm68k'],
    ])
  })

  it.each(asked.filter(([name]) => !isHere(name)))(
    'qemu-system-%s is not asked: not run, it is not installed',
    () => {},
  )

  it.each(asked.filter(([name]) => isHere(name)))(
    'qemu-system-%s tells its machines, CPUs and devices',
    async (name, expected) => {
      const { directory, emulator } = await make(name)
      expect(emulator).toMatchObject({
        path: `/usr/bin/qemu-system-${name}`,
        machine: expected.machine,
      })
      const read = (file: string): string => readFileSync(join(directory, file), 'utf8')
      for (const text of expected.has) expect(read(`src/${name}.ts`)).toContain(text)
      const machine = read('src/machine.ts')
      expect(machine).toMatch(new RegExp(`default: '${expected.machine}(?:-[\\d.]+)?'`))
      if (expected.pci === undefined) expect(machine).not.toContain('pci: {')
      for (const text of expected.pci ?? []) expect(machine).toContain(text)
      const recorded = JSON.parse(read(`test/fixtures/capabilities/qemu-system-${name}.json`)) as {
        target: string
        kvm: unknown
        machines: { name: string; defaultCpuType?: string }[]
      }
      expect(recorded).toMatchObject({ target: name, kvm: { usable: false } })
      // Every CPU that a machine comes with has a name, and it is the one that `-cpu` takes.
      const models = read('src/cpu-models.ts')
      for (const { defaultCpuType } of recorded.machines) {
        if (defaultCpuType !== undefined) expect(models).toContain(`'${defaultCpuType}'`)
      }
      const bus = expected.pci === undefined ? 'virtio-mmio' : 'pci'
      const driver = expected.pci === undefined ? 'virtio-blk-device' : 'virtio-blk-pci'
      expect(read('src/devices.ts')).toContain(
        `  //     virtio: { driver: '${driver}', bus: '${bus}' },`,
      )
    },
  )
})
