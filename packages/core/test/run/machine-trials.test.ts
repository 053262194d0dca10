import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineTrials } from '../../src/run/machine-trials.ts'
import type { MachineTrial } from '../../src/run/machine-trials.ts'
import { findEmulator } from '../support/emulators.ts'
import { tempDir } from '../support/temp-dir.ts'

/** An emulator that counts its starts. */
function counted(dir: string): { readonly emulator: string; starts(): number } {
  const emulator = join(dir, 'qemu-system-counted')
  const log = join(dir, 'starts')
  writeFileSync(log, '')
  const real = findEmulator('qemu-system-ppc64')
  writeFileSync(emulator, `#!/bin/sh\necho >> '${log}'\nexec ${real} "$@"\n`)
  chmodSync(emulator, 0o755)
  return { emulator, starts: () => readFileSync(log, 'utf8').length }
}

function asking(dir: string, emulator: string): (machine: string) => Promise<MachineTrial> {
  return async (machine) => {
    const options = { emulator, workDir: join(dir, 'w'), cacheDir: join(dir, 'c') }
    const tryArguments = await machineTrials(options)
    const properties = ['cap-htm', 'cap-large-decr', 'no-such-property']
    return tryArguments(['-machine', machine, '-accel', 'tcg'], properties)
  }
}

describe('a machine that is tried', () => {
  test('and starts tells those of its properties that it has', async () => {
    const dir = tempDir()
    const trial = await asking(dir, findEmulator('qemu-system-ppc64'))('pseries')
    expect(trial).toEqual({ properties: { 'cap-htm': 'off', 'cap-large-decr': 'on' } })
  })

  test('and does not start tells why, without its warnings and its name', async () => {
    const dir = tempDir()
    const trial = await asking(dir, findEmulator('qemu-system-ppc64'))('pseries,cap-htm=on')
    expect(trial.refused).toMatch(/^No Transactional Memory support in TCG Try appending/)
    expect(trial.refused).not.toMatch(/warning|qemu-system/)
    expect(readdirSync(join(dir, 'w'))).toEqual([])
  })

  test('is tried once; a failure is remembered as well', async () => {
    const dir = tempDir()
    const { emulator, starts } = counted(dir)
    const ask = asking(dir, emulator)
    const first = [await ask('pseries'), await ask('pseries,cap-htm=on')]
    expect(starts()).toBe(2)
    expect([await ask('pseries'), await ask('pseries,cap-htm=on')]).toEqual(first)
    expect(starts()).toBe(2)
  })

  test.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, 100)],
    ['of another boot', (text) => text.replace(/"bootId":"[^"]*"/, '"bootId":"x"')],
    ['of another shape', (text) => text.replace(/"properties":\{[^}]*\}/, '"properties":7')],
  ])('is tried again where what was kept is %s', async (_, spoil) => {
    const dir = tempDir()
    const { emulator, starts } = counted(dir)
    const ask = asking(dir, emulator)
    const first = await ask('pseries')
    const [file = ''] = readdirSync(join(dir, 'c'))
    const path = join(dir, 'c', file)
    writeFileSync(path, spoil(readFileSync(path, 'utf8')))
    expect(await ask('pseries')).toEqual(first)
    expect(starts()).toBe(2)
  })
})
