import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHypervisor } from '@polyvirt/core'
import { createRegistry } from '@polyvirt/core/arch'
import { expect, it, onTestFinished } from 'vitest'
import { createDemoRoot, removeLeftovers } from './demo-root.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'polyvirt-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const open = (root: string) =>
  openHypervisor(`qemu:///embed?root=${encodeURIComponent(root)}`, { registry: createRegistry([]) })

it('removes the roots of demos that are gone, and nobody else’s', async () => {
  const parent = await temporaryDirectory()
  const own = await createDemoRoot(parent)
  const gone = spawnSync('true').pid
  await mkdir(join(parent, `polyvirt-demo-${gone}-abc`))
  await mkdir(join(parent, 'polyvirt-demo-of-mine'))
  await mkdir(join(parent, 'other'))
  await removeLeftovers(open, parent)
  expect((await readdir(parent)).map((name) => join(parent, name)).toSorted()).toEqual(
    [own, join(parent, 'other'), join(parent, 'polyvirt-demo-of-mine')].toSorted(),
  )
})
