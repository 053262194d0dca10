import { match, ok, strictEqual } from 'node:assert'
import { join } from 'node:path'
import type { Act } from '../act.ts'
import { wordAt, writeAt } from './disk-words.ts'
import { dataDiskXml } from './guest-agent.ts'

const files: Pick<Act, 'uses' | 'wants'> = {
  uses: ['device:disk/virtio'],
  wants: { devices: [dataDiskXml] },
}

const checkpoint = (name: string): string =>
  `<domaincheckpoint><name>${name}</name><disks><disk name='vda' checkpoint='bitmap'/></disks></domaincheckpoint>`

/** Of the data disk alone: `inside` says where to. */
const backup = (mode: string, inside: string, since = ''): string =>
  `<domainbackup mode='${mode}'>${since === '' ? '' : `<incremental>${since}</incremental>`}${inside}</domainbackup>`

const into = (file: string, format: string): string =>
  `<disks><disk name='vda' type='file'><driver type='${format}'/><target file='${file}'/></disk></disks>`

/** Places of the disk, in mebibytes: one that stays, and one that is written again. */
const stays = 6
const changes = 12

/** Copies of a guest's disks as they are at one moment, and what tells of changes since. */
export const backupActs: readonly Act[] = [
  {
    id: 'backup/push',
    title: 'a backup holds what the guest had written, and the next one only what it wrote since',
    ...files,
    async play(life) {
      const { subject, name, folder } = life
      await writeAt(life, stays, 'old')
      await writeAt(life, changes, 'first')
      const [full, since] = [join(folder, 'full.raw'), join(folder, 'since.qcow2')]
      await subject.domainBackupBegin(name, backup('push', into(full, 'raw')), {
        checkpointXml: checkpoint('full'),
        wait: true,
      })
      await writeAt(life, changes, 'second')
      await subject.domainBackupBegin(name, backup('push', into(since, 'qcow2'), 'full'), {
        wait: true,
      })
      await writeAt(life, changes, 'third')
      const all = await life.bytesOf(full, 'raw')
      strictEqual(wordAt(all, stays), 'old')
      strictEqual(wordAt(all, changes), 'first')
      const later = await life.bytesOf(since, 'qcow2')
      strictEqual(wordAt(later, stays), '', 'what was not written again is not in it')
      strictEqual(wordAt(later, changes), 'second')
      await subject.domainCheckpointDelete(name, 'full')
    },
  },
  {
    id: 'backup/pull',
    title: 'a disk is served over NBD as it was, while the guest writes on',
    ...files,
    async play(life) {
      const { subject, name, folder } = life
      await writeAt(life, changes, 'then')
      const socket = join(folder, 'nbd')
      const server = `<server transport='unix' socket='${socket}'/><disks><disk name='vda' type='file'/></disks>`
      await subject.domainBackupBegin(name, backup('pull', server))
      match(await subject.domainBackupGetXmlDesc(name), /mode='pull'/)
      await writeAt(life, changes, 'now')
      const served = `nbd+unix:///vda?socket=${socket}`
      strictEqual(wordAt(await life.bytesOf(served, 'raw'), changes), 'then')
      await subject.domainAbortJob(name)
      const left = await subject.domainGetJobInfo(name)
      strictEqual(left, undefined, 'the backup has ended')
      strictEqual((await subject.domainGetState(name)).state, 'running')
    },
  },
  {
    id: 'checkpoint/create-and-delete',
    title: 'a checkpoint tells how much the guest has written since, and goes again',
    ...files,
    async play(life) {
      const { subject, name } = life
      const written = async (of: string): Promise<number> => {
        const xml = await subject.domainCheckpointGetXmlDesc(name, of, { size: true })
        return Number(/ name='vda'[^>]* size='(\d+)'/.exec(xml)?.[1] ?? 'NaN')
      }
      await subject.domainCheckpointCreateXml(name, checkpoint('one'))
      strictEqual(await written('one'), 0)
      await writeAt(life, changes, 'since')
      await subject.domainCheckpointCreateXml(name, checkpoint('two'))
      const bytes = await written('one')
      ok(bytes >= 1024 * 1024 && bytes < 8 * 1024 * 1024, `${bytes} bytes are told`)
      strictEqual((await subject.domainListAllCheckpoints(name)).at(-1)?.parent, 'one')
      await subject.domainCheckpointDelete(name, 'one', { children: true })
      strictEqual((await subject.domainListAllCheckpoints(name)).length, 0)
    },
  },
]
