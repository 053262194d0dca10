import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DebianArchive } from '../../src/guest/debian-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'archive-'))
const sha256 = '0'.repeat(64)
const packages = `Package: libglib2.0-0t64
Version: 2.84.4-3
Architecture: riscv64
Provides: libgmodule-2.0-0
Filename: ./libglib2.0-0t64.deb
Size: 1
SHA256: ${sha256}
`

describe('an archive of packages', () => {
  const archive = new DebianArchive({
    debianArch: 'riscv64',
    directory: join(folder, 'apt'),
    sourcesFile: join(folder, 'sources.list'),
  })

  beforeAll(async () => {
    writeFileSync(join(folder, 'Packages'), packages)
    writeFileSync(join(folder, 'sources.list'), `deb [trusted=yes] file:${folder} ./\n`)
    await archive.open({ update: true })
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('says what it has of a package', async () => {
    expect(await archive.find('libglib2.0-0t64')).toEqual({
      ...{ name: 'libglib2.0-0t64', version: '2.84.4-3', architecture: 'riscv64' },
      ...{ sha256, bytes: 1 },
    })
  })

  it('has no package of a name that another one only provides', async () => {
    expect(await archive.find('libgmodule-2.0-0')).toBeUndefined()
  })

  it('has no package that nobody has heard of', async () => {
    expect(await archive.find('libnothing0')).toBeUndefined()
  })
})
