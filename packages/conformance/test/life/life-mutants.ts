import { writeFileSync } from 'node:fs'
import type { Deviation } from './toy-life.ts'
import { startAnew, turnOff } from './inside.ts'

/** A hypervisor that is wrong in one rule. */
export interface LifeMutant {
  /** What is wrong with it, as a sentence. */
  readonly flaw: string
  /** The act that must fail, and what its error must speak of. */
  readonly caughtBy: string
  readonly because: RegExp
  readonly deviation: Deviation
}

const nothing = async (): Promise<void> => undefined

export const lifeMutants: readonly LifeMutant[] = [
  {
    flaw: 'a device is told to be plugged in and is not',
    caughtBy: 'hotplug/disk-virtio',
    because: /the device to come/,
    deviation: () => ({ domainAttachDevice: async () => ({ alias: 'a', xml: '', warnings: [] }) }),
  },
  {
    flaw: 'a device stays in the guest when it is unplugged',
    caughtBy: 'hotplug/interface',
    because: /the device to go/,
    deviation: (right) => ({
      domainDetachDevice: async (_name, xml) => ({ xml, warnings: [] }),
      domainAttachDevice: right.domainAttachDevice,
    }),
  },
  {
    flaw: 'it is told twice that a device went',
    caughtBy: 'events/told',
    because: /device-removed/,
    deviation: (right) => ({
      async *domainEvents(options) {
        for await (const event of right.domainEvents(options)) {
          yield event
          if (event.event === 'device-removed') yield event
        }
      },
    }),
  },
  {
    flaw: 'nobody is told of memory that the guest gives',
    caughtBy: 'events/told',
    because: /an event that the guest has/,
    deviation: (right) => ({
      async *domainEvents(options) {
        for await (const event of right.domainEvents(options))
          if (event.event !== 'balloon-change') yield event
      },
    }),
  },
  {
    flaw: 'what was unplugged stays in the definition',
    caughtBy: 'hotplug/rng',
    because: /<rng/,
    deviation: (right, inside) => {
      let residue = ''
      return {
        async domainDetachDevice(name, xml, options) {
          residue = xml
          return await right.domainDetachDevice(name, xml, options)
        },
        domainGetXmlDesc: async () => Object.values(inside.plugged).join('\n') + residue,
      }
    },
  },
  {
    flaw: 'a bus that plugs nothing takes a disk all the same',
    caughtBy: 'hotplug/disk-sata',
    because: /it should be refused, but was plugged/,
    deviation: () => ({ domainAttachDevice: async () => ({ alias: 'a', xml: '', warnings: [] }) }),
  },
  {
    flaw: 'what is written to a transient disk stays',
    caughtBy: 'hotplug/disk-transient',
    because: /'forgotten'/,
    deviation: (right) => ({
      domainAttachDevice: (name, xml, options) =>
        right.domainAttachDevice(name, xml.replace('<transient/>', ''), options),
      domainDetachDevice: (name, xml, options) =>
        right.domainDetachDevice(name, xml.replace('<transient/>', ''), options),
    }),
  },
  {
    flaw: 'an encrypted disk is written to in the clear',
    caughtBy: 'hotplug/disk-encrypted',
    because: /to be read outside/,
    deviation: (right, inside) => {
      const plain = (xml: string): string =>
        Object.keys(inside.secrets).length === 0
          ? xml
          : xml.replace(/<encryption.*<\/encryption>/, '')
      return {
        domainAttachDevice: (name, xml, options) =>
          right.domainAttachDevice(name, plain(xml), options),
        domainDetachDevice: (name, xml, options) =>
          right.domainDetachDevice(name, plain(xml), options),
      }
    },
  },
  {
    flaw: 'an encrypted disk is opened without a value',
    caughtBy: 'hotplug/disk-encrypted',
    because: /without the value of its secret/,
    deviation: () => ({ domainAttachDevice: async () => ({ alias: 'a', xml: '', warnings: [] }) }),
  },
  {
    flaw: 'a refusal is an accident of QEMU',
    caughtBy: 'hotplug/disk-ide',
    because: /it should be refused, but was no such bus/,
    deviation: () => ({
      async domainAttachDevice() {
        throw new Error('no such bus')
      },
    }),
  },
  {
    flaw: 'memory is plugged in that is less than was asked for',
    caughtBy: 'hotplug/memory',
    because: /the device to come/,
    deviation: (right, inside) => ({
      async domainAttachDevice(name, xml, options) {
        const result = await right.domainAttachDevice(name, xml, options)
        inside.memoryKiB -= 128 * 1024
        return result
      },
    }),
  },
  {
    flaw: 'a medium is not changed but left',
    caughtBy: 'media/scsi',
    because: /the second medium/,
    deviation: (right) => ({
      async domainChangeMedia(name, target, options) {
        if (options?.action === 'update') return { xml: '', warnings: [] }
        return await right.domainChangeMedia(name, target, options)
      },
    }),
  },
  {
    flaw: 'a medium cannot be taken out',
    caughtBy: 'media/scsi',
    because: /an empty drive/,
    deviation: (right) => ({
      async domainChangeMedia(name, target, options) {
        if (options?.action === 'eject') return { xml: '', warnings: [] }
        return await right.domainChangeMedia(name, target, options)
      },
    }),
  },
  {
    flaw: 'a cable is pulled in the definition alone',
    caughtBy: 'link/down-and-up',
    because: /the cable to be out/,
    deviation: () => ({ domainSetLinkState: nothing }),
  },
  {
    flaw: 'a balloon takes nothing',
    caughtBy: 'balloon/set-memory',
    because: /less memory/,
    deviation: () => ({ domainSetMemory: nothing }),
  },
  {
    flaw: 'a suspended guest runs on',
    caughtBy: 'suspend/stands-still',
    because: /running/,
    deviation: () => ({ domainSuspend: nothing }),
  },
  {
    flaw: 'the guest’s clock is set to what is not asked for',
    caughtBy: 'agent/time',
    because: /inside it is/,
    deviation: (right) => ({
      domainSetTime: async (name, _time, options) =>
        right.domainSetTime(name, { seconds: 0, nanoseconds: 0 }, { ...options }),
    }),
  },
  {
    flaw: 'the board’s clock could not be set, where there is one',
    caughtBy: 'agent/time',
    because: /hwclock/,
    deviation: (right, inside) => ({
      async domainSetTime(name, time, options) {
        await right.domainSetTime(name, time, options)
        inside.hasBoardClock = false
        await right.domainSetTime(name, time, options)
      },
    }),
  },
  {
    flaw: 'it is not told that a board has no clock to be set',
    caughtBy: 'agent/time',
    because: /Missing expected rejection/,
    deviation(right, inside) {
      inside.hasBoardClock = false
      return {
        domainSetTime: async (name, time, options) =>
          right.domainSetTime(name, time, options).catch(() => undefined),
      }
    },
  },
  {
    flaw: 'what a guest writes is not counted',
    caughtBy: 'stats/block',
    because: /0 bytes/,
    deviation: (right) => {
      let first: ReturnType<typeof right.domainGetBlockStats> | undefined
      return {
        domainGetBlockStats: async (name, disk) =>
          (first ??= right.domainGetBlockStats(name, disk)),
      }
    },
  },
  {
    flaw: 'a disk grows in the image alone',
    caughtBy: 'block/resize',
    because: /the larger disk/,
    deviation: () => ({ domainBlockResize: nothing }),
  },
  {
    flaw: 'a picture is empty',
    caughtBy: 'screen/picture',
    because: /PNG/,
    deviation: () => ({ domainScreenshot: async () => Buffer.alloc(24) }),
  },
  {
    flaw: 'a guest that is restored begins anew',
    caughtBy: 'save/restore',
    because: /00000000/,
    deviation: (right, inside) => ({
      async domainRestore(file) {
        const restored = await right.domainRestore(file)
        startAnew(inside)
        return restored
      },
    }),
  },
  {
    flaw: 'a managed save is not used by the next start',
    caughtBy: 'save/managed',
    because: /00000000/,
    deviation: (right, inside) => ({
      async domainCreate(name) {
        const created = await right.domainCreate(name)
        startAnew(inside)
        return created
      },
    }),
  },
  {
    flaw: 'a managed save is still there after it was used',
    caughtBy: 'save/managed',
    because: /true/,
    deviation: () => ({ domainHasManagedSaveImage: async () => true }),
  },
  {
    flaw: 'a snapshot brings back memory and not the disk',
    caughtBy: 'snapshot/internal',
    because: /before/,
    deviation: (right, inside) => ({
      async domainRevertToSnapshot(name, snapshot, options) {
        const { disk } = inside
        await right.domainRevertToSnapshot(name, snapshot, options)
        inside.disk = disk
      },
    }),
  },
  {
    flaw: 'a guest that moved runs at both sides',
    caughtBy: 'migrate/live',
    because: /running/,
    deviation: (_right, inside) => ({
      domainGetState: async () => ({ state: inside.state, reason: 'migrated' }),
    }),
  },
  {
    flaw: 'a guest that moves begins anew there',
    caughtBy: 'migrate/live',
    because: /00000000/,
    deviation: (right, inside) => ({
      async domainMigrate(name, uri, options) {
        startAnew(inside)
        return await right.domainMigrate(name, uri, options)
      },
    }),
  },
  {
    flaw: 'a dump ends the guest',
    caughtBy: 'dump/elf',
    because: /the guest is shut off/,
    deviation: (right) => ({
      async domainCoreDump(name, file, options) {
        await right.domainCoreDump(name, file, options)
        await right.domainDestroy(name)
      },
    }),
  },
  {
    flaw: 'a reset does not reach the guest',
    caughtBy: 'power/reset',
    because: /00000000/,
    deviation: () => ({ domainReset: nothing }),
  },
  {
    flaw: 'a guest whose plug is pulled is said to have shut down',
    caughtBy: 'power/destroy',
    because: /destroyed/,
    deviation: (right) => ({
      async domainGetState(name) {
        const { state } = await right.domainGetState(name)
        return { state, reason: 'shutdown' }
      },
    }),
  },
  {
    flaw: 'a disk on a controller is plugged into nothing',
    caughtBy: 'hotplug/disk-scsi',
    because: /the device to come/,
    deviation: () => ({ domainAttachDevice: async () => ({ alias: 'a', xml: '', warnings: [] }) }),
  },
  {
    flaw: 'a USB disk is smaller than its image',
    caughtBy: 'hotplug/disk-usb',
    because: /the device to come/,
    deviation: (right) => ({
      domainAttachDevice: async (name, xml, options) =>
        right.domainAttachDevice(name, xml.replace(/<source[^>]*>/, ''), options),
    }),
  },
  {
    flaw: 'a tablet is plugged in as a mouse',
    caughtBy: 'hotplug/input',
    because: /the device to come/,
    deviation: (right) => ({
      domainAttachDevice: async (name, xml, options) =>
        right.domainAttachDevice(name, xml.replace('tablet', 'mouse'), options),
    }),
  },
  {
    flaw: 'a channel has another name inside',
    caughtBy: 'hotplug/channel',
    because: /the device to come/,
    deviation: (right) => ({
      domainAttachDevice: async (name, xml, options) =>
        right.domainAttachDevice(name, xml.replace('org.polyvirt', 'com.example'), options),
    }),
  },
  {
    flaw: 'a controller that is plugged in takes no disk',
    caughtBy: 'hotplug/controller',
    because: /the device to come/,
    deviation: (right) => ({
      domainAttachDevice: async (name, xml, options) =>
        xml.startsWith('<disk')
          ? { alias: 'a', xml: '', warnings: [] }
          : right.domainAttachDevice(name, xml, options),
    }),
  },
  {
    flaw: 'a watchdog stays when it is unplugged',
    caughtBy: 'hotplug/watchdog',
    because: /the device to go/,
    deviation: () => ({ domainDetachDevice: async (_name, xml) => ({ xml, warnings: [] }) }),
  },
  {
    flaw: 'vCPUs are counted that the guest has not',
    caughtBy: 'hotplug/vcpus',
    because: /4 vCPUs/,
    deviation: () => {
      let counted = 2
      return {
        domainSetVcpus: async (_name, count) => void (counted = count),
        domainGetVcpuCounts: async () => ({
          ...{ maximum: 4, current: counted, enabled: [] },
          ...{ maximumConfig: 4, currentConfig: counted },
        }),
      }
    },
  },
  {
    flaw: 'a balloon tells of memory that the guest has not',
    caughtBy: 'stats/memory',
    because: /and inside/,
    deviation: (right) => ({
      domainGetMemoryStats: async (name) => ({
        ...(await right.domainGetMemoryStats(name)),
        availableKiB: 1024,
      }),
    }),
  },
  {
    flaw: 'of a chord only one key arrives',
    caughtBy: 'keys/arrive',
    because: /the keys in the guest/,
    deviation: (_right, inside) => ({
      domainSendKey: async () => void (inside.keys = '0001 0030'),
    }),
  },
  {
    flaw: 'a commit leaves the disk on its overlay',
    caughtBy: 'snapshot/external-and-commit',
    because: /on nothing else/,
    deviation: () => ({ domainBlockCommit: nothing }),
  },
  {
    flaw: 'a commit loses what was written on the overlay',
    caughtBy: 'snapshot/external-and-commit',
    because: /overlay/,
    deviation: (right, inside) => ({
      async domainBlockCommit(name, disk, options) {
        await right.domainBlockCommit(name, disk, options)
        inside.disk = 'base'
      },
    }),
  },
  {
    flaw: 'a pull leaves the disk on its base',
    caughtBy: 'block/pull',
    because: /nothing is below it/,
    deviation: () => ({ domainBlockPull: nothing }),
  },
  {
    flaw: 'a pull brings other bytes',
    caughtBy: 'block/pull',
    because: /random/,
    deviation: (right, inside) => ({
      async domainBlockPull(name, disk, options) {
        await right.domainBlockPull(name, disk, options)
        inside.disk = ''
      },
    }),
  },
  {
    flaw: 'a copy lacks what the guest wrote while it was made',
    caughtBy: 'block/copy',
    because: /random/,
    deviation: (right, inside) => {
      let then = ''
      return {
        async domainBlockCopy(name, disk, ...more) {
          then = inside.disk
          await right.domainBlockCopy(name, disk, ...more)
        },
        async domainBlockJobAbort(name, disk, options) {
          await right.domainBlockJobAbort(name, disk, options)
          inside.disk = then
        },
      }
    },
  },
  {
    flaw: 'a disk does not go over to its copy',
    caughtBy: 'block/copy',
    because: /it is on the copy/,
    deviation: () => ({ domainBlockJobAbort: nothing }),
  },
  {
    flaw: 'a snapshot in files brings back memory and not the disk',
    caughtBy: 'snapshot/external-with-memory',
    because: /before/,
    deviation: (right, inside) => ({
      async domainRevertToSnapshot(name, snapshot, options) {
        const { disk } = inside
        await right.domainRevertToSnapshot(name, snapshot, options)
        inside.disk = disk
      },
    }),
  },
  {
    flaw: 'a snapshot in files brings back the disk and not memory',
    caughtBy: 'snapshot/external-with-memory',
    because: /00000000/,
    deviation: (right, inside) => ({
      async domainRevertToSnapshot(name, snapshot, options) {
        await right.domainRevertToSnapshot(name, snapshot, options)
        startAnew(inside)
      },
    }),
  },
  {
    flaw: 'a snapshot that is deleted leaves its memory behind',
    caughtBy: 'snapshot/external-with-memory',
    because: /the file is gone/,
    deviation: (right) => {
      let memory = ''
      return {
        async domainSnapshotCreateXml(name, xml, options) {
          memory = /file='([^']+)'/.exec(xml ?? '')?.[1] ?? ''
          return await right.domainSnapshotCreateXml(name, xml, options)
        },
        async domainSnapshotDelete(name, snapshot, options) {
          await right.domainSnapshotDelete(name, snapshot, options)
          writeFileSync(memory, '')
        },
      }
    },
  },
  {
    flaw: 'an incremental backup is a full one',
    caughtBy: 'backup/push',
    because: /what was not written again is not in it/,
    deviation: (right) => ({
      domainBackupBegin: async (name, xml, options) =>
        right.domainBackupBegin(name, xml?.replace('<incremental>full</incremental>', ''), options),
    }),
  },
  {
    flaw: 'a backup begins behind what the guest had written',
    caughtBy: 'backup/push',
    because: /old/,
    deviation: (right, inside) => ({
      async domainBackupBegin(name, xml, options) {
        const { words } = inside
        inside.words = {}
        await right.domainBackupBegin(name, xml, options)
        inside.words = words
      },
    }),
  },
  {
    flaw: 'a disk that is pulled is served as it is now',
    caughtBy: 'backup/pull',
    because: /then/,
    deviation: (right, inside) => ({
      domainBackupGetXmlDesc: async (name) => {
        const xml = await right.domainBackupGetXmlDesc(name)
        const { words } = inside
        inside.words = { ...words, 12: 'now' }
        await right.domainBackupBegin(name, xml)
        inside.words = words
        return xml
      },
    }),
  },
  {
    flaw: 'a backup that was ended is still there',
    caughtBy: 'backup/pull',
    because: /the backup has ended/,
    deviation: () => ({ domainAbortJob: nothing }),
  },
  {
    flaw: 'a checkpoint sees no writes',
    caughtBy: 'checkpoint/create-and-delete',
    because: /0 bytes are told/,
    deviation: () => ({
      domainCheckpointGetXmlDesc: async () => "<disk name='vda' checkpoint='bitmap' size='0'/>",
    }),
  },
  {
    flaw: 'a checkpoint is deleted without those below it',
    caughtBy: 'checkpoint/create-and-delete',
    because: /1 !== 0/,
    deviation: (right) => ({
      domainCheckpointDelete: async (name, checkpoint) =>
        right.domainCheckpointDelete(name, checkpoint),
    }),
  },
  {
    flaw: 'a disk arrives empty where its guest moved to',
    caughtBy: 'migrate/with-storage',
    because: /moved/,
    deviation: (right, inside) => ({
      async domainMigrate(name, to, options) {
        inside.disk = ''
        return await right.domainMigrate(name, to, options)
      },
    }),
  },
  {
    flaw: 'a guest that moves with its disks goes on with those of before',
    caughtBy: 'migrate/with-storage',
    because: /it is on the copy/,
    deviation: (right) => ({
      domainMigrate: async (name, to, { xml: _xml, ...options } = {}) =>
        right.domainMigrate(name, to, options),
    }),
  },
  {
    flaw: 'a dump is of another guest',
    caughtBy: 'dump/elf',
    because: /is not in it/,
    deviation: (right, inside) => ({
      async domainCoreDump(name, file, options) {
        inside.known = 'something else'
        await right.domainCoreDump(name, file, options)
      },
    }),
  },
  {
    flaw: 'a dump has not the format that was asked for',
    caughtBy: 'dump/kdump',
    because: /makedumpfile/,
    deviation: (right) => ({
      domainCoreDump: async (name, file) => right.domainCoreDump(name, file),
    }),
  },
  {
    flaw: 'a guest whose agent was asked stays up',
    caughtBy: 'power/shutdown-agent',
    because: /the guest to be off/,
    deviation: () => ({ domainShutdown: nothing }),
  },
  {
    flaw: 'a guest that powers off is said to have crashed',
    caughtBy: 'power/shutdown-button',
    because: /crashed/,
    deviation: (_right, inside) => ({
      domainShutdown: async () => turnOff(inside, 'crashed'),
    }),
  },
  {
    flaw: 'a guest that restarts by itself is another domain afterwards',
    caughtBy: 'power/reboot-by-itself',
    because: /Expected values to be strictly equal/,
    deviation: (right, inside) => ({
      domainLookup: async (name) => ({ ...(await right.domainLookup(name)), id: inside.boots }),
    }),
  },
  {
    flaw: 'what becomes of a restart is written down, and QEMU not told',
    caughtBy: 'power/reboot-ends-as-told',
    because: /the guest to be off/,
    deviation: () => ({
      domainSetLifecycleAction: nothing,
      domainGetXmlDesc: async () => '<on_reboot>destroy</on_reboot>',
    }),
  },
  {
    flaw: 'what was said for this time is said for all times',
    caughtBy: 'power/reboot-ends-as-told',
    because: /on_reboot/,
    deviation: () => ({ domainGetXmlDesc: async () => '<on_reboot>destroy</on_reboot>' }),
  },
  {
    flaw: 'a floppy drive that plugs nothing takes a disk all the same',
    caughtBy: 'hotplug/disk-fdc',
    because: /it should be refused, but was plugged/,
    deviation: () => ({ domainAttachDevice: async () => ({ alias: 'a', xml: '', warnings: [] }) }),
  },
  {
    flaw: 'vCPUs go from a machine that plugs none, and nobody says a word',
    caughtBy: 'hotplug/vcpus-refused',
    because: /it is refused with a code/,
    deviation: () => ({ domainSetVcpus: nothing }),
  },
  {
    flaw: 'what the host is is told in place of what the guest is',
    caughtBy: 'agent/tells',
    because: /the-host/,
    deviation: (right) => ({
      domainGetGuestInfo: async (name) => ({
        ...(await right.domainGetGuestInfo(name)),
        hostname: 'the-host',
      }),
    }),
  },
  {
    flaw: 'an address is told without its prefix',
    caughtBy: 'agent/addresses',
    because: /prefix/,
    deviation: (right) => ({
      domainInterfaceAddresses: async (name) =>
        (await right.domainInterfaceAddresses(name)).map((card) => ({
          ...card,
          addresses: card.addresses.map((one) => ({ ...one, prefix: 0 })),
        })),
    }),
  },
  {
    flaw: 'file systems are said to be frozen and take writes',
    caughtBy: 'agent/freeze',
    because: /nothing/,
    deviation: () => ({ domainFsFreeze: async () => 1 }),
  },
  {
    flaw: 'another password is set than the one that is asked for',
    caughtBy: 'agent/password',
    because: /\$6\$salt/,
    deviation: (right) => ({
      domainSetUserPassword: async (name, user, word, options) =>
        right.domainSetUserPassword(name, user, word.trimEnd().split(':', 1)[0] ?? '', options),
    }),
  },
]
