import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createArch, formatCreated } from '../src/index.ts'
import type { CreateArchOptions, CreatedArch } from '../src/index.ts'
import { targetNameOf, unameOf } from '../src/qemu-targets.ts'
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
    await expect(make('toy', { directory: '/proc/no-such/toy' })).rejects.toThrow(
      "cannot make /proc/no-such/toy: ENOENT: no such file or directory, mkdir '/proc/no-such'",
    )
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

  it('has the license that its author chooses, with its text where that is known', async () => {
    const made = async (
      license: string | undefined,
    ): Promise<readonly [CreatedArch, (file: string) => string]> => {
      const directory = `with-${String(license).toLowerCase().replaceAll(/\W+/g, '-')}`
      const created = await make('toy', { directory, ...(license !== undefined && { license }) })
      return [created, (file) => readFileSync(join(created.directory, file), 'utf8')]
    }
    const [usual, read] = await made(undefined)
    expect(JSON.parse(read('package.json'))).toMatchObject({ license: 'Apache-2.0' })
    expect(read('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
    expect(read('README.md')).toContain('Apache-2.0; its text is in LICENSE.')
    expect(formatCreated(usual, work.directory)).toContain(
      'Its license is Apache-2.0; --license names another.',
    )

    const [, readMit] = await made('MIT')
    expect(JSON.parse(readMit('package.json'))).toMatchObject({ license: 'MIT' })
    expect(readMit('LICENSE')).toMatch(
      /^MIT License\n\nCopyright \(c\) \d{4} the authors of polyvirt-arch-toy\n/,
    )

    const [other, readOther] = await made('GPL-2.0-or-later WITH Linux-syscall-note')
    expect(other.files).not.toContain('LICENSE')
    expect(readOther('README.md')).toContain('its text is still to be put into LICENSE')
    const [, readNone] = await made('UNLICENSED')
    expect(readNone('README.md')).toContain('UNLICENSED; nobody else may use it.')

    await expect(make('toy', { license: 'my own' })).rejects.toThrow(
      "'my own' is no name of a license: npm takes those of spdx.org, as in 'Apache-2.0', or 'UNLICENSED'",
    )
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

interface Expected {
  readonly machine: string
  readonly has: readonly string[]
  readonly pci: readonly string[] | undefined
  /** Words of `lacks` with their reasons, and those that cannot be found out; all of them where given. */
  readonly lacks?: readonly string[]
  readonly untold?: readonly string[]
  /** What else is in machine.ts. */
  readonly board?: readonly string[]
  /** What is in devices.ts, and what is not. */
  readonly devices?: readonly string[]
  readonly noDevices?: readonly string[]
}

const notHere = [
  "dies: dies not supported by this machine's CPU topology",
  'numa: NUMA is not supported by this machine-type',
]
const firmwareWords = [
  'boot-menu: QEMU tells the firmware; only a guest shows whether that asks',
  'firmware-serial: QEMU tells the firmware; only a guest shows whether that obeys',
  'device-tree: if it reads -dtb, it does so only with a kernel',
]
const ofOthers = ['acpi-tables: Option not supported for this target']

/** Those that the set-up brings, and what else may be installed. */
const asked: readonly (readonly [name: string, expected: Expected])[] = [
  [
    'i386',
    {
      machine: 'pc-i440fx',
      has: ["endian: 'little'"],
      pci: ["root: 'pci-root'"],
      lacks: [],
      board: ["powerManagement: 'PIIX4_PM'"],
      untold: [
        'secure-loader: who may write to flash is between processor and firmware',
        ...firmwareWords,
        'smbios: QEMU takes tables for any machine of this target; only a guest sees them',
      ],
    },
  ],
  [
    'ppc',
    {
      machine: 'g3beige',
      has: ['wordSize: 32', "endian: 'big'"],
      pci: ["root: 'pci-root'"],
      lacks: [
        ...notHere,
        'sleep-states: nothing on the board has a property disable_s3',
        "flash: Property 'g3beige-machine.pflash0' not found",
        'secure-loader: it has no flash',
        ...ofOthers,
        'smbios: Option not supported for this target',
      ],
      untold: firmwareWords,
      board: ['bamboo: one CPU', 'does not start by itself: could not find firmware/kernel file'],
    },
  ],
  ['m68k', { machine: 'virt', has: ['wordSize: 32', "endian: 'big'"], pci: undefined }],
  ['hppa', { machine: 'hppa', has: [], pci: ["root: 'pci-root'", "rootBus: 'pci'"] }],
  ['xtensa', { machine: 'virt', has: ["endian: 'little'"], pci: ["rootBus: 'pcie.0'"] }],
  ['or1k', { machine: 'virt', has: ["endian: 'big'"], pci: ["root: 'pci-root'"] }],
  [
    'sparc64',
    {
      machine: 'sun4u',
      has: ["endian: 'big'"],
      pci: ["rootBus: 'pciB'"],
      // It keeps all but four slots of that bus to itself, and VGA ends QEMU 7.2.
      board: [
        '{ slot: 1, function: 1 },',
        '{ slot: 4, function: 0 },',
        '{ slot: 31, function: 0 },',
      ],
      devices: ['It does not start with these:', '- VGA: it ends by SIGABRT', 'max: 4 }'],
      noDevices: ["driver: 'VGA'", 'vhost-user-fs-pci'],
    },
  ],
  [
    'mips64el',
    {
      machine: 'malta',
      has: ['wordSize: 64', "endian: 'little'"],
      pci: ["rootBus: 'pci'"],
      lacks: [
        ...notHere,
        "flash: Property 'malta-machine.pflash0' not found",
        'secure-loader: it has no flash',
        'own-firmware: QEMU brings nothing that a guest would begin with',
        ...ofOthers,
        'fw-cfg: fw_cfg device not available',
        'smbios: Option not supported for this target',
      ],
      untold: firmwareWords,
      board: [
        "powerManagement: 'PIIX4_PM'",
        "PCI Express (root bus 'pcie2'), 6 IDE, does not start by itself: Please provide either a -kernel or -bios",
      ],
    },
  ],
]

const isHere = (name: string): boolean =>
  ['i386', 'ppc'].includes(name) || existsSync(`/usr/bin/qemu-system-${name}`)

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

  it('of a host that does not tell its byte order has the name that it tells', async () => {
    expect(['mips64el', 'mipsel', 'ppc64le', 'm68k'].map(unameOf)).toEqual([
      ...['mips64', 'mips', 'ppc64le', 'm68k'],
    ])
    const { directory } = await make('both', { guests: ['mips64el', 'mips64'], path: '' })
    expect(readFileSync(join(directory, 'src/host-info.ts'), 'utf8')).toContain(
      "machines: ['mips64'],",
    )
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
      // Comments are broken where the line ends.
      const flat = machine.replaceAll(/\n *\/\/ (?!- )/g, ' ')
      const listed = (head: string): readonly string[] =>
        new RegExp(`${head}.*\\n((?: *// - .*\\n)*)`)
          .exec(machine.replaceAll(/\n *\/\/ (?!- |It could|QEMU [\d.]+ )/g, ' '))?.[1]
          ?.trim()
          .split(/\n? *\/\/ - /)
          .slice(1) ?? []
      if (expected.lacks !== undefined) {
        expect(listed('was asked what this board lacks')).toEqual(expected.lacks)
        const words = expected.lacks.map((one) => `'${one.split(':')[0]}'`)
        expect(machine.replaceAll(/,?\s+/g, ' ')).toContain(
          words.length === 0 ? 'lacks: []' : words.join(' '),
        )
      }
      if (expected.untold !== undefined)
        expect(listed('It could not be found out')).toEqual(expected.untold)
      for (const text of expected.board ?? []) expect(flat).toContain(text)
      const recorded = JSON.parse(read(`test/fixtures/capabilities/qemu-system-${name}.json`)) as {
        target: string
        kvm: unknown
        devices: readonly string[]
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
      const devices = read('src/devices.ts')
      expect(devices).toContain(`  //     virtio: { driver: '${driver}', bus: '${bus}' },`)
      for (const text of expected.devices ?? []) expect(devices).toContain(text)
      for (const text of expected.noDevices ?? []) expect(devices).not.toContain(text)
      // What the emulator has of the rows that hang on no board.
      const has = new Set(recorded.devices)
      const suffix = expected.pci === undefined ? 'device' : 'pci'
      for (const [device, row] of [
        [`virtio-9p-${suffix}`, 'filesystem'],
        [`vhost-user-fs-${suffix}`, 'filesystem'],
        [`vhost-vsock-${suffix}`, 'vsock'],
      ] as const) {
        if (!has.has(device) || expected.noDevices?.includes(device) === true) continue
        expect(devices).toContain(`driver: '${device}'`)
        expect(devices).toContain(`  // ${row}: {`)
      }
      if (devices.includes('  // video: {')) expect(devices).toContain('  // graphics: {')
      // A board whose serial ports were counted offers no more of them.
      expect(devices).toMatch(/'system-serial': \{ bus: 'none'(?:, max: \d+)? \}/)
    },
  )
})
