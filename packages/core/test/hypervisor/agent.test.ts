import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { withAgent } from '../../src/hypervisor/agent/agent-session.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'
import { tempDir } from '../support/temp-dir.ts'

type Message = { readonly execute: string; readonly arguments?: { readonly id?: number } }

/** The guest's end: does with each command what the test says. */
async function agentAt(answer: (message: Message, socket: Socket) => void): Promise<string> {
  const path = join(tempDir(), 'agent')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1').replaceAll('\u00ff', '')
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 1)
        if (line.trim() !== '') answer(JSON.parse(line) as Message, socket)
      }
    })
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}

const sync = (message: Message, socket: Socket): boolean => {
  if (!message.execute.startsWith('guest-sync')) return false
  socket.write(
    Buffer.concat([Buffer.of(0xff), Buffer.from(`{"return":${message.arguments?.id}}\n`)]),
  )
  return true
}

const ping = (path: string, timeoutMs = 2000): Promise<unknown> =>
  withAgent(path, (agent) => agent.execute('guest-ping'), { timeoutMs })

describe('the agent of a guest', () => {
  test('answers, whatever was left in the channel before', async () => {
    const path = await agentAt((message, socket) => {
      if (message.execute.startsWith('guest-sync')) socket.write('{"return":1}\nnoise {\n')
      if (!sync(message, socket)) socket.write('{"return":{}}\n')
    })
    expect(await ping(path)).toEqual({})
  })

  test('that is silent costs its own time limit', async () => {
    const silent = await agentAt(() => undefined)
    await expect(ping(silent, 100)).rejects.toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
    await expect(ping(silent, 100)).rejects.toThrow("did not answer 'guest-sync-delimited' within")
    const mute = await agentAt((message, socket) => void sync(message, socket))
    await expect(ping(mute, 100)).rejects.toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
    await expect(ping(mute, 100)).rejects.toThrow("did not answer 'guest-ping' within")
  })

  test('that says no, or nonsense, or too much, is an error in plain words', async () => {
    const refuses = await agentAt((message, socket) => {
      if (!sync(message, socket))
        socket.write('{"error":{"class":"CommandNotFound","desc":"no \\u001b[31m"}}\n')
    })
    await expect(ping(refuses)).rejects.toMatchObject({
      code: 'ERR_OPERATION_UNSUPPORTED',
      message: expect.stringContaining('\\x1b[31m'),
    })
    const odd = await agentAt((message, socket) => {
      if (!sync(message, socket)) socket.write('{"bogus":1}\n')
    })
    await expect(ping(odd)).rejects.toThrow('is none')
    const floods = await agentAt((message, socket) => {
      if (!sync(message, socket)) socket.write(Buffer.alloc(17 * 1024 * 1024, 0x78))
    })
    await expect(ping(floods, 20_000)).rejects.toThrow('sent more than')
    const hangsUp = await agentAt((_, socket) => void socket.destroy())
    await expect(ping(hangsUp)).rejects.toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
  })

  test('is asked over its channel only, and the monitor stays free', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainCreateXml(guestXml({ name: 'none' }))
    await expect(hypervisor.domainGetGuestInfo('none')).rejects.toThrow(
      'QEMU guest agent is not configured; add <channel',
    )
    const channel = `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
    await hypervisor.domainCreateXml(guestXml({ name: 'mute', devices: channel }))
    const asked = hypervisor.domainFsFreeze('mute', { timeoutMs: 300 })
    // Something that leaves the guest as it is: a paused one would not have been asked.
    await hypervisor.domainSendKey('mute', ['KEY_A'])
    await expect(asked).rejects.toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
    await hypervisor.domainSuspend('mute')
    await expect(hypervisor.domainFsThaw('mute')).rejects.toThrow('it is paused')
  })
})
