import { doesNotMatch, match, ok, strictEqual } from 'node:assert'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Act } from '../act.ts'
import { counting } from './counting.ts'
import { read, told, write } from './disk-words.ts'
import { dataDisk, dataDiskXml } from './guest-agent.ts'

const files: Pick<Act, 'uses' | 'wants'> = {
  uses: ['device:disk/virtio'],
  wants: { devices: [dataDiskXml] },
}

export const keepActs: readonly Act[] = [
  {
    id: 'save/restore',
    title: 'a guest that is saved and restored goes on where it was',
    uses: [],
    carries: true,
    async play(life) {
      const { subject, name, folder } = life
      const goesOn = await counting(life)
      const file = join(folder, 'saved')
      await subject.domainSave(name, file)
      strictEqual((await subject.domainGetState(name)).state, 'shut off')
      await subject.domainRestore(file)
      await life.follow()
      await goesOn()
    },
  },
  {
    id: 'save/managed',
    title: 'a guest with a managed save goes on with it at its next start',
    uses: [],
    carries: true,
    async play(life) {
      const { subject, name } = life
      const goesOn = await counting(life)
      await subject.domainManagedSave(name)
      strictEqual(await subject.domainHasManagedSaveImage(name), true)
      await subject.domainCreate(name)
      await life.follow()
      await goesOn()
      strictEqual(await subject.domainHasManagedSaveImage(name), false)
    },
  },
  {
    id: 'snapshot/internal',
    title: 'a snapshot with memory brings back the disk and what ran',
    ...files,
    carries: true,
    async play(life) {
      const { subject, name } = life
      await write(life, 'before')
      const goesOn = await counting(life)
      await subject.domainSnapshotCreateXml(
        name,
        '<domainsnapshot><name>one</name></domainsnapshot>',
      )
      await write(life, 'after')
      strictEqual(await read(life), 'after')
      await subject.domainRevertToSnapshot(name, 'one')
      await life.follow()
      strictEqual(await read(life), 'before')
      await goesOn()
      await subject.domainSnapshotDelete(name, 'one')
      strictEqual((await subject.domainListAllSnapshots(name)).length, 0)
    },
  },
  {
    id: 'snapshot/external-and-commit',
    title:
      'what is written behind a snapshot of the disk is on its overlay, and is committed into its base',
    ...files,
    async play(life) {
      const { subject, name } = life
      await write(life, 'base')
      await subject.domainSnapshotCreateXml(
        name,
        '<domainsnapshot><name>disk</name></domainsnapshot>',
        { diskOnly: true },
      )
      match(await told(life), /<source file='[^']*data-64M\.disk'/, 'the disk is on an overlay')
      await write(life, 'overlay')
      strictEqual(await read(life), 'overlay')
      await subject.domainBlockCommit(name, 'vda', { wait: true, whenReady: 'pivot' })
      match(await told(life), /<source file='[^']*data-64M\.qcow2'/, 'the disk is on its base')
      doesNotMatch(await told(life), /data-64M\.disk/, 'and on nothing else')
      strictEqual(await read(life), 'overlay')
      await subject.domainSnapshotDelete(name, 'disk', { metadata: true })
    },
  },
  {
    id: 'block/pull',
    title: 'an overlay that is filled from its base stands alone, with the same bytes',
    ...files,
    async play(life) {
      const { subject, name, shell } = life
      const disk = await dataDisk(life)
      await shell(`dd if=/dev/urandom of=/dev/${disk} bs=64k count=20 conv=fsync 2>/dev/null`)
      const sum = `echo 3 >/proc/sys/vm/drop_caches; sha256sum </dev/${disk}`
      const before = await shell(sum)
      await subject.domainSnapshotCreateXml(
        name,
        '<domainsnapshot><name>pulled</name></domainsnapshot>',
        { diskOnly: true },
      )
      await subject.domainBlockPull(name, 'vda', { wait: true })
      doesNotMatch(await told(life), /<backingStore type=/, 'nothing is below it')
      strictEqual(await shell(sum), before)
      await subject.domainSnapshotDelete(name, 'pulled', { metadata: true })
    },
  },
  {
    id: 'block/copy',
    title: 'a disk goes over to its copy, with the same bytes, while the guest writes',
    ...files,
    async play(life) {
      const { subject, name, shell, folder } = life
      const disk = await dataDisk(life)
      await shell(`dd if=/dev/urandom of=/dev/${disk} bs=64k count=20 conv=fsync 2>/dev/null`)
      const copy = join(folder, 'copy.qcow2')
      await subject.domainBlockCopy(name, 'vda', copy, { format: 'qcow2' })
      await shell(
        `dd if=/dev/urandom of=/dev/${disk} bs=64k seek=30 count=5 conv=fsync 2>/dev/null`,
      )
      const sum = `echo 3 >/proc/sys/vm/drop_caches; sha256sum </dev/${disk}`
      const before = await shell(sum)
      await life.until('the copy to be ready', async () => {
        const job = await subject.domainGetBlockJobInfo(name, 'vda')
        return job?.status === 'ready' ? true : undefined
      })
      await subject.domainBlockJobAbort(name, 'vda', { pivot: true })
      ok((await told(life)).includes(copy), 'it is on the copy')
      strictEqual(await shell(sum), before)
    },
  },
  {
    id: 'snapshot/external-with-memory',
    title: 'a snapshot in files of its own brings back the disk and what ran, and goes again',
    ...files,
    carries: true,
    async play(life) {
      const { subject, name, folder } = life
      await write(life, 'before')
      const goesOn = await counting(life)
      const memory = join(folder, 'memory')
      await subject.domainSnapshotCreateXml(
        name,
        `<domainsnapshot><name>files</name><memory snapshot='external' file='${memory}'/></domainsnapshot>`,
      )
      const [kept] = await subject.domainListAllSnapshots(name)
      strictEqual(kept?.location, 'external')
      ok(existsSync(memory), 'its memory is in a file')
      await write(life, 'after')
      strictEqual(await read(life), 'after')
      await subject.domainRevertToSnapshot(name, 'files')
      await life.follow()
      strictEqual(await read(life), 'before')
      await goesOn()
      await write(life, 'later')
      await subject.domainSnapshotDelete(name, 'files')
      strictEqual((await subject.domainListAllSnapshots(name)).length, 0)
      ok(!existsSync(memory), 'the file is gone')
      strictEqual(await read(life), 'later')
    },
  },
]
