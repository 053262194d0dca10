import { ok, strictEqual } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Act } from '../act.ts'
import type { Life } from '../life.ts'
import { wordAt, writeOn } from './disk-words.ts'
import { isRefused, unplugMs } from './plug.ts'

const mebibyte = 1024 * 1024

interface Plugged {
  readonly xml: string
  readonly mebibytes: number
}

/** Plugs a disk in, has the guest do something with it, and unplugs it. */
async function whilePlugged<T>(
  { subject, name, sees }: Life,
  { xml, mebibytes }: Plugged,
  use: (device: string) => Promise<T>,
): Promise<T> {
  const find = `a disk of ${mebibytes} MiB`
  await subject.domainAttachDevice(name, xml, { live: true })
  const device = await sees(
    find,
    ({ block }) => block.find(({ bytes }) => bytes === mebibytes * mebibyte)?.name,
  )
  const result = await use(device)
  await subject.domainDetachDevice(name, xml, { live: true, timeoutMs: unplugMs })
  await sees(`${find} to go`, ({ block }) =>
    block.some((one) => one.name === device) ? undefined : true,
  )
  return result
}

const readWord = async (life: Life, device: string): Promise<string> => {
  const command = `dd if=/dev/${device} bs=64 count=1 2>/dev/null | tr -d '\\0' | head -n 1`
  return (await life.shell(command)).trim()
}

const diskXml = (file: string, inSource: string, more: string): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${file}'>${inSource}</source>` +
  `<target dev='vdy' bus='virtio'/>${more}</disk>`

const transientXml = (file: string): string => diskXml(file, '', '<transient/>')

/** Disks that come while the guest runs, by what becomes of what it writes to them. */
export const plugImageActs: readonly Act[] = [
  {
    id: 'hotplug/disk-transient',
    title: 'a transient disk takes what is written to it, and has forgotten it when it comes again',
    uses: ['device:disk/virtio'],
    plugs: 'device:disk/virtio',
    async play(life) {
      const file = life.image('transient', 13)
      const plugged = { xml: transientXml(file), mebibytes: 13 }
      const word = await whilePlugged(life, plugged, async (device) => {
        await writeOn(life, device, 'forgotten')
        return readWord(life, device)
      })
      strictEqual(word, 'forgotten', 'the guest reads what it wrote')
      strictEqual(await whilePlugged(life, plugged, (device) => readWord(life, device)), '')
      strictEqual(
        wordAt(await life.bytesOf(file, 'raw'), 0),
        '',
        'nothing was written to its image',
      )
    },
    refused: (life) => isRefused(life, transientXml(life.image('transient', 13))),
  },
  {
    id: 'hotplug/disk-encrypted',
    title:
      'an encrypted disk is opened with its secret, and what is written to it is not to be read outside',
    uses: ['device:disk/virtio'],
    plugs: 'device:disk/virtio',
    async play(life) {
      const { subject } = life
      const uuid = randomUUID()
      const file = await life.encryptedImage('encrypted', 15, 'open sesame')
      const usage = `<usage type='volume'><volume>${file}</volume></usage>`
      await subject.secretDefineXml(
        `<secret ephemeral='yes' private='yes'><uuid>${uuid}</uuid>${usage}</secret>`,
      )
      const inSource = `<encryption format='luks'><secret type='passphrase' uuid='${uuid}'/></encryption>`
      const plugged = { xml: diskXml(file, inSource, ''), mebibytes: 15 }
      await isRefusedWithoutValue(life, plugged.xml)
      await subject.secretSetValue(uuid, Buffer.from('open sesame'))
      await whilePlugged(life, plugged, (device) => writeOn(life, device, 'treasure'))
      ok(!readFileSync(file).includes('treasure'), 'what was written is to be read outside')
      strictEqual(await whilePlugged(life, plugged, (device) => readWord(life, device)), 'treasure')
      await subject.secretUndefine(uuid)
    },
  },
]

async function isRefusedWithoutValue({ subject, name }: Life, xml: string): Promise<void> {
  const before = await subject.domainGetXmlDesc(name)
  const problem = await subject.domainAttachDevice(name, xml, { live: true }).then(
    () => undefined,
    (error: unknown) => String(error),
  )
  ok(problem !== undefined, 'it is opened without the value of its secret')
  strictEqual(await subject.domainGetXmlDesc(name), before)
}
