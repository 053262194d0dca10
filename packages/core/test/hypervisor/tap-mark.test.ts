import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tapMarks } from '../../src/hypervisor/tap-mark.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot } from '../support/hypervisor.ts'

function makeTap(): string {
  const name = `mrk${process.pid % 1_000_000}`
  execFileSync('ip', ['tuntap', 'add', 'dev', name, 'mode', 'tap'])
  onTestFinished(() => {
    if (existsSync(`/sys/class/net/${name}`)) execFileSync('ip', ['link', 'del', 'dev', name])
  })
  return name
}

test.each([
  ['goes when somebody looks', (mark: string) => mark, false],
  // A mark of which another is left: the kernel gives each tap an address of its own.
  [
    'is left where it is another',
    (mark: string) => mark.replace(/=.*/, '=02:00:00:00:00:01'),
    true,
  ],
])('a tap that could not be removed %s', async (_, marked, stays) => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.connectListAllDomains()
  const tap = makeTap()
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  store.addLeftovers(tapMarks([tap]).map(marked))
  await hypervisor.connectListAllDomains()
  expect(existsSync(`/sys/class/net/${tap}`)).toBe(stays)
  expect(store.leftovers()).toEqual([])
})
