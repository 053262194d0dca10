import { doesNotMatch, match, ok, strictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Act } from '../act.ts'
import type { Life } from '../life.ts'
import { dataDisk, dataDiskXml } from './guest-agent.ts'

/**
 * Something that only memory holds: a process that counts, and which boot this is. Its file is never
 * seen half written.
 */
async function counting({ shell }: Life): Promise<() => Promise<void>> {
  await shell(
    '(n=0; while true; do n=$((n + 1)); echo $n >/tmp/next; mv /tmp/next /tmp/count; usleep 100000; done) >/dev/null 2>&1 & echo $! >/tmp/counter',
  )
  const bootId = await shell('cat /proc/sys/kernel/random/boot_id')
  const count = async (): Promise<number> =>
    Number(await shell('until [ -s /tmp/count ]; do usleep 10000; done; cat /tmp/count'))
  const before = await count()
  return async () => {
    strictEqual(await shell('cat /proc/sys/kernel/random/boot_id'), bootId)
    const after = await count()
    ok(after >= before, `it counted to ${before}, and then was at ${after}`)
    await shell(`sleep 1; [ $(cat /tmp/count) -gt ${after} ]`)
    await shell('kill $(cat /tmp/counter); rm -f /tmp/count')
  }
}

const files: Pick<Act, 'uses' | 'wants'> = {
  uses: ['device:disk/virtio'],
  wants: { devices: [dataDiskXml] },
}

/** Writes a name on the disk, past every cache. */
async function write(life: Life, text: string): Promise<void> {
  const disk = await dataDisk(life)
  await life.shell(`echo ${text} | dd of=/dev/${disk} bs=512 conv=sync,fsync 2>/dev/null`)
}

/** The data disk as the hypervisor tells of it: another one may have images of its own. */
async function told({ subject, name }: Life): Promise<string> {
  const disks = (await subject.domainGetXmlDesc(name)).split('<disk ')
  return disks.find((one) => one.includes("<target dev='vda'")) ?? ''
}

/** What a guest that has cached nothing reads. */
async function read(life: Life): Promise<string> {
  const disk = await dataDisk(life)
  return (
    await life.shell(`echo 3 >/proc/sys/vm/drop_caches; head -c 64 /dev/${disk} | head -n 1`)
  ).trim()
}

export const keepActs: readonly Act[] = [
  {
    id: 'save/restore',
    title: 'a guest that is saved and restored goes on where it was',
    uses: [],
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
    id: 'migrate/live',
    title: 'a guest that moves goes on there, and runs once',
    uses: [],
    async play(life) {
      const { subject, name } = life
      const goesOn = await counting(life)
      const there = await life.elsewhere()
      const verdict = await subject.domainCanMigrate(name, there.uri)
      ok(verdict.possible, verdict.problems.map(({ message }) => message).join('; '))
      await subject.domainMigrate(name, there.uri, { live: true, persistent: true, unsafe: true })
      strictEqual((await subject.domainGetState(name)).state, 'shut off')
      strictEqual((await there.domainGetState(name)).state, 'running')
      await life.follow(there)
      await goesOn()
      // Back, so that the others find it where it was.
      const again = await counting(life)
      await there.domainMigrate(name, subject.uri, {
        live: true,
        unsafe: true,
        undefineSource: true,
      })
      await life.follow(subject)
      await again()
    },
  },
  {
    id: 'dump/elf',
    title: 'the memory of a guest is dumped while it runs, and holds what it knew',
    uses: [],
    async play(life) {
      const { subject, name, folder } = life
      const goesOn = await counting(life)
      const file = join(folder, 'core')
      await subject.domainCoreDump(name, file)
      await goesOn()
      strictEqual(readFileSync(file).subarray(1, 4).toString('latin1'), 'ELF')
    },
  },
]
