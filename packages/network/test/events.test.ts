import { expect, it, vi } from 'vitest'
import { failure, listen, networkXml, openIn, tempDir } from './support/open.ts'

it('tells everybody who watches what happens to networks, each once', async () => {
  const dir = tempDir()
  const [one, two] = [await openIn(dir), await openIn(dir)]
  const isolated = `<ip address='10.1.0.1' prefix='24'/>`
  const probe = () => one.networkDefineXml(networkXml(isolated, 'probe'))
  const watchers = [
    await listen((signal) => one.networkEvents({ signal }), probe),
    await listen((signal) => two.networkEvents({ signal }), probe),
  ]
  watchers.forEach((heard) =>
    expect(heard.filter(({ network }) => network.name !== 'probe')).toEqual([]),
  )
  const { network } = await one.networkDefineXml(networkXml(isolated))
  await one.networkCreate('lab')
  await failure(one.networkCreate('lab'))
  await one.networkSetAutostart('lab', true)
  await two.networkDestroy('lab')
  await two.networkUndefine('lab')
  await two.networkCreateXml(networkXml(isolated, 'short'))
  await two.networkDestroy('short')
  for (const heard of watchers) {
    await vi.waitFor(() =>
      expect(heard.at(-1)).toMatchObject({ event: 'stopped', network: { name: 'short' } }),
    )
    const told = heard.filter((event) => event.network.name !== 'probe')
    expect(told.map((event) => `${event.network.name} ${event.event}`)).toEqual([
      'lab defined',
      'lab started',
      'lab stopped',
      'lab undefined',
      'short started',
      'short stopped',
    ])
    expect(told[0]?.network.uuid).toBe(network.uuid)
    expect(told[0]?.timestampMs).toBeGreaterThan(Date.now() - 60_000)
  }
})

it('tells nothing any more once the connection is closed', async () => {
  const hypervisor = await openIn(tempDir())
  await hypervisor.networkListAll()
  const ended = (async () => {
    for await (const event of hypervisor.networkEvents()) expect(event).toBeDefined()
  })()
  await new Promise(setImmediate)
  await hypervisor.close()
  await ended
})
