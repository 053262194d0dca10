import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { oddAnswers, otherAgents } from './cases/agent.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { openOddAgent, reply } from './support/odd-agent.ts'
import type { OddAgent } from './support/odd-agent.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import { failure } from './support/failure.ts'
import { expectHarmless, uncoloured, unsafe } from './support/refusal.ts'
import { openTestbed } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'

let bed: Testbed
let agent: OddAgent
beforeAll(async () => {
  bed = await openTestbed()
  const path = bed.file('agent.sock')
  const channel = `<channel type='unix'><source mode='bind' path='${path}'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
  await defineOddGuest(bed, 'odd', channel)
  await bed.hypervisor.domainCreate('odd')
  agent = await openOddAgent(path)
}, 60_000)
beforeEach(() => agent.behave(() => undefined))
afterAll(async () => {
  await agent.close()
  await bed.dispose()
}, 60_000)

const title = (id: string): string => titleOf(byId(otherAgents, id))
const short = { timeoutMs: 200 }
const unresponsive = { code: 'ERR_AGENT_UNRESPONSIVE' }

/** The guest is managed as ever, whatever its agent does. */
async function expectUnaffected(): Promise<void> {
  await bed.hypervisor.domainSuspend('odd')
  await bed.hypervisor.domainResume('odd')
}

describe('G: an agent that', () => {
  test.for(titled(oddAnswers))(
    '%s',
    heldRow(async (row) => {
      const { command, answer, ask, refused, told } = row
      agent.behave(({ execute }, socket) => {
        if (execute !== command) return false
        const bytes = answer()
        if (bytes.length === 0) socket.destroy()
        else socket.write(bytes)
        return true
      })
      const before = process.memoryUsage().rss
      const asked = bed.hypervisor.domainGetGuestInfo('odd', { types: [ask], timeoutMs: 5000 })
      if (refused === undefined) expect(await asked).toEqual(told)
      else {
        const error = await failure(asked)
        expect(error).toMatchObject({ name: 'DomainError', code: refused.code })
        expect((error as Error).message).toContain(refused.says)
        expectHarmless((error as Error).message)
      }
      // What the answer itself weighs on this end is its own.
      if (bytesOf(answer) < 1_000_000)
        expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
      await expectUnaffected()
    }),
  )

  const bytesOf = (answer: () => string | Uint8Array): number => answer().length

  test(
    title('G-01'),
    held(async () => {
      await bed.hypervisor.domainDefineXml(guestXml({ name: '<name>none</name>' }))
      await bed.hypervisor.domainCreate('none')
      expect(await failure(bed.hypervisor.domainGetGuestInfo('none'))).toMatchObject({
        code: 'ERR_OPERATION_INVALID',
        message: expect.stringContaining('QEMU guest agent is not configured; add <channel'),
      })
      await bed.hypervisor.domainDestroy('none')
    }),
  )

  test(
    title('G-02'),
    held(async () => {
      const channel = `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
      await bed.hypervisor.domainDefineXml(
        guestXml({ name: '<name>closed</name>', devices: channel }),
      )
      await bed.hypervisor.domainCreate('closed')
      const asked = failure(bed.hypervisor.domainGetGuestInfo('closed', short))
      await bed.hypervisor.domainSuspend('closed')
      expect(await asked).toMatchObject(unresponsive)
      await bed.hypervisor.domainDestroy('closed')
    }),
  )

  test(
    title('G-04'),
    held(async () => {
      agent.behave(({ execute }) => !execute.startsWith('guest-sync'))
      const asked = failure(bed.hypervisor.domainGetGuestInfo('odd', short))
      await expectUnaffected()
      expect(await asked).toMatchObject(unresponsive)
    }),
  )

  test(
    title('G-05'),
    held(async () => {
      agent.behave(({ execute }, socket) => {
        if (execute.startsWith('guest-sync')) socket.write(reply({ old: true }).repeat(5000))
        if (execute === 'guest-get-host-name') socket.write(reply({ 'host-name': 'h' }))
      })
      const { hypervisor } = bed
      expect(await hypervisor.domainGetGuestInfo('odd', { types: ['hostname'] })).toEqual({
        hostname: 'h',
      })
      agent.behave(({ execute, arguments: args }, socket) => {
        if (!execute.startsWith('guest-sync')) return false
        socket.write(reply(Number(args?.['id']) + 1))
        return true
      })
      expect(await failure(hypervisor.domainGetGuestInfo('odd', short))).toMatchObject(unresponsive)
    }),
  )

  test(
    title('G-10'),
    held(async () => {
      agent.behave(({ execute }, socket) => {
        if (execute === 'guest-get-host-name')
          socket.write(reply({ 'host-name': '\u001b]0;x\u0007\u001b[2J\u009b\u202e\n\0' }))
        if (execute === 'guest-network-get-interfaces')
          socket.write(reply([{ name: '\u001b[2J', 'hardware-address': '\u001b[2J' }]))
        if (execute === 'guest-ping') socket.write(reply({ '\u001b[2J': '\u001b[2J\u009b' }))
      })
      for (const words of [
        ['guestinfo', 'odd', '--hostname'],
        ['guestinfo', 'odd', '--interface'],
        ['domifaddr', 'odd', '--source', 'agent'],
        ['qemu-agent-command', 'odd', '{"execute":"guest-ping"}'],
      ]) {
        for (const more of [[], ['--json']]) {
          const { stdout, stderr } = await bed.cli([...more, ...words], { terminal: true })
          const shown = uncoloured(`${stdout}${stderr}`)
          expect(shown, words.join(' ')).not.toMatch(unsafe)
        }
      }
    }),
  )

  test(
    title('G-17'),
    held(async () => {
      agent.behave(({ execute }, socket) => {
        if (execute.startsWith('guest-sync')) return false
        socket.end()
        return true
      })
      expect(
        await failure(bed.hypervisor.domainGetGuestInfo('odd', { timeoutMs: 2000 })),
      ).toMatchObject(unresponsive)
      await expectUnaffected()
    }),
  )
})
