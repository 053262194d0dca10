import type { Deviation } from './toy-life.ts'
import { startAnew } from './inside.ts'

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
]
