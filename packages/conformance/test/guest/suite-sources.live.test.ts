import { describe, expect, it } from 'vitest'
import { findEmulator } from '../../src/find-emulator.ts'
import { guestFolder } from '../../src/guest/guest-folder.ts'
import { suiteSources } from '../../src/guest/suite-sources.ts'

describe('packages of another suite', () => {
  const missing = findEmulator(['apt-get']) === undefined
  const title = `come from the machine's own mirror${missing ? ': not run, no apt here' : ''}`
  it.skipIf(missing)(title, async () => {
    expect(await suiteSources('trixie')).toMatch(
      /^deb (\[signed-by=\/[^\]]+\] )?https?:\/\/\S+\/debian\/? trixie main\n$/,
    )
  })

  it('are kept apart from those of the machine’s own', () => {
    const recipe = { debianArch: 'riscv64', kernelPackage: 'linux-image-riscv64' }
    expect(guestFolder(recipe, '/cache')).toBe('/cache/riscv64')
    expect(guestFolder({ ...recipe, suite: 'trixie' }, '/cache')).toBe('/cache/riscv64-trixie')
  })
})
