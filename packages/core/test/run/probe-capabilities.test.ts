import { spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { identifyEmulator } from '../../src/run/emulator-identity.ts'
import { lookAtKvmDevice, probeKvm } from '../../src/run/kvm-status.ts'
import type { KvmDevice } from '../../src/run/kvm-status.ts'
import { probeCapabilities } from '../../src/run/probe-capabilities.ts'
import { sweepProbes } from '../../src/run/sweep-probes.ts'
import { findProcesses } from '../../src/run/process-identity.ts'
import { findEmulator } from '../support/emulators.ts'
import { tempDir } from '../support/temp-dir.ts'

const fakeQemu = new URL('../support/fake-qemu.mjs', import.meta.url).pathname

/** A wrapper that counts its starts, for telling a probe from a cached answer. */
function counted(dir: string, name = 'qemu-system-x86_64'): { emulator: string; starts(): number } {
  const emulator = join(dir, name)
  const log = join(dir, 'starts')
  writeFileSync(log, '')
  writeFileSync(emulator, `#!/bin/sh\necho >> '${log}'\nexec ${findEmulator(name)} "$@"\n`)
  chmodSync(emulator, 0o755)
  return { emulator, starts: () => readFileSync(log, 'utf8').length }
}

/** Cached answers of emulators; what is known of KVM stands beside them. */
function answersIn(dir: string): readonly string[] {
  return readdirSync(dir).filter((name) => name !== 'kvm.json')
}

function nothingLeft(workDir: string): void {
  expect(readdirSync(workDir)).toEqual([])
  expect(findProcesses((cmdline) => cmdline.some((arg) => arg.includes(workDir)))).toEqual([])
}

describe('probing', () => {
  test.each([
    ['qemu-system-x86_64', 'x86_64', 'q35', 'pc-q35-7.2', 'ICH9-LPC'],
    ['qemu-system-ppc64', 'ppc64', 'pseries', 'pseries-7.2', 'spapr-rng'],
  ])('%s says what it can do', async (name, target, alias, machine, device) => {
    const workDir = tempDir()
    const emulator = findEmulator(name)
    const { capabilities, cached } = await probeCapabilities({
      emulator,
      workDir,
      machines: [alias],
      devices: [device],
    })
    expect(cached).toBe(false)
    expect(capabilities).toMatchObject({ version: { major: 7, minor: 2 }, target })
    expect(capabilities.version.package).toContain('Debian')
    expect(capabilities.machines.find((one) => one.alias === alias)).toMatchObject({
      name: machine,
      defaultRamId: expect.any(String) as string,
      isDefault: target === 'ppc64',
    })
    expect(Object.keys(capabilities.machineProperties)).toEqual([machine])
    expect(capabilities.machineProperties[machine]).toContain('kernel')
    expect(
      capabilities.cpus.find((cpu) => cpu.name === 'max' || cpu.name === 'power9'),
    ).toBeDefined()
    expect(capabilities.devices).toContain('virtio-blk-pci')
    expect(capabilities.devices).toEqual(capabilities.devices.toSorted())
    expect(capabilities.devices).not.toContain('pci-device')
    expect(capabilities.objects).toContain('memory-backend-memfd')
    expect(capabilities.accelerators).toContain('tcg')
    expect(Object.keys(capabilities.deviceProperties)).toEqual([device])
    expect(capabilities.widestCpu?.qemu?.['vmx-apicv-xapic']).toBe(
      target === 'x86_64' ? false : undefined,
    )
    expect(capabilities.commandLineOptions).toContain('overcommit')
    expect(capabilities.commands).toContain('query-status')
    expect(structuredClone(JSON.parse(JSON.stringify(capabilities)))).toEqual(capabilities)
    nothingLeft(workDir)
  })

  test('is done once; then the answer is kept, 0600, until what it depends on changes', async () => {
    const dir = tempDir()
    const { emulator, starts } = counted(dir)
    const options = { emulator, workDir: join(dir, 'w'), cacheDir: join(dir, 'c') }
    const first = await probeCapabilities(options)
    const once = starts()
    expect(once).toBeLessThanOrEqual(2)
    const second = await probeCapabilities(options)
    expect(second).toEqual({ ...first, cached: true })
    expect(starts()).toBe(once)
    const [file] = answersIn(options.cacheDir)
    expect(statSync(join(options.cacheDir, file ?? '')).mode & 0o777).toBe(0o600)

    utimesSync(emulator, 1, 1)
    expect((await probeCapabilities(options)).cached).toBe(false)
    expect((await probeCapabilities(options)).cached).toBe(true)
    appendFileSync(emulator, '\n')
    expect((await probeCapabilities(options)).cached).toBe(false)
    const asked = await probeCapabilities({ ...options, machines: ['pc', 'q35'] })
    expect(asked.cached).toBe(false)
    expect(Object.keys(asked.capabilities.machineProperties)).toHaveLength(2)
    for (const machines of [['pc'], ['q35'], []]) {
      expect((await probeCapabilities({ ...options, machines })).cached).toBe(true)
    }
    expect((await probeCapabilities({ ...options, kvmMachine: 'pc' })).cached).toBe(false)
  })

  test.each<[string, (file: string) => void]>([
    ['truncated', (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 1000))],
    ['empty', (file) => writeFileSync(file, '')],
    ['of another format', (file) => edit(file, (entry) => (entry['format'] = 0))],
    ['of another user', (file) => edit(file, (entry) => (entry['identity']['uid'] = 12345))],
    ['of another boot', (file) => edit(file, (entry) => (entry['identity']['bootId'] = 'x'))],
    ['of another KVM', (file) => edit(file, (entry) => (entry['identity']['kvm'] = { mode: 1 }))],
    ['damaged', (file) => edit(file, (entry) => (entry['capabilities']['machines'] = [{}]))],
    [
      'damaged within',
      (file) => edit(file, (e) => (e['capabilities']['deviceProperties'] = { a: 1 })),
    ],
    ['without questions', (file) => edit(file, (entry) => delete entry['questions'])],
    ['a directory', (file) => rmSync(file)],
  ])('F-16 K-12 a cache entry that is %s is probed again and replaced', async (_, spoil) => {
    const dir = tempDir()
    const emulator = findEmulator('qemu-system-ppc64')
    const options = { emulator, workDir: join(dir, 'w'), cacheDir: join(dir, 'c') }
    const first = await probeCapabilities(options)
    spoil(join(options.cacheDir, answersIn(options.cacheDir)[0] ?? ''))
    const again = await probeCapabilities(options)
    expect(again).toEqual({ ...first, cached: false })
    expect((await probeCapabilities(options)).cached).toBe(true)
  })

  test('F-16 a cache that cannot be used at all costs only time', async () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'file'), '')
    const emulator = findEmulator('qemu-system-ppc64')
    for (const cacheDir of [join(dir, 'file'), join(dir, 'file', 'below')]) {
      expect(
        (await probeCapabilities({ emulator, workDir: join(dir, 'w'), cacheDir })).cached,
      ).toBe(false)
    }
  })

  test('an emulator that is none fails with its words, in time, and leaves nothing', async () => {
    const workDir = tempDir()
    const emulator = join(tempDir(), 'qemu-broken')
    copyFileSync(fakeQemu, emulator)
    const launcher = (modes: string): readonly [string, ...string[]] => [
      '/usr/bin/env',
      `FAKE_QEMU=${modes}`,
      `PATH=${process.env['PATH']}`,
    ]
    const probe = (modes: string, timeoutMs: number): Promise<unknown> =>
      probeCapabilities({ emulator, workDir, timeoutMs, launcher: launcher(modes) })
    await expect(probe('exit=2,words=cannot do', 5000)).rejects.toThrow(
      /process exited with status 2: .*cannot do/,
    )
    await expect(probe('no-listen', 1000)).rejects.toThrow(/sent no greeting within 1 s/)
    await expect(probe('mute,deaf', 2000)).rejects.toThrow(/sent no greeting within 2 s/)
    await expect(probe('', 5000)).rejects.toThrow(/'query-target'/)
    nothingLeft(workDir)
  })

  test('a probe whose program was killed is swept up, a live one is not', async () => {
    const dir = tempDir()
    const workDir = join(dir, 'w')
    const module = new URL('../../src/run/probe-session.ts', import.meta.url).href
    const emulator = findEmulator('qemu-system-ppc64')
    const script = `
      import { withProbe } from ${JSON.stringify(module)}
      await withProbe(${JSON.stringify({ emulator, workDir })}, ['-machine', 'none'], async () => {
        process.stdout.write('ready')
        await new Promise((resolve) => setTimeout(resolve, 60_000))
      })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ours = (): number =>
      findProcesses((cmdline) => cmdline[0] === emulator && cmdline.join().includes(workDir)).length
    await sweepProbes(workDir)
    expect(ours()).toBe(1)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    expect(ours()).toBe(1)
    await sweepProbes(workDir)
    nothingLeft(workDir)
  })
})

describe('KVM', () => {
  const known = {
    accelerators: ['kvm', 'tcg'],
    machines: [],
    cpus: [],
  }
  const openable: KvmDevice = { present: true, rdev: 1, mode: 0o660, uid: 0, gid: 0 }

  test.each<[string, Partial<typeof known>, KvmDevice, object]>([
    [
      'M-04 without the device',
      {},
      { present: false },
      { present: false, reason: '/dev/kvm does not exist: the kernel offers no KVM here' },
    ],
    [
      'M-05 without permission',
      {},
      { ...openable, openError: 'EACCES' },
      {
        present: true,
        reason: expect.stringMatching(/uid \d+ may not open \/dev\/kvm \(EACCES\)/),
      },
    ],
    [
      'without support in the emulator',
      { accelerators: ['tcg'] },
      openable,
      { present: false, reason: 'this emulator is built without KVM' },
    ],
  ])('%s is not usable, and no guest is tried', async (_, differs, device, expected) => {
    const dir = tempDir()
    const { emulator, starts } = counted(dir)
    const status = await probeKvm(
      { emulator, workDir: join(dir, 'w') },
      { ...known, ...differs },
      device,
    )
    expect(status).toMatchObject({ usable: false, ...expected })
    expect(starts()).toBe(0)
  })

  test.each([
    [
      'ioctl(KVM_CREATE_VM) failed: 16',
      /^\/dev\/kvm is there, but a trial guest failed: .*KVM_CREATE_VM\) failed: 16/,
    ],
    [
      'Could not access KVM kernel module: Permission denied',
      /^the user that QEMU runs as may not open \/dev\/kvm \(0600, of uid 0 and gid 0\): give it to a group/,
    ],
  ])('M-06 a trial guest that dies tells why: %s', async (words, reason) => {
    const status = await probeKvm(
      {
        emulator: fakeQemu,
        workDir: tempDir(),
        launcher: [
          '/usr/bin/env',
          `FAKE_QEMU=exit=1,words=${words}`,
          `PATH=${process.env['PATH']}`,
        ],
      },
      known,
      { ...openable, mode: 0o20_600, uid: 0, gid: 0 },
    )
    expect(status).toMatchObject({
      present: true,
      usable: false,
      reason: expect.stringMatching(reason),
    })
  })

  test.each([
    ['', { usable: true, cpus: [{ name: 'max', typename: 'max-cpu' }] }],
    ['frozen', { usable: false, reason: expect.stringContaining('execute anything within 2 s') }],
    [
      'status=internal-error',
      { usable: false, reason: expect.stringContaining("QEMU's state is 'internal-error'") },
    ],
    ['die-on-cont', { usable: false, reason: expect.stringContaining('with status 7') }],
  ])('M-06 a vCPU is believed when it moves and goes on: %j', async (modes, expected) => {
    const machine = { name: 'm', cpuMax: 1, isDefault: true, deprecated: false }
    const status = await probeKvm(
      {
        emulator: fakeQemu,
        workDir: tempDir(),
        launcher: ['/usr/bin/env', `FAKE_QEMU=${modes}`, `PATH=${process.env['PATH']}`],
      },
      {
        ...known,
        machines: [{ ...machine, hotpluggableCpus: false, numaMemSupported: false }],
      },
      openable,
    )
    expect(status).toMatchObject({ present: true, ...expected })
  })

  test('the answer of this machine is yes, or no with a reason', async () => {
    const emulator = findEmulator('qemu-system-x86_64')
    const workDir = tempDir()
    const { capabilities } = await probeCapabilities({ emulator, workDir })
    const { present, usable, reason, cpus } = capabilities.kvm
    expect(present).toBe(existsSync('/dev/kvm'))
    expect(usable ? cpus?.length : reason?.length).toBeGreaterThan(0)
    nothingLeft(workDir)
  }, 30_000)

  test('the identity of an emulator holds who asked, and which device', () => {
    const identity = identifyEmulator(findEmulator('qemu-system-x86_64'))
    expect(identity).toMatchObject({ uid: process.geteuid?.(), kvm: lookAtKvmDevice() })
  })
})

// eslint-disable-next-line typescript/no-explicit-any -- a test that spoils a file needs no types
function edit(file: string, change: (entry: any) => void): void {
  const entry: unknown = JSON.parse(readFileSync(file, 'utf8'))
  change(entry)
  writeFileSync(file, JSON.stringify(entry))
}
