import { ok, strictEqual } from 'node:assert'
import { join } from 'node:path'
import type { Act } from '../act.ts'
import { counting } from './counting.ts'
import { read, told, write } from './disk-words.ts'
import { dataDiskXml } from './guest-agent.ts'

/** Guests that go to another place, and run once whatever happens. */
export const moveActs: readonly Act[] = [
  {
    id: 'migrate/live',
    title: 'a guest that moves goes on there, and runs once',
    uses: [],
    carries: true,
    async play(life) {
      const { subject, name } = life
      const goesOn = await counting(life)
      const there = await life.elsewhere()
      const verdict = await subject.domainCanMigrate(name, there.uri)
      ok(verdict.possible, verdict.problems.map(({ message }) => message).join('; '))
      await subject.domainMigrate(name, there.uri, { live: true, persistent: true })
      strictEqual((await subject.domainGetState(name)).state, 'shut off')
      strictEqual((await there.domainGetState(name)).state, 'running')
      await life.follow(there)
      await goesOn()
      // Back, so that the others find it where it was.
      const again = await counting(life)
      await there.domainMigrate(name, subject.uri, { live: true, undefineSource: true })
      await life.follow(subject)
      await again()
    },
  },
  {
    id: 'migrate/with-storage',
    title: 'a guest that moves with its disks reads there what it wrote here',
    uses: ['device:disk/virtio'],
    carries: true,
    wants: { devices: [dataDiskXml] },
    async play(life) {
      const { subject, name, folder } = life
      await write(life, 'moved')
      const goesOn = await counting(life)
      const there = await life.elsewhere()
      // Each disk goes as one image, whatever it stands on here.
      const xml = (await subject.domainGetXmlDesc(name))
        .replaceAll(/<backingStore [\s\S]*?(?=<target )/g, '')
        .replaceAll(/(<source file=')[^']*\/([^'/]*')/g, `$1${join(folder, 'there-')}$2`)
      await subject.domainMigrate(name, there.uri, {
        ...{ live: true, persistent: true, undefineSource: true },
        ...{ copyStorage: 'all', xml },
      })
      strictEqual((await there.domainGetState(name)).state, 'running')
      await life.follow(there)
      ok((await told(life)).includes(join(folder, 'there-')), 'it is on the copy')
      strictEqual(await read(life), 'moved')
      await write(life, 'here')
      strictEqual(await read(life), 'here')
      await goesOn()
    },
  },
]
