import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { variablesPath } from '../domain/firmware-variables.ts'
import { nameProblem } from '../domain/identity.ts'
import { DomainError, domainError, quote } from '../errors.ts'
import type { DomainRecord } from '../store/index.ts'
import { planning } from './host-connection.ts'
import type { Hypervisor } from './hypervisor.ts'
import type { DefinitionVerbs, UndefineOptions } from './interface/definitions.ts'
import { heldRecord, rowOf, summaryOf } from './records.ts'
import { undefineWith } from './finish-undefine.ts'
import type { UndefineDetail } from './finish-undefine.ts'
import type { Rooms } from './rooms.ts'
import { managedSavePath } from './saving/managed-save-path.ts'
import { tpmStatePath } from './tpm-state-path.ts'

type Verbs = DefinitionVerbs & Pick<Hypervisor, 'domainDefineXml' | 'domainSetAutostart'>

/** Definitions: stored, renamed, removed, marked for the next boot. */
export function definitionVerbs(rooms: Rooms): Verbs {
  const { store } = rooms
  return {
    async domainDefineXml(xml, options = {}) {
      const { formatDomain } = await planning()
      const plan = await rooms.plan(xml, options)
      const { uuid } = plan.domain
      const definition = { ...rowOf(plan), xml: formatDomain(plan.domain) }
      let record: DomainRecord | undefined
      // Whoever changes a definition holds the domain, so that no change is lost between two.
      await inTurn(rooms, uuid, () => {
        store.define(definition)
        record = store.get(uuid)
      })
      // Of one that does not run, all is known.
      const known = record?.active === undefined ? record : undefined
      return {
        domain: summaryOf(known ?? (await rooms.find(uuid))),
        warnings: plan.warnings,
      }
    },

    async domainUndefine(reference, options = {}) {
      const record = await rooms.find(reference)
      const { uuid, persistent } = record.domain
      if (!persistent) {
        throw domainError('ERR_OPERATION_INVALID', 'cannot undefine transient domain')
      }
      if (await undefineAtOnce(rooms, record, options)) return summaryOf(record)
      await rooms.withJob(uuid, 'undefine', async (job) => {
        const now = store.get(uuid) ?? record
        const variables = await variablesOf(rooms, now)
        await undefineWith(store, job, belongings(rooms, now, { ...options, variables }))
      })
      return summaryOf(record)
    },

    async domainRename(reference, name) {
      const wrong = nameProblem(name)
      if (wrong !== undefined)
        throw domainError('ERR_XML_ERROR', `the name ${quote(name)} ${wrong}`)
      const record = await rooms.find(reference)
      const { uuid, xml } = record.domain
      if (record.active !== undefined || xml === undefined)
        throw domainError('ERR_OPERATION_INVALID', 'cannot rename active domain')
      await rooms.withJob(uuid, 'rename', async () => {
        const held = heldRecord(store, record)
        if (held.active !== undefined)
          throw domainError('ERR_OPERATION_INVALID', 'cannot rename active domain')
        const { formatDomain, parseDomain } = await planning()
        const { domain } = parseDomain(held.domain.xml ?? xml)
        const plan = await rooms.plan(formatDomain({ ...domain, name }))
        store.rename({ ...rowOf(plan), xml: formatDomain(plan.domain) })
      })
      return summaryOf(await rooms.find(uuid))
    },

    async domainSetMetadata(reference, type, value, options = {}) {
      const { setMetadata } = await import('./live/metadata.ts')
      await setMetadata(rooms, reference, { type, value, ...options })
    },

    async domainGetMetadata(reference, type, options = {}) {
      const { getMetadata } = await import('./live/metadata.ts')
      return getMetadata(rooms, reference, { type, ...options })
    },

    async domainSetAutostart(reference, autostart) {
      const record = await rooms.find(reference)
      if (!record.domain.persistent) {
        throw domainError('ERR_OPERATION_INVALID', 'cannot set autostart for transient domain')
      }
      store.setAutostart(record.domain.uuid, autostart)
    },
  }
}

/** How long several definitions at one moment wait for each other, in milliseconds. */
const turnMs = 2000

/** Another definition takes a moment; anything else that holds the domain is told at once. */
async function inTurn(rooms: Rooms, uuid: string, define: () => void): Promise<void> {
  const deadline = performance.now() + turnMs
  for (;;) {
    try {
      if (!rooms.store.whileFree(uuid, define))
        await rooms.withJob(uuid, 'define', async () => define())
      return
    } catch (error) {
      const busy = error instanceof DomainError && error.code === 'ERR_RESOURCE_BUSY'
      const holder = rooms.store.jobs().find((job) => job.uuid === uuid)?.kind ?? 'define'
      if (!busy || holder !== 'define' || performance.now() > deadline) throw error
    }
    await sleep(2 + Math.random() * 8)
  }
}

/** A definition with no file of its own goes in one change; false where there is more to do, or a job. */
async function undefineAtOnce(
  rooms: Rooms,
  record: DomainRecord,
  options: UndefineOptions,
): Promise<boolean> {
  const { uuid, xml } = record.domain
  const variables = await variablesOf(rooms, record)
  let isGone = false
  const change = (): void => {
    const now = rooms.store.get(uuid)
    // Another one may have changed it since it was looked at.
    if (now === undefined || now.domain.xml !== xml) return
    const { undefine, tpmState } = belongings(rooms, now, { ...options, variables })
    if (undefine.length > 0 || tpmState !== undefined) return
    rooms.store.undefine(uuid)
    isGone = true
  }
  // As with libvirt, a power cut a moment later may bring it back: that loses nobody anything.
  rooms.store.whileFree(uuid, change, { loosely: true })
  return isGone
}

/**
 * What goes with a definition.
 *
 * @throws DomainError for something that the domain has and nobody said what becomes of.
 */
function belongings(
  { store, layout }: Rooms,
  { active, domain }: DomainRecord,
  options: UndefineOptions & { readonly variables: string },
): UndefineDetail {
  const refuse = (message: string): never => {
    throw domainError('ERR_OPERATION_INVALID', message)
  }
  // A domain that runs becomes transient, and keeps what it runs with.
  if (active !== undefined) return { undefine: [] }
  const saved = managedSavePath(layout, domain.uuid)
  const hasSave = existsSync(saved)
  if (hasSave && options.managedSave !== true)
    refuse(
      'Refusing to undefine while domain managed save image exists (--managed-save removes it)',
    )
  const { length } = store.snapshots(domain.uuid)
  if (length > 0 && options.snapshotsMetadata !== true)
    refuse(
      `cannot delete inactive domain with ${length} snapshots (--snapshots-metadata forgets them)`,
    )
  const checkpoints = store.checkpoints(domain.uuid).length
  if (checkpoints > 0 && options.checkpointsMetadata !== true)
    refuse(
      `cannot delete inactive domain with ${checkpoints} checkpoints (--checkpoints-metadata forgets them)`,
    )
  const { variables } = options
  const hasVariables = existsSync(variables)
  if (hasVariables && options.nvram === undefined)
    refuse(
      `cannot undefine domain with nvram ${quote(variables, 200)}: say --nvram or --keep-nvram`,
    )
  const tpmState = tpmStatePath(layout, domain.uuid)
  const keepsTpm = options.tpm === undefined ? persists(domain.xml) : options.tpm === 'keep'
  return {
    undefine: [
      ...(hasSave ? [saved] : []),
      ...(hasVariables && options.nvram === 'remove' ? [variables] : []),
    ],
    ...(!keepsTpm && existsSync(tpmState) && { tpmState }),
  }
}

/** Of a definition as it is stored, in which words have one spelling. */
function persists(xml = ''): boolean {
  return /<backend type='emulator'[^>]* persistent_state='yes'/.test(xml)
}

async function variablesOf({ layout }: Rooms, { domain }: DomainRecord): Promise<string> {
  const named = await nvramOf(domain.xml ?? '')
  if (named !== undefined) return named
  const own = ['fd', 'qcow2'].map((end) => `${layout.libDir}/nvram/${domain.name}_VARS.${end}`)
  return own.find((path) => existsSync(path)) ?? own[0] ?? ''
}

/** The file that a definition names for its firmware's variables; a device is nobody's to remove. */
async function nvramOf(xml: string): Promise<string | undefined> {
  if (!xml.includes('<nvram')) return undefined
  const { parseDomain } = await planning()
  const { os } = parseDomain(xml).domain
  return os.nvramType === 'block' ? undefined : variablesPath(os)
}
