import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { disk, rng } from './cases/devices.ts'
import { killedVerbs, otherKills } from './cases/kills.ts'
import type { KilledVerb } from './cases/kills.ts'
import { compiled } from './support/compiled.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { isAlive } from './support/rooms.ts'
import { cliCommand, openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'
import { until } from './support/until.ts'

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed()
}, 60_000)
afterEach(clean, 60_000)
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(otherKills, id))
const there = (): string => `qemu:///embed?root=${bed.file('there')}`
const uuid = '<uuid>11111111-2222-4333-8444-555555555555</uuid>'

async function clean(): Promise<void> {
  await bed.hypervisor.domainDestroy('guest').catch(() => undefined)
  await bed.hypervisor
    .domainUndefine('guest', { managedSave: true, snapshotsMetadata: true })
    .catch(() => undefined)
  for (const { identity } of bed.processes()) process.kill(identity.pid, 'SIGKILL')
  for (const name of ['there', 'copy.img', 'over.q'])
    rmSync(bed.file(name), { recursive: true, force: true })
}

function files(hasDisk: boolean): Readonly<Record<string, string>> {
  const image = bed.file('disk.img')
  writeFileSync(image, Buffer.alloc(1024 * 1024), { mode: 0o600 })
  const devices = hasDisk ? disk(image) : ''
  const overlay = `<disk name='vda' snapshot='external'><source file='${bed.file('over.q')}'/></disk>`
  return {
    // ACPI, for hotplug.
    'guest.xml': guestXml({ uuid, devices, more: '<features><acpi/></features>' }),
    'changed.xml': guestXml({ uuid, devices, more: '<title>changed</title>' }),
    'rng.xml': rng(''),
    'snapshot.xml': `<domainsnapshot><name>s</name><disks>${overlay}</disks></domainsnapshot>`,
  }
}

/** Runs it in a process that is killed after so many writes; whether it came to the end. */
function killed(row: KilledVerb, writes: number): Promise<'done' | 'killed' | 'refused'> {
  const texts = files(row.disk === true)
  const words = row.call.map((word) => {
    if (word === '@@there') return there()
    if (word.startsWith('@@')) return bed.file(word.slice(2))
    return word.startsWith('@') ? (texts[word.slice(1)] ?? '') : word
  })
  const program = new URL('support/kill-child.ts', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    ['--conditions=@polyvirt/source', program, bed.uri, String(writes), ...words],
    { stdio: 'ignore', env: compiled },
  )
  return new Promise((resolve) =>
    child.once('exit', (code, signal) =>
      resolve(signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : 'refused'),
    ),
  )
}

/** What the next command finds is consistent: a QEMU for each guest that is shown running, and none else. */
async function expectConsistent(): Promise<void> {
  const listed = await bed.hypervisor.connectListAllDomains()
  await using other = await openThere()
  const elsewhere = (await other?.connectListAllDomains({ active: true })) ?? []
  const active = listed.filter(({ id }) => id !== undefined)
  const alive = await until(
    () => bed.processes().filter(({ identity }) => isAlive(identity)),
    ({ length }) => length === active.length + elsewhere.length,
  )
  expect(alive).toHaveLength(active.length + elsewhere.length)
  const folders = readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))
  expect(folders).toHaveLength(active.length)
  for (const { name } of listed) await bed.hypervisor.domainGetXmlDesc(name)
  const left = readdirSync(bed.dir, { recursive: true, encoding: 'utf8' })
  expect(left.filter((name) => /\.(?:new|tmp|part)$/.test(name))).toEqual([])
}

async function openThere(): Promise<Testbed['hypervisor'] | undefined> {
  if (!existsSync(bed.file('there'))) return undefined
  const { openHypervisor } = await import('@polyvirt/core')
  const { registry } = await import('./support/testbed.ts')
  return openHypervisor(there(), { registry })
}

/** After the first write, which takes the domain, and in the middle: the fault plan has every point. */
const points = [1, 3] as const

describe('K: a command that is killed after it wrote something down', () => {
  test.for(titled(killedVerbs))(
    '%s',
    { timeout: 60_000 },
    heldRow(async (row) => {
      for (const point of points) {
        await clean()
        if (row.before !== 'nothing')
          await bed.hypervisor.domainDefineXml(files(row.disk === true)['guest.xml'] ?? '')
        if (row.before === 'running') await bed.hypervisor.domainCreate('guest')
        const ended = await killed(row, point)
        expect(ended, `${row.what}, point ${point}`).not.toBe('refused')
        await expectConsistent()
        if (ended === 'done') return
      }
    }),
  )

  test(
    title('K-11'),
    held(async () => {
      await bed.hypervisor.domainDefineXml(guestXml({ uuid }))
      await bed.hypervisor.domainCreate('guest')
      const [program, ...words] = cliCommand(['-c', bed.uri, 'supervise'])
      for (let round = 0; round < 2; round++) {
        const child = spawn(program, words, { stdio: 'ignore' })
        await new Promise((resolve) => setTimeout(resolve, 700))
        child.kill('SIGKILL')
        await new Promise((resolve) => child.once('exit', resolve))
        expect(await bed.hypervisor.domainGetState('guest')).toMatchObject({ state: 'running' })
      }
      await expectConsistent()
    }),
  )

  test(
    title('K-12'),
    held(async () => {
      await bed.hypervisor.connectExplainXml(guestXml())
      const dir = `${bed.dir}/cache/capabilities`
      for (const name of readdirSync(dir)) {
        const whole = readFileSync(`${dir}/${name}`)
        for (const bytes of [0, 1, whole.length >> 1, whole.length - 1]) {
          writeFileSync(`${dir}/${name}`, whole.subarray(0, bytes), { mode: 0o600 })
          await using fresh = await bed.open()
          expect((await fresh.connectExplainXml(guestXml())).name).toBe('guest')
        }
      }
    }),
  )
})
