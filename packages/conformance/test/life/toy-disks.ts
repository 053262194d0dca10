import { existsSync, rmSync, writeFileSync } from 'node:fs'
import type { Subject } from '../../src/life/subject.ts'
import { mebibyte, type Inside } from './inside.ts'

/** Words on a disk, by mebibyte. */
type Words = Readonly<Record<number, string>>

/** The images of a toy guest's data disk, and the verbs that change them. */
export interface ToyDisks {
  readonly verbs: Partial<Subject>
  /** The disk's element in the definition. */
  element(): string
  bytesOf(place: string): Uint8Array
}

/** Snapshots, block jobs, backups and checkpoints of a guest that is a few variables. */
export function toyDisks(inside: Inside, kept: Map<string, Inside>): ToyDisks {
  let chain: readonly string[] = ['/toy/data-64M.qcow2']
  let copy: string | undefined
  let backup: string | undefined
  let memory: string | undefined
  const snapshots = new Map<string, 'internal' | 'external'>()
  const checkpoints = new Map<string, Words>()
  const copies = new Map<string, Words>()
  /** What is not as it was. */
  const since = (name: string): Words => {
    const before = checkpoints.get(name) ?? {}
    const entries = Object.entries(inside.words)
    return Object.fromEntries(entries.filter(([at, word]) => before[Number(at)] !== word))
  }
  const checkpointed = (xml: string): void => {
    const name = inElement('name', xml)
    if (name !== undefined) checkpoints.set(name, inside.words)
  }
  // Only what the acts ask of these verbs.
  const verbs: object = {
    domainSnapshotCreateXml: async (_: string, xml = '', options: { diskOnly?: boolean } = {}) => {
      const name = inElement('name', xml) ?? 'one'
      const [, file] = /<memory snapshot='external' file='([^']+)'/.exec(xml) ?? []
      const isExternal = options.diskOnly === true || file !== undefined
      snapshots.set(name, isExternal ? 'external' : 'internal')
      if (isExternal) chain = [`/toy/data-64M.${name}`, ...chain]
      if (file !== undefined) writeFileSync(file, '')
      memory = file
      kept.set('snapshot', structuredClone(inside))
    },
    domainRevertToSnapshot: async () => {
      Object.assign(inside, structuredClone(kept.get('snapshot')), { state: 'running' })
    },
    domainSnapshotDelete: async (_: string, name: string) => {
      snapshots.delete(name)
      if (memory !== undefined && existsSync(memory)) rmSync(memory)
    },
    domainListAllSnapshots: async () =>
      [...snapshots].map(([name, location]) => ({ name, location })),
    domainBlockCommit: async () => void (chain = chain.slice(1)),
    domainBlockPull: async () => void (chain = chain.slice(0, 1)),
    domainBlockCopy: async (_: string, __: string, file: string) => void (copy = file),
    domainGetBlockJobInfo: async () => ({ status: 'ready' }),
    domainBlockJobAbort: async () => void (chain = [copy ?? '']),
    domainBackupBegin: async (_: string, xml = '', options: { checkpointXml?: string } = {}) => {
      const [, target] = /<target file='([^']+)'/.exec(xml) ?? []
      const [, socket] = /socket='([^']+)'/.exec(xml) ?? []
      const name = inElement('incremental', xml)
      if (target !== undefined) copies.set(target, name === undefined ? inside.words : since(name))
      else copies.set(`nbd+unix:///vda?socket=${socket}`, inside.words)
      if (socket !== undefined) backup = xml
      if (options.checkpointXml !== undefined) checkpointed(options.checkpointXml)
    },
    domainBackupGetXmlDesc: async () => backup,
    domainAbortJob: async () => void (backup = undefined),
    domainGetJobInfo: async () => (backup === undefined ? undefined : { kind: 'backup' }),
    domainCheckpointCreateXml: async (_: string, xml = '') => checkpointed(xml),
    domainCheckpointGetXmlDesc: async (_: string, name: string) =>
      `<disk name='vda' checkpoint='bitmap' size='${Object.keys(since(name)).length * mebibyte}'/>`,
    domainListAllCheckpoints: async () => {
      const names = [...checkpoints.keys()]
      return names.map((name, i) => ({ name, parent: names[i - 1] }))
    },
    domainCheckpointDelete: async (_: string, name: string, options: { children?: boolean } = {}) =>
      options.children === true ? checkpoints.clear() : void checkpoints.delete(name),
    domainMigrate: async (_: string, __: string, { xml = '' }: { xml?: string } = {}) => {
      const [, file] = /<source file='([^']*data[^']*)'/.exec(xml) ?? []
      if (file !== undefined) chain = [file]
    },
  }
  return {
    verbs,
    element() {
      const [top, ...below] = chain
      const backing = below.map((file) => `<backingStore type='file'><source file='${file}'/>`)
      return `<disk type='file'><source file='${top}'/>${backing.join('')}<target dev='vda'/></disk>`
    },
    bytesOf(place) {
      const image = Buffer.alloc(16 * mebibyte)
      for (const [at, word] of Object.entries(copies.get(place) ?? {}))
        image.write(`${word}\n`, Number(at) * mebibyte, 'latin1')
      return image
    },
  }
}

const inElement = (name: string, xml: string): string | undefined =>
  new RegExp(`<${name}>([^<]+)<`).exec(xml)?.[1]
