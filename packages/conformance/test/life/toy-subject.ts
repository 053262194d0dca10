import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { DomainError } from '@polyvirt/core'
import type { Subject } from '../../src/life/subject.ts'
import {
  cardMac,
  hostname,
  kernel,
  made,
  mebibyte,
  startAnew,
  turnOff,
  type Inside,
} from './inside.ts'
import type { ToyDisks } from './toy-disks.ts'

export interface ToyPlace {
  /** Kept states of guests, by the path or the name under which they were kept. */
  readonly kept: Map<string, Inside>
  readonly disks: ToyDisks
}

interface ToldInToy {
  readonly event: string
  readonly alias?: string
  readonly sizeKiB?: number
}

/** Does with a toy guest what libvirt's verbs say. Verbs that no act with a mutant uses are not there. */
export function toySubject(inside: Inside, uri: string, { kept, disks }: ToyPlace): Subject {
  const listeners = new Set<(event: ToldInToy) => void>()
  /** Whoever listens has heard it then. */
  const tell = async (event: ToldInToy): Promise<void> => {
    for (const listener of listeners) listener(event)
    await new Promise(setImmediate)
  }
  const keep = (key: string): void => void kept.set(key, structuredClone(inside))
  const bringBack = (key: string): void => {
    const before = kept.get(key)
    if (before === undefined) throw new Error(`nothing is kept as ${key}`)
    Object.assign(inside, structuredClone(before), { state: 'running' })
  }
  const verbs = {
    ...disks.verbs,
    uri,
    domainGetState: async () => ({
      state: places.get(inside) === uri ? inside.state : 'shut off',
      reason: inside.reason,
    }),
    domainGetInfo: async () => ({ pid: 1, maxMemoryKiB: 512 * 1024 }),
    domainGetXmlDesc: async () =>
      [
        `<on_reboot>${inside.onReboot}</on_reboot>`,
        disks.element(),
        ...Object.values(inside.plugged),
      ].join('\n'),
    domainLookup: async () => ({ name: 'toy', id: 1 }),
    domainShutdown: async () => turnOff(inside, 'shutdown'),
    domainSetLifecycleAction: async (_: string, __: string, action: Inside['onReboot']) =>
      void (inside.onReboot = action),
    domainSetVcpus: async (_: string, count: number) => {
      if (count < 2)
        throw new DomainError([
          { code: 'ERR_OPERATION_UNSUPPORTED', message: 'it started with two' },
        ])
      inside.vcpus = count
    },
    domainGetGuestInfo: async () => ({
      os: { 'kernel-release': kernel.release, machine: kernel.machine },
      hostname,
      interfaces: [{ name: 'lo' }],
    }),
    domainInterfaceAddresses: async () => {
      const [address, prefix] = inside.address.split('/')
      const addresses = [{ type: 'ipv4', address, prefix: Number(prefix) }]
      return [{ name: 'eth0', mac: cardMac, addresses }]
    },
    domainFsFreeze: async () => {
      inside.isFrozen = true
      return 1
    },
    domainFsThaw: async () => {
      inside.isFrozen = false
      return 1
    },
    domainSetUserPassword: async (_: string, __: string, word: string) =>
      void (inside.password = made(word)),
    domainGetVcpuCounts: async () => ({ current: inside.vcpus }),
    domainSetMemoryStatsPeriod: async () => undefined,
    domainGetMemoryStats: async () => ({ availableKiB: inside.memoryKiB }),
    // Linux' codes of the left control key and of B.
    domainSendKey: async () => void (inside.keys += '0001 001d 0001 0030'),
    async *domainEvents(options: { readonly signal?: AbortSignal } = {}) {
      const told: ToldInToy[] = []
      let wake = (): void => undefined
      const listener = (event: ToldInToy): void => {
        told.push(event)
        wake()
      }
      listeners.add(listener)
      options.signal?.addEventListener('abort', () => wake())
      while (options.signal?.aborted !== true) {
        const event = told.shift()
        if (event !== undefined) yield event
        else await new Promise<void>((resolve) => (wake = resolve))
      }
      listeners.delete(listener)
    },
    domainSuspend: async () => {
      inside.state = 'paused'
      await tell({ event: 'suspended' })
    },
    domainResume: async () => void (inside.state = 'running'),
    domainReset: async () => startAnew(inside),
    domainDestroy: async () => turnOff(inside, 'destroyed'),
    domainAttachDevice: async (_: string, xml: string) => {
      if (/bus='(?:sata|ide|fdc)'/.test(xml))
        throw new DomainError([{ code: 'ERR_OPERATION_UNSUPPORTED', message: 'it plugs nothing' }])
      const [, secret] = /<secret type='passphrase' uuid='([^']+)'/.exec(xml) ?? []
      if (secret !== undefined && inside.secrets[secret] === undefined)
        throw new DomainError([{ code: 'ERR_NO_SECRET', message: 'it has no value' }])
      const alias = `plugged${Object.keys(inside.plugged).length}`
      inside.plugged = { ...inside.plugged, [alias]: xml }
      await tell({ event: 'device-added', alias })
      return { alias, xml, warnings: [] }
    },
    domainDetachDevice: async (_: string, xml: string) => {
      const left = Object.entries(inside.plugged).filter(([, one]) => one !== xml)
      for (const [alias, one] of Object.entries(inside.plugged))
        if (one === xml) await tell({ event: 'device-removed', alias })
      inside.plugged = Object.fromEntries(left)
      const files = Object.entries(inside.onPlugged).filter(([key]) => key.startsWith('/'))
      inside.onPlugged = Object.fromEntries(files)
    },
    secretDefineXml: async (xml: string) => ({
      uuid: /<uuid>([^<]+)/.exec(xml)?.[1],
      warnings: [],
    }),
    secretSetValue: async (uuid: string, value: Uint8Array) =>
      void (inside.secrets = { ...inside.secrets, [uuid]: Buffer.from(value).toString() }),
    secretUndefine: async () => void (inside.secrets = {}),
    domainChangeMedia: async (_: string, __: string, { source }: { readonly source?: string }) => {
      inside.medium = source === undefined ? '' : basename(source, '.raw')
    },
    domainSetLinkState: async (_: string, __: string, isUp: boolean) =>
      void (inside.isLinked = isUp),
    domainGetLinkState: async () => (inside.isLinked ? 'up' : 'down'),
    domainSetMemory: async (_: string, kibibytes: number) => {
      inside.memoryKiB = kibibytes
      await tell({ event: 'balloon-change', sizeKiB: kibibytes })
    },
    domainSetTime: async (_: string, { seconds }: { readonly seconds: number }) => {
      inside.seconds = seconds
      if (!inside.hasBoardClock)
        throw new Error('hwclock failed to set hardware clock to system time')
    },
    domainGetTime: async () => ({ seconds: inside.seconds, nanoseconds: 0 }),
    domainQemuAgentCommand: async () => ({ return: {} }),
    domainGetBlockStats: async () => ({
      writeBytes: inside.writtenBytes,
      flushRequests: inside.flushes,
    }),
    domainGetBlockInfo: async () => ({
      capacityBytes: inside.diskBytes,
      allocationBytes: inside.writtenBytes,
    }),
    domainBlockResize: async (_: string, __: string, bytes: number) =>
      void (inside.diskBytes = bytes),
    domainSave: async (_: string, file: string) => {
      keep(file)
      turnOff(inside, 'saved')
    },
    domainRestore: async (file: string) => bringBack(file),
    domainManagedSave: async () => {
      keep('managed')
      turnOff(inside, 'saved')
    },
    domainHasManagedSaveImage: async () => kept.has('managed'),
    domainCreate: async () => {
      if (!kept.has('managed')) startAnew(inside)
      else bringBack('managed')
      kept.delete('managed')
    },
    domainCanMigrate: async () => ({ possible: true, problems: [] }),
    domainMigrate: async (...[name, to, options]: Parameters<Subject['domainMigrate']>) => {
      // So a guest may arrive damaged, which an act could only see by chance.
      if (options?.unsafe === true) throw new Error('what the guest writes meanwhile may be lost')
      await disks.verbs.domainMigrate?.(name, to, options)
      places.set(inside, to)
    },
    domainCoreDump: async (_: string, file: string, { format = 'elf' } = {}) =>
      writeFileSync(
        file,
        format === 'elf' ? `\u007FELF ${inside.known}` : 'makedumpfile KDUMP   packed',
      ),
    domainScreenshot: async () => picture(mebibyte),
  }
  if (!places.has(inside)) places.set(inside, uri)
  return verbs as unknown as Subject
}

/** Where each guest runs. */
const places = new WeakMap<Inside, string>()

/** The beginning of a PNG: its width is a word at byte 16. */
function picture(width: number): Uint8Array {
  const png = Buffer.alloc(24)
  png.write('\u0089PNG', 'latin1')
  png.writeUInt32BE(width, 16)
  return png
}
