import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { GuestImage } from '../../src/guest/guest-image.ts'
import { buildProductDisk } from '../../src/nested/product-disk.ts'

const folder = mkdtempSync(join(tmpdir(), 'pv-product-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a package that is not built is not installed anywhere: the error says what to do', async () => {
  const bare = join(folder, 'bare')
  mkdirSync(bare)
  writeFileSync(join(bare, 'package.json'), JSON.stringify({ name: 'bare', files: ['dist'] }))
  const options = {
    packages: [bare],
    image: {} as GuestImage,
    folder,
    signal: new AbortController().signal,
    progress: () => undefined,
  }
  await expect(buildProductDisk(options)).rejects.toThrow(
    'bare has no dist: build the checkout first (pnpm build)',
  )
})
