import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { testRoot } from '../support/hypervisor.ts'
import { activeRow, diedOver, jobsIn, started } from './plugged-guest.ts'

interface Message {
  readonly execute: string
  readonly arguments?: { readonly id?: number }
}

/** An agent that does what it is told; tells what that was. */
async function agentAt(path: string): Promise<readonly string[]> {
  const seen: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      for (const line of data.toString('latin1').replaceAll('\u00ff', '').split('\n')) {
        if (line.trim() === '') continue
        const { execute, arguments: given } = JSON.parse(line) as Message
        const sync = execute === 'guest-sync-delimited'
        if (!sync) seen.push(execute)
        if (sync) socket.write(Buffer.of(0xff))
        socket.write(`{"return":${sync ? given?.id : 1}}\n`)
      }
    })
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return seen
}

describe('a guest whose file systems were frozen by one who died', () => {
  const snapshotOf = (domain: string): object => ({
    snapshot: {
      name: 's',
      xml: `<domainsnapshot><name>s</name><disks><disk name='vda' snapshot='external'/></disks>${domain}</domainsnapshot>`,
      files: ['/nowhere/image'],
      running: true,
      frozen: true,
      after: {},
    },
  })

  test.each([
    ['checkpoint-create', () => ({ checkpoint: { name: 'c', bitmaps: {}, frozen: true } })],
    ['snapshot-create', snapshotOf],
  ])('by a %s lets go of them with the next look', async (kind, detailOf) => {
    const root = testRoot()
    const hypervisor = await started(root)
    const path = join(root.dir, 'agent')
    const seen = await agentAt(path)
    const active = await activeRow(root)
    const channel = `<channel type='unix'><source mode='bind' path='${path}'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
      store.setLiveXml(active, active.xml.replace('</devices>', `${channel}</devices>`))
    }
    await diedOver(root, kind, 'begin', detailOf(active.xml))
    await hypervisor.connectListAllDomains()
    expect(seen).toEqual(['guest-fsfreeze-thaw'])
    expect(await jobsIn(root)).toEqual([])
  })
})
