import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { otherAgents } from './cases/agent.ts'
import { otherPeers } from './cases/qmp.ts'
import { otherStreams } from './cases/streams.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import { failure } from './support/failure.ts'
import { openOddAgent } from './support/odd-agent.ts'
import type { OddAgent } from './support/odd-agent.ts'
import { expectHarmless } from './support/refusal.ts'
import { identify, isAlive } from './support/rooms.ts'
import type { FoundProcess } from './support/rooms.ts'
import { openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'
import { until } from './support/until.ts'

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed()
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(otherPeers, id))

// These wait for the product's own limits, so they wait together.
describe.concurrent('Limits', () => {
  test(
    `${title('Q-01')}: and is given up by itself after 30 s`,
    { timeout: 60_000 },
    held(async () => {
      const mute = await defineOddGuest(bed, 'mute')
      mute.behave({ greet: null })
      const begin = performance.now()
      expect(await failure(bed.hypervisor.domainCreate('mute'))).toMatchObject({
        code: 'ERR_OPERATION_TIMEOUT',
        message: expect.stringContaining(
          `domain 'mute': the QEMU monitor sent no greeting within 30 s`,
        ),
      })
      expect(performance.now() - begin).toBeLessThan(45_000)
      expect(await bed.hypervisor.domainGetState('mute')).toMatchObject({ reason: 'failed' })
    }),
  )

  test(
    `${title('Q-24')}: that one fails at 10 s`,
    { timeout: 40_000 },
    held(async () => {
      const drops = await defineOddGuest(bed, 'drops')
      await bed.hypervisor.domainCreate('drops')
      drops.behave({ answers: { stop: { silent: true } } })
      const stuck = failure(bed.hypervisor.domainSuspend('drops'))
      await until(
        () => bed.hypervisor.domainGetJobInfo('drops'),
        (job) => job?.kind === 'suspend',
      )
      // A second change is told at once who holds the domain; questions are answered.
      expect(await failure(bed.hypervisor.domainResume('drops'))).toMatchObject({
        code: 'ERR_RESOURCE_BUSY',
        message: expect.stringContaining(`does 'suspend'`),
      })
      expect(await bed.hypervisor.domainGetState('drops')).toMatchObject({ state: 'running' })
      expect(await stuck).toMatchObject({
        code: 'ERR_OPERATION_TIMEOUT',
        message: expect.stringContaining(`domain 'drops': QEMU did not answer 'stop' within 10 s`),
      })
      drops.behave({})
      await bed.hypervisor.domainSuspend('drops')
      await bed.hypervisor.domainDestroy('drops')
    }),
  )

  test(
    title('Q-27'),
    { timeout: 40_000 },
    held(async () => {
      const deaf = await defineOddGuest(bed, 'deaf')
      deaf.behave({ deaf: true })
      await bed.hypervisor.domainCreate('deaf')
      const pid = deaf.pid()
      expect(await failure(bed.hypervisor.domainDestroy('deaf', { graceful: true }))).toMatchObject(
        {
          code: expect.stringMatching(/^ERR_OPERATION/),
          message: expect.stringContaining('did not end within'),
        },
      )
      expect(identify(pid)).toBeDefined()
      await bed.hypervisor.domainDestroy('deaf')
      expect(identify(pid)).toBeUndefined()
      expect(await bed.hypervisor.domainGetState('deaf')).toMatchObject({ state: 'shut off' })
    }),
  )

  test(
    title('Q-28'),
    { timeout: 40_000 },
    held(async () => {
      const guest = await startReal('held')
      const other = await greeted(guest.monitor)
      expect(await failure(bed.hypervisor.domainSuspend('held'))).toMatchObject({
        message: expect.stringMatching(/no greeting within .* s; it is in use by another program/),
      })
      expect(await bed.hypervisor.domainGetState('held')).toMatchObject({ state: 'running' })
      other.destroy()
      await bed.hypervisor.domainSuspend('held')
      await bed.hypervisor.domainDestroy('held')
    }),
  )

  test(
    title('Q-25'),
    { timeout: 40_000 },
    held(async () => {
      const guest = await startReal('gone')
      rmSync(guest.monitor)
      expect(await bed.hypervisor.domainGetState('gone')).toMatchObject({ state: 'running' })
      const error = await failure(bed.hypervisor.domainSuspend('gone'))
      expect(error).toMatchObject({ message: expect.stringContaining('the socket does not exist') })
      expect(isAlive(guest.identity)).toBe(true)
      await bed.hypervisor.domainDestroy('gone')
      expect(isAlive(guest.identity)).toBe(false)
    }),
  )

  test(
    title('Q-26'),
    { timeout: 60_000 },
    held(async () => {
      const guest = await startReal('still')
      process.kill(guest.identity.pid, 'SIGSTOP')
      const begin = performance.now()
      expect(await bed.hypervisor.domainGetState('still')).toMatchObject({ state: 'running' })
      expect((await bed.cli(['list', '--all'])).code).toBe(0)
      expect(performance.now() - begin).toBeLessThan(8000)
      expect(await failure(bed.hypervisor.domainSuspend('still'))).toMatchObject({
        code: 'ERR_OPERATION_TIMEOUT',
        message: expect.stringContaining(`domain 'still'`),
      })
      await bed.hypervisor.domainDestroy('still')
      expect(isAlive(guest.identity)).toBe(false)
    }),
  )

  test(
    `${titleOf(byId(otherAgents, 'G-03'))}: by default for 5 s, as long as libvirt waits`,
    { timeout: 40_000 },
    held(async () => {
      await using guest = await openAgentGuest('silent')
      let called = false
      guest.agent.behave(() => (called = true))
      const begin = performance.now()
      const asked = failure(bed.hypervisor.domainGetGuestInfo('silent'))
      // A guest that is paused is not asked at all.
      await until(
        () => called,
        (isCalled) => isCalled,
      )
      await expectUnaffected('silent')
      const error = await asked
      expect(error).toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
      expect((error as Error).message).toContain('within 5 s')
      expect(performance.now() - begin).toBeLessThan(15_000)
    }),
  )

  test(
    titleOf(byId(otherAgents, 'G-18')),
    { timeout: 40_000 },
    held(async () => {
      await using guest = await openAgentGuest('frozen')
      guest.agent.behave(({ execute }, socket) => {
        if (execute !== 'guest-fsfreeze-freeze') return false
        socket.destroy()
        return true
      })
      const error = await failure(bed.hypervisor.domainFsFreeze('frozen', { timeoutMs: 200 }))
      expect(error).toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
      expect((error as Error).message).toContain('may still be frozen')
      expect(guest.agent.heard).toContain('guest-fsfreeze-thaw')
      await expectUnaffected('frozen')
    }),
  )

  test(
    titleOf(byId(otherStreams, 'Z-09')),
    { timeout: 40_000 },
    held(async () => {
      const { hypervisor } = bed
      await hypervisor.domainDefineXml(guestXml({ name: '<name>moving</name>' }))
      await hypervisor.domainCreate('moving')
      const destination = `qemu:///embed?root=${bed.file('there')}`
      const controller = new AbortController()
      const moving = failure(
        hypervisor.domainMigrate('moving', destination, {
          live: true,
          bandwidthBytes: 1,
          signal: controller.signal,
        }),
      )
      const thereProcesses = (): readonly FoundProcess[] =>
        bed.processes().filter(({ cmdline }) => cmdline.some((word) => word.includes('/there/')))
      const [there] = await until(thereProcesses, ({ length }) => length > 0)
      process.kill(there?.identity.pid ?? 0, 'SIGSTOP')
      await until(
        () => hypervisor.domainGetJobInfo('moving'),
        (job) => job?.progress !== undefined,
      )
      controller.abort()
      const error = await moving
      expect(error).toBeInstanceOf(Error)
      expectHarmless((error as Error).message)
      await until(
        () => hypervisor.domainGetState('moving'),
        ({ state }) => state === 'running',
      )
      expect(await hypervisor.domainGetState('moving')).toMatchObject({ state: 'running' })
      await hypervisor.domainDestroy('moving')
      expect(thereProcesses()).toEqual([])
    }),
  )
})

interface RealGuest {
  readonly identity: NonNullable<ReturnType<typeof identify>>
  readonly monitor: string
}

async function startReal(name: string): Promise<RealGuest> {
  await bed.hypervisor.domainDefineXml(guestXml({ name: `<name>${name}</name>` }))
  const { id } = await bed.hypervisor.domainCreate(name)
  const { pid = 0 } = await bed.hypervisor.domainGetInfo(name)
  const identity = identify(pid)
  if (identity === undefined) throw new Error(`${name} does not run`)
  return { identity, monitor: `${bed.dir}/run/domain-${id}-${name}/monitor.sock` }
}

/** A client that QEMU has greeted, and who keeps the line. */
function greeted(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', reject)
    socket.once('data', () => resolve(socket))
  })
}

interface AgentGuest extends AsyncDisposable {
  readonly agent: OddAgent
}

/** A guest that runs, and its agent, which does what the test says. */
async function openAgentGuest(name: string): Promise<AgentGuest> {
  const path = bed.file(`${name}.sock`)
  const channel = `<channel type='unix'><source mode='bind' path='${path}'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
  await defineOddGuest(bed, name, channel)
  await bed.hypervisor.domainCreate(name)
  const agent = await openOddAgent(path)
  return { agent, [Symbol.asyncDispose]: () => agent.close() }
}

/** The guest is managed as ever, whatever its agent does. */
async function expectUnaffected(name: string): Promise<void> {
  await bed.hypervisor.domainSuspend(name)
  await bed.hypervisor.domainResume(name)
}
