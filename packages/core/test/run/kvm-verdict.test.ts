import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { EmulatorIdentity } from '../../src/run/emulator-identity.ts'
import { tryKvmOnce } from '../../src/run/kvm-verdict.ts'
import type { ProbedKvm } from '../../src/run/qemu-capabilities.ts'
import { tempDir } from '../support/temp-dir.ts'

const identity: EmulatorIdentity = {
  path: '/usr/bin/qemu-system-a',
  device: '1',
  inode: '2',
  size: '3',
  mtimeNs: '4',
  modules: {},
  uid: 0,
  gid: 0,
  launcher: [],
  kvmMachine: '',
  kernel: '6.1',
  bootId: 'one',
  kvm: { present: true, rdev: 2792, mode: 0o20666, uid: 0, gid: 0 },
  kvmModules: { kvm: 'nested=Y' },
}
const other = { ...identity, path: '/usr/bin/qemu-system-b', inode: '9' }

const broken: ProbedKvm = { present: true, usable: false, reason: 'the vCPU died' }
const working: ProbedKvm = { present: true, usable: true, cpus: [{ name: 'host' }] }

/** A trial that counts how often it is made. */
function trial(answer: ProbedKvm): { run(): Promise<ProbedKvm>; readonly count: number } {
  let count = 0
  return {
    run: async () => {
      count++
      return answer
    },
    get count() {
      return count
    },
  }
}

describe('a trial of KVM', () => {
  test('that failed stands for every emulator, with its reason and when it was made', async () => {
    const dir = tempDir()
    const first = trial(broken)
    const before = Date.now()
    const answer = await tryKvmOnce(identity, dir, first.run)
    expect(answer).toMatchObject(broken)
    expect(answer.sinceMs).toBeGreaterThanOrEqual(before)
    const second = trial(working)
    expect(await tryKvmOnce(other, dir, second.run)).toEqual(answer)
    expect(second.count).toBe(0)
  })

  test('that fails while another emulator asks is made once', async () => {
    const one = trial(broken)
    const answers = await Promise.all([
      tryKvmOnce(identity, undefined, one.run),
      tryKvmOnce(other, undefined, one.run),
    ])
    expect(one.count).toBe(1)
    expect(answers.map(({ reason }) => reason)).toEqual([broken.reason, broken.reason])
  })

  test('that worked is made for each emulator, for its CPU models', async () => {
    const dir = tempDir()
    const one = trial(working)
    for (const which of [identity, other])
      expect(await tryKvmOnce(which, dir, one.run)).toEqual(working)
    expect(one.count).toBe(2)
    expect(readdirSync(dir)).toEqual([])
  })

  test.each<[string, Partial<EmulatorIdentity>]>([
    ['the kernel', { kernel: '6.2' }],
    ['a parameter of a module', { kvmModules: { kvm: 'nested=N' } }],
    ['the boot', { bootId: 'two' }],
    ['the user', { uid: 1000 }],
    [
      'the device',
      { kvm: { ...identity.kvm, present: true, rdev: 2792, mode: 0, uid: 0, gid: 0 } },
    ],
  ])('is made again after a change of %s', async (_, change) => {
    const dir = tempDir()
    await tryKvmOnce(identity, dir, trial(broken).run)
    const again = trial(working)
    expect(await tryKvmOnce({ ...identity, ...change }, dir, again.run)).toEqual(working)
    expect(again.count).toBe(1)
  })

  test.each<[string, EmulatorIdentity['kvm']]>([
    ['is not there', { present: false }],
    [
      'may not be opened',
      { present: true, rdev: 1, mode: 0o600, uid: 0, gid: 0, openError: 'EACCES' },
    ],
  ])('of a device that %s is never remembered: looking costs nothing', async (_, kvm) => {
    const dir = tempDir()
    const one = trial(broken)
    for (let i = 0; i < 2; i++) await tryKvmOnce({ ...identity, kvm }, dir, one.run)
    expect(one.count).toBe(2)
    expect(readdirSync(dir)).toEqual([])
  })
})
