import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { receiveStream } from '../../src/hypervisor/saving/stream-to-file.ts'
import { testRoot } from '../support/hypervisor.ts'

test('a socket that QEMU’s user cannot be given is not left, and nobody listens on it', async () => {
  const { dir } = testRoot()
  await using file = await open(join(dir, 'file'), 'w')
  const path = join(dir, 'save.sock')
  const nobody = { name: 'nobody', uid: -2, gid: -2, groups: [] }
  await expect(receiveStream({ path, owner: nobody }, file, 0)).rejects.toThrow('uid')
  expect(existsSync(path)).toBe(false)
})
