import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { guestXml } from '../support/real-arch.ts'
import { runFolders, testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'

/** Starts domain `a` in a process of its own; resolves to what that said and how it ended. */
function startChild(root: TestRoot, death = '-'): Promise<{ said: string; signal: string | null }> {
  const script = join(import.meta.dirname, '../support/start-child.ts')
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--conditions=@polyvirt/source', script, root.uri, 'a', death],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    child.once('error', reject)
    child.once('close', (_, signal) => resolve({ said: said.trim(), signal }))
  })
}

/** What must hold whatever died: a guest that is shown runs and obeys; else nothing is left. */
async function expectOrder(root: TestRoot): Promise<'running' | 'nothing'> {
  // A connection of its own, as the next command would have.
  const hypervisor = await root.open()
  const [domain] = await hypervisor.connectListAllDomains()
  if (domain?.state === 'running' || domain?.state === 'paused') {
    expect(root.guests()).toHaveLength(1)
    expect(runFolders(root)).toHaveLength(1)
    await hypervisor.domainSuspend('a')
    await hypervisor.domainDestroy('a')
    expect(root.guests()).toEqual([])
    expect(runFolders(root)).toEqual([])
    return 'running'
  }
  expect(domain).toMatchObject({ name: 'a', state: 'shut off' })
  expect(root.guests()).toEqual([])
  expect(runFolders(root)).toEqual([])
  return 'nothing'
}

describe('K-04 a start whose process is killed', () => {
  test.each([
    ['plan', 'nothing'],
    ['spawn', 'nothing'],
    ['monitor', 'nothing'],
    ['running', 'running'],
  ])('in the phase %s leaves %s', async (phase, left) => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    expect((await startChild(root, phase)).signal).toBe('SIGKILL')
    expect(await expectOrder(root)).toBe(left)
    expect(await hypervisor.domainCreate('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainDestroy('a')
  })

  test(
    'at any other moment leaves a guest that obeys, or nothing',
    { timeout: 60_000 },
    async () => {
      const root = testRoot()
      const hypervisor = await root.open()
      await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
      const rounds = Number(process.env['POLYVIRT_KILL_ROUNDS'] ?? 4)
      for (let round = 0; round < rounds; round++) {
        await startChild(root, String(Math.floor((400 * (round + Math.random())) / rounds)))
        await expectOrder(root)
      }
    },
  )
})

describe('several at once', () => {
  test(
    'R-03 of eight starts one wins, and the others are told why',
    { timeout: 60_000 },
    async () => {
      const root = testRoot()
      const connections = await Promise.all(Array.from({ length: 8 }, () => root.open()))
      await connections[0]?.domainDefineXml(guestXml({ name: 'a' }))
      const results = await Promise.allSettled(connections.map((one) => one.domainCreate('a')))
      const refused = results.flatMap((one) =>
        one.status === 'rejected' ? [String(one.reason)] : [],
      )
      expect(refused).toHaveLength(7)
      for (const reason of refused) {
        expect(reason).toMatch(
          new RegExp(`held by pid ${process.pid}, which does 'start'|domain is already running`),
        )
      }
      expect(root.guests()).toHaveLength(1)
      const ends = await Promise.allSettled(connections.map((one) => one.domainDestroy('a')))
      expect(ends.some((one) => one.status === 'fulfilled')).toBe(true)
      expect(root.guests()).toEqual([])
      expect(runFolders(root)).toEqual([])
    },
  )

  test('R-03 also of two processes', { timeout: 60_000 }, async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    const said = await Promise.all([startChild(root), startChild(root)])
    expect(said.map((one) => one.said).toSorted()).toEqual([
      expect.stringMatching(/held by pid \d+, which does 'start'|domain is already running/),
      'started',
    ])
    expect(await expectOrder(root)).toBe('running')
  })

  test(
    'R-05 starts, destroys and lists in any order leave no orphan',
    { timeout: 60_000 },
    async () => {
      const root = testRoot()
      const [one, two, three] = [await root.open(), await root.open(), await root.open()]
      await one.domainDefineXml(guestXml({ name: 'a' }))
      for (let round = 0; round < 8; round++) {
        await Promise.allSettled([
          one.domainCreate('a'),
          two.domainDestroy('a'),
          three.connectListAllDomains(),
          two.domainDestroy('a'),
        ])
      }
      await one.domainDestroy('a').catch(() => undefined)
      expect(await one.connectListAllDomains()).toMatchObject([{ state: 'shut off' }])
      expect(root.guests()).toEqual([])
      expect(runFolders(root)).toEqual([])
    },
  )
})
