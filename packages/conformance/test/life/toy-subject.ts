import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { DomainError } from '@polyvirt/core'
import type { Subject } from '../../src/life/subject.ts'
import { mebibyte, startAnew, type Inside } from './inside.ts'

/** Kept states of guests, by the path or the name under which they were kept. */
type Kept = Map<string, Inside>

/** Does with a toy guest what libvirt's verbs say. Verbs that no act with a mutant uses are not there. */
export function toySubject(inside: Inside, uri: string, kept: Kept = new Map()): Subject {
  let reason = 'booted'
  const keep = (key: string): void => void kept.set(key, structuredClone(inside))
  const bringBack = (key: string): void => {
    const before = kept.get(key)
    if (before === undefined) throw new Error(`nothing is kept as ${key}`)
    Object.assign(inside, structuredClone(before), { state: 'running' })
  }
  const turnOff = (why: string): void => {
    reason = why
    inside.state = 'shut off'
  }
  const verbs = {
    uri,
    domainGetState: async () => ({
      state: places.get(inside) === uri ? inside.state : 'shut off',
      reason,
    }),
    domainGetInfo: async () => ({ pid: 1, maxMemoryKiB: 512 * 1024 }),
    domainGetXmlDesc: async () => Object.values(inside.plugged).join('\n'),
    domainSuspend: async () => void (inside.state = 'paused'),
    domainResume: async () => void (inside.state = 'running'),
    domainReset: async () => startAnew(inside),
    domainDestroy: async () => turnOff('destroyed'),
    domainAttachDevice: async (_: string, xml: string) => {
      if (/bus='(?:sata|ide|fdc)'/.test(xml))
        throw new DomainError([{ code: 'ERR_OPERATION_UNSUPPORTED', message: 'it plugs nothing' }])
      const alias = `plugged${Object.keys(inside.plugged).length}`
      inside.plugged = { ...inside.plugged, [alias]: xml }
      return { alias, xml, warnings: [] }
    },
    domainDetachDevice: async (_: string, xml: string) => {
      const left = Object.entries(inside.plugged).filter(([, one]) => one !== xml)
      inside.plugged = Object.fromEntries(left)
    },
    domainChangeMedia: async (_: string, __: string, { source }: { readonly source?: string }) => {
      inside.medium = source === undefined ? '' : basename(source, '.raw')
    },
    domainSetLinkState: async (_: string, __: string, isUp: boolean) =>
      void (inside.isLinked = isUp),
    domainGetLinkState: async () => (inside.isLinked ? 'up' : 'down'),
    domainSetMemory: async (_: string, kibibytes: number) => void (inside.memoryKiB = kibibytes),
    domainSetTime: async (_: string, { seconds }: { readonly seconds: number }) =>
      void (inside.seconds = seconds),
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
      turnOff('saved')
    },
    domainRestore: async (file: string) => bringBack(file),
    domainManagedSave: async () => {
      keep('managed')
      turnOff('saved')
    },
    domainHasManagedSaveImage: async () => kept.has('managed'),
    domainCreate: async () => {
      if (!kept.has('managed')) startAnew(inside)
      else bringBack('managed')
      kept.delete('managed')
    },
    domainSnapshotCreateXml: async () => keep('snapshot'),
    domainRevertToSnapshot: async () => bringBack('snapshot'),
    domainSnapshotDelete: async () => void kept.delete('snapshot'),
    domainListAllSnapshots: async () => (kept.has('snapshot') ? [{ name: 'one' }] : []),
    domainCanMigrate: async () => ({ possible: true, problems: [] }),
    domainMigrate: async (_: string, to: string) => void places.set(inside, to),
    domainCoreDump: async (_: string, file: string) => writeFileSync(file, '\u007FELF'),
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
