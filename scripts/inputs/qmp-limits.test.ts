import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { otherPeers } from './cases/qmp.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import { failure } from './support/failure.ts'

import { identify, isAlive } from './support/rooms.ts'
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
describe.concurrent('Q: limits', () => {
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
      // A second change is told at once who holds the domain; questions are answered.
      await until(
        () => failure(bed.hypervisor.domainResume('drops')),
        (error) => error !== undefined,
      )
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
