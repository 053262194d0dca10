import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from './run-in-memory.ts'
import { scratch } from './scratch.ts'

const work = scratch('polyvirt-arch-new-')

let before: string
beforeEach(() => {
  before = process.cwd()
  process.chdir(work.directory)
})
afterEach(() => process.chdir(before))

describe('polyvirt arch new', () => {
  it('makes a package where one stands, and says what comes next', async () => {
    const { code, stdout, stderr } = await run(['arch', 'new', 'ppc'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^Package polyvirt-arch-ppc made in polyvirt-arch-ppc: \d+ files\.\nAsked \/usr\/bin\/qemu-system-ppc \(QEMU /,
    )
    expect(stdout).toMatch(
      / npm test +each failing test says which table to fill, and what to write\n/,
    )
    expect(existsSync('polyvirt-arch-ppc/src/ppc.ts')).toBe(true)
  })

  it('takes guests, a folder, an emulator and a name, and tells programs what it made', async () => {
    const { stdout } = await run([
      ...['--json', 'arch', 'new', 'toy', '--guest', 'toy64,toy32', '--directory', 'there'],
      ...['--emulator', '/usr/bin/qemu-system-ppc', '--package', '@me/arch-toy'],
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      directory: join(process.cwd(), 'there'),
      package: '@me/arch-toy',
      guests: ['toy64', 'toy32'],
      emulator: { path: '/usr/bin/qemu-system-ppc' },
    })
    expect(readdirSync('.')).toEqual(['there'])
  })

  it('says in one sentence what is wrong with a name or a folder, and makes nothing', async () => {
    expect(await run(['arch', 'new', 'M68K'])).toEqual({
      code: 1,
      stdout: '\n',
      stderr:
        "error: Failed to make a package for 'M68K'\n" +
        "error: 'M68K' is no name of an architecture: at most 32 small letters, digits and '_', a letter first, as in 'm68k'\n",
    })
    mkdirSync('polyvirt-arch-toy')
    expect((await run(['arch', 'new', 'toy'])).stderr).toMatch(
      /error: .*polyvirt-arch-toy is there already, and nothing is overwritten; name another with --directory\n/,
    )
    expect((await run(['arch', 'new'])).stderr).toBe(
      "error: command 'arch new' requires <name> option\n",
    )
    expect(readdirSync('.')).toEqual(['polyvirt-arch-toy'])
    expect(readdirSync('polyvirt-arch-toy')).toEqual([])
  })

  it('warns of a guest that another package serves already', async () => {
    const { stderr } = await run([
      'arch',
      'new',
      'mine',
      '--guest',
      's390x',
      '--emulator',
      'qemu-system-ppc',
    ])
    expect(stderr).toBe(
      'warning: @polyvirt/arch-s390x serves s390x already; only one of the two can be installed\n',
    )
  })
})
