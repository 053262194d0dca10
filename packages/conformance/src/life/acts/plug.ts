import { match, ok, strictEqual } from 'node:assert'
import { DomainError } from '@polyvirt/core'
import { NotTried } from '../../not-tried.ts'
import type { Act } from '../act.ts'
import { firstVcpus, plugsVcpus, spareVcpus } from '../life-domain.ts'
import type { Life } from '../life.ts'
import type { Seen } from '../look-inside.ts'

const mebibyte = 1024 * 1024
const mac = '52:54:00:ba:d0:01'

/** Plugs in, sees it inside, unplugs, sees it go. */
async function comesAndGoes(
  life: Life,
  xml: string,
  isThere: (seen: Seen) => boolean,
): Promise<void> {
  const { subject, name } = life
  ok(!isThere(await life.look()), 'it is there before it was plugged in')
  const before = await subject.domainGetXmlDesc(name)
  const { alias } = await subject.domainAttachDevice(name, xml, { live: true })
  ok(alias !== undefined, 'what was plugged in has a name')
  await life.sees('the device to come', (seen) => (isThere(seen) ? true : undefined))
  await subject.domainDetachDevice(name, xml, { live: true, timeoutMs: unplugMs })
  await life.sees('the device to go', (seen) => (isThere(seen) ? undefined : true))
  strictEqual(await subject.domainGetXmlDesc(name), before)
}

/** What is plugged in and out, and how it shows inside. */
interface Plugged extends Omit<Act, 'play' | 'refused'> {
  readonly xml: (life: Life) => string
  readonly isThere: (seen: Seen) => boolean
}

const plugged = ({ xml, isThere, ...act }: Plugged): Act => ({
  ...act,
  play: (life) => comesAndGoes(life, xml(life), isThere),
  refused: (life) => isRefused(life, xml(life)),
})

/** What is not offered is refused by name, and nothing of it stays. */
export async function isRefused({ subject, name }: Life, xml: string): Promise<void> {
  const before = await subject.domainGetXmlDesc(name)
  const problem = await subject
    .domainAttachDevice(name, xml, { live: true })
    .then(() => undefined)
    .catch((error: unknown) => error)
  ok(
    problem instanceof DomainError,
    `it should be refused, but was ${problem instanceof Error ? problem.message : 'plugged'}`,
  )
  match(problem.code, /^ERR_(CONFIG_UNSUPPORTED|OPERATION_UNSUPPORTED|XML_ERROR)$/, problem.message)
  strictEqual(await subject.domainGetXmlDesc(name), before)
}

/** What a guest under emulation may take to let go of a device. */
export const unplugMs = 60_000

const scsiController = "<controller type='scsi' index='0' model='virtio-scsi'/>"
/** The most that a kernel of these architectures wants at once: LoongArch's sections have 512 MiB. */
const dimm =
  "<memory model='dimm'><target><size unit='MiB'>512</size><node>0</node></target></memory>"

interface Plain {
  readonly bus: string
  readonly target: string
  readonly mebibytes: number
}

const disk = (life: Life, { bus, target, mebibytes }: Plain): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw'/>` +
  `<source file='${life.image(`plugged-${target}`, mebibytes)}'/>` +
  `<target dev='${target}' bus='${bus}'/></disk>`

const hasBytes =
  (bytes: number) =>
  ({ block }: Seen): boolean =>
    block.some((one) => one.bytes === bytes)

export const plugActs: readonly Act[] = [
  plugged({
    id: 'hotplug/disk-virtio',
    title: 'a virtio disk is plugged in, is there inside with its size, and goes again',
    uses: ['device:disk/virtio'],
    plugs: 'device:disk/virtio',
    xml: (life) => disk(life, { bus: 'virtio', target: 'vdx', mebibytes: 7 }),
    isThere: hasBytes(7 * mebibyte),
  }),
  plugged({
    id: 'hotplug/disk-scsi',
    title: 'a disk is plugged into a SCSI controller, and goes again',
    uses: ['device:disk/scsi', 'device:controller:scsi/virtio-scsi'],
    wants: { devices: [scsiController] },
    xml: (life) => disk(life, { bus: 'scsi', target: 'sdb', mebibytes: 9 }),
    isThere: hasBytes(9 * mebibyte),
  }),
  plugged({
    id: 'hotplug/disk-usb',
    title: 'a USB disk is plugged in, and goes again',
    uses: ['device:disk/usb', 'device:controller:usb/qemu-xhci'],
    wants: { devices: ["<controller type='usb' index='0' model='qemu-xhci'/>"] },
    xml: (life) => disk(life, { bus: 'usb', target: 'sdc', mebibytes: 5 }),
    isThere: hasBytes(5 * mebibyte),
  }),
  ...['sata', 'ide', 'fdc'].map((bus): Act => ({
    id: `hotplug/disk-${bus}`,
    title: `a bus that takes no disk while the guest runs says so: ${bus}`,
    uses: [],
    play: (life) =>
      isRefused(
        life,
        disk(life, {
          bus,
          target: bus === 'ide' ? 'hdd' : bus === 'fdc' ? 'fdb' : 'sde',
          mebibytes: 3,
        }),
      ),
  })),
  plugged({
    id: 'hotplug/interface',
    title: 'a card is plugged in, is there inside with its address, and goes again',
    uses: ['device:interface/virtio'],
    plugs: 'device:interface/virtio',
    xml: () => `<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`,
    isThere: ({ net }) => net.some((one) => one.mac === mac),
  }),
  plugged({
    id: 'hotplug/rng',
    title: 'a source of randomness is plugged in, is a device inside, and goes again',
    uses: ['device:rng/virtio'],
    plugs: 'device:rng/virtio',
    xml: () => "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    isThere: ({ rng }) => rng.available.some((one) => one.startsWith('virtio_rng')),
  }),
  {
    id: 'hotplug/memory',
    title: 'memory is plugged in, is the guest’s, and goes again',
    uses: ['device:memory/dimm'],
    byAcpi: true,
    wants: { memorySlots: true },
    async play(life) {
      // A kernel that can take memory in blocks says how large they are; Debian's of 32 bits cannot.
      if (life.report.memory.hotplugBlockBytes === undefined)
        throw new NotTried('the kernel of this guest takes no memory while it runs')
      const { memory } = await life.look()
      await comesAndGoes(life, dimm, (seen) => seen.memory.totalKiB > memory.totalKiB + 400 * 1024)
    },
    refused: (life) => isRefused(life, dimm),
  },
  plugged({
    id: 'hotplug/input',
    title: 'a tablet is plugged in, and goes again',
    uses: ['device:input/virtio:tablet'],
    plugs: 'device:input/virtio:tablet',
    xml: () => "<input type='tablet' bus='virtio'/>",
    isThere: ({ input }) => input.some((one) => one.name.includes('Virtio Tablet')),
  }),
  plugged({
    id: 'hotplug/watchdog',
    title: 'a watchdog is plugged in, and goes again',
    uses: ['device:watchdog/i6300esb'],
    drivers: ['i6300esb'],
    wants: { conventionalPci: true },
    xml: () => "<watchdog model='i6300esb' action='pause'/>",
    isThere: ({ watchdogs }) => watchdogs.some(({ identity }) => identity.includes('6300ESB')),
  }),
  plugged({
    id: 'hotplug/channel',
    title: 'a channel is plugged in under its name, and goes again',
    uses: ['device:channel/virtio', 'device:controller:virtio-serial'],
    wants: { devices: ["<controller type='virtio-serial' index='0'/>"] },
    xml: () => "<channel type='unix'><target type='virtio' name='org.polyvirt.plugged'/></channel>",
    isThere: ({ virtioPorts }) => virtioPorts.some((one) => one.name === 'org.polyvirt.plugged'),
  }),
  {
    id: 'hotplug/controller',
    title: 'a SCSI controller is plugged in, takes a disk, and goes again',
    uses: ['device:disk/scsi', 'device:controller:scsi/virtio-scsi'],
    plugs: 'device:controller:scsi/virtio-scsi',
    wants: { devices: [scsiController] },
    async play(life) {
      const { subject, name } = life
      const controller = "<controller type='scsi' index='1' model='virtio-scsi'/>"
      await subject.domainAttachDevice(name, controller, { live: true })
      const xml = disk(life, { bus: 'scsi', target: 'sdd', mebibytes: 11 }).replace(
        '</disk>',
        "<address type='drive' controller='1' bus='0' target='0' unit='0'/></disk>",
      )
      await comesAndGoes(life, xml, hasBytes(11 * mebibyte))
      await subject.domainDetachDevice(name, controller, { live: true, timeoutMs: unplugMs })
    },
  },
]

/** By themselves: an older QEMU does not survive, under TCG, what comes after a vCPU has gone. */
export const vcpuActs: readonly Act[] = [
  {
    id: 'hotplug/vcpus',
    title: 'vCPUs are plugged in, run, and go again where they can',
    uses: [],
    applies: plugsVcpus,
    wants: { spareVcpus: true },
    last: true,
    async play(life) {
      const { subject, name } = life
      const set = (count: number): Promise<void> =>
        subject.domainSetVcpus(name, count, { live: true, timeoutMs: unplugMs })
      const areOnline = async (count: number): Promise<void> => {
        await life.sees(`${count} vCPUs`, ({ vcpus }) =>
          vcpus.online.length === count ? true : undefined,
        )
        strictEqual((await subject.domainGetVcpuCounts(name, { live: true })).current, count)
      }
      await set(firstVcpus + spareVcpus)
      await areOnline(firstVcpus + spareVcpus)
      const problem = await set(firstVcpus).catch((error: unknown) => error)
      if (problem === undefined) await areOnline(firstVcpus)
      else {
        ok(problem instanceof DomainError, 'it is refused with a code')
        strictEqual(problem.code, 'ERR_OPERATION_UNSUPPORTED', problem.message)
        await areOnline(firstVcpus + spareVcpus)
      }
    },
  },
  {
    id: 'hotplug/vcpus-refused',
    title: 'a machine that plugs no vCPUs says so, and the guest has those that it had',
    uses: [],
    applies: (target) => !plugsVcpus(target),
    async play({ subject, name, report, look }) {
      const problem = await subject
        .domainSetVcpus(name, 1, { live: true })
        .then(() => undefined)
        .catch((error: unknown) => error)
      ok(problem instanceof DomainError, 'it is refused with a code')
      strictEqual((await look()).vcpus.online.length, report.vcpus.online.length)
    },
  },
]
