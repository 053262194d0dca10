import { deepStrictEqual, ok } from 'node:assert'
import type { DomainEvent } from '@polyvirt/core'
import type { Act } from '../act.ts'
import { balloon } from '../life-domain.ts'
import type { Life } from '../life.ts'
import { unplugMs } from './plug.ts'

/** What a watcher hears while something is done. */
async function whileListening(
  { subject }: Life,
  play: (heard: readonly DomainEvent[]) => Promise<void>,
): Promise<void> {
  const done = new AbortController()
  const heard: DomainEvent[] = []
  const ended = (async () => {
    for await (const event of subject.domainEvents({ signal: done.signal })) heard.push(event)
  })()
  try {
    await play(heard)
  } finally {
    done.abort()
    await ended
  }
}

export const eventActs: readonly Act[] = [
  {
    id: 'events/told',
    title: 'who watches hears of memory that the guest gives, and of a disk that comes and goes',
    uses: ['device:memballoon/virtio', 'device:disk/virtio'],
    plugs: 'device:disk/virtio',
    wants: { devices: [balloon] },
    async play(life) {
      const { subject, name, until } = life
      const { maxMemoryKiB } = await subject.domainGetInfo(name)
      const xml = `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${life.image('told', 3)}'/><target dev='vdt' bus='virtio'/></disk>`
      await whileListening(life, async (heard) => {
        const sizes = (): readonly number[] =>
          heard.flatMap((one) => (one.event === 'balloon-change' ? [one.sizeKiB] : []))
        const plugs = (): readonly string[] =>
          heard.flatMap((one) => ('alias' in one ? [`${one.event} ${one.alias}`] : []))
        // The guest gives and takes some of it at a time, and the first of it is before anybody listens.
        const less = maxMemoryKiB - 64 * 1024
        for (const wanted of [less, maxMemoryKiB]) {
          await subject.domainSetMemory(name, wanted, { live: true })
          await until(`an event that the guest has ${wanted} KiB`, async () =>
            sizes().at(-1) === wanted ? true : undefined,
          )
        }
        const { alias } = await subject.domainAttachDevice(name, xml, { live: true })
        ok(alias !== undefined, 'what was plugged in has a name')
        await life.sees('the disk', ({ block }) =>
          block.some(({ bytes }) => bytes === 3 * 1024 * 1024) ? true : undefined,
        )
        await subject.domainDetachDevice(name, xml, { live: true, timeoutMs: unplugMs })
        await until('an event of the disk that went', async () =>
          plugs().length > 1 ? true : undefined,
        )
        // Something else that is told ends the wait for what may not come twice.
        await subject.domainSuspend(name)
        await until('an event of the guest that stands still', async () =>
          heard.some(({ event }) => event === 'suspended') ? true : undefined,
        )
        await subject.domainResume(name)
        deepStrictEqual(plugs(), [`device-added ${alias}`, `device-removed ${alias}`])
      })
    },
  },
]
