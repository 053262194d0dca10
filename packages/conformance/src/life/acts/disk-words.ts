import type { Life } from '../life.ts'
import { dataDisk } from './guest-agent.ts'

const mebibyte = 1024 * 1024

/** Writes a name on the disk, past every cache. */
export async function write(life: Life, text: string): Promise<void> {
  await writeOn(life, await dataDisk(life), text)
}

/** The same on a disk of that name. */
export async function writeOn(life: Life, device: string, text: string): Promise<void> {
  await life.shell(`echo ${text} | dd of=/dev/${device} bs=512 conv=sync,fsync 2>/dev/null`)
}

/** The data disk as the hypervisor tells of it: another one may have images of its own. */
export async function told({ subject, name }: Life): Promise<string> {
  const disks = (await subject.domainGetXmlDesc(name)).split('<disk ')
  return disks.find((one) => one.includes("<target dev='vda'")) ?? ''
}

/** What a guest that has cached nothing reads. */
export async function read(life: Life): Promise<string> {
  const disk = await dataDisk(life)
  return (
    await life.shell(`echo 3 >/proc/sys/vm/drop_caches; head -c 64 /dev/${disk} | head -n 1`)
  ).trim()
}

/** Writes a word at a mebibyte of the disk, past every cache. */
export async function writeAt(life: Life, mebibytes: number, word: string): Promise<void> {
  const disk = await dataDisk(life)
  await life.shell(
    `echo ${word} | dd of=/dev/${disk} bs=1M seek=${mebibytes} conv=sync,fsync 2>/dev/null`,
  )
}

/** The word at a mebibyte of an image; empty where nothing was written. */
export function wordAt(image: Uint8Array, mebibytes: number): string {
  const text = Buffer.from(image.buffer, image.byteOffset + mebibytes * mebibyte, 64)
  return text.toString('latin1').split(/[\n\0]/, 1)[0] ?? ''
}
