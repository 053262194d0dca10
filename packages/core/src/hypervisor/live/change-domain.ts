import type { Domain } from '../../domain/domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { DefinitionChange } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { EventFacts } from '../interface/events.ts'
import { JobLeft } from '../job-left.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { changeTargets, heldTargets } from './change-targets.ts'
import type { ChangeTrace } from './finish-tuning.ts'
import { askOrLeave } from './ask-to-finish.ts'
import { performSettings } from './perform-settings.ts'

export interface DomainChange {
  /** Names the job. */
  readonly kind: string
  readonly target: ChangeTarget
  /** What the definition says afterwards: the stored one, and the live one. */
  edit(domain: Domain, isLive: boolean): Domain
  /** Makes it so in the guest that runs. A rejection leaves both definitions as they were. */
  perform?(qmp: QmpClient, live: Domain, running: Running): Promise<unknown>
  /** What QEMU itself tells of the change; without it, an interrupted one is taken back by telling QEMU what it was before. */
  readonly trace?: ChangeTrace
  /** Judges before anything is changed. */
  check?(domain: Domain, isLive: boolean): void
  /** What it is to those who watch, of a guest that runs or of a definition alone. */
  events?(live: Domain | undefined): readonly EventFacts[]
}

/**
 * Changes a domain: its guest while it runs, its definition, or both, as the target says. The two are
 * stored in one step, behind the guest's own change.
 */
export async function changeDomain(
  rooms: Rooms,
  reference: string,
  { kind, target, edit, perform, trace, check, events }: DomainChange,
): Promise<void> {
  const record = await rooms.find(reference)
  changeTargets(record, target)
  const { uuid } = record.domain
  await rooms.withJob(uuid, kind, async (job) => {
    const targets = heldTargets(rooms, uuid, target)
    const told = (live: Domain | undefined): Pick<DefinitionChange, 'events'> =>
      events === undefined ? {} : { events: events(live) }
    let definition: Pick<DefinitionChange, 'definition' | 'title'> | undefined
    if (targets.definition !== undefined) {
      const { domain } = parseDomain(targets.definition)
      check?.(domain, false)
      const edited = edit(domain, false)
      const plan = await rooms.plan(formatDomain(edited))
      definition = { definition: formatDomain(plan.domain), ...newTitle(domain, edited) }
    }
    const { running } = targets
    if (running === undefined) {
      rooms.store.change(uuid, { ...definition, ...told(undefined) })
      return
    }
    const live = await rooms.live(running)
    check?.(live, true)
    const { id } = running.active
    const edited = edit(live, true)
    const after = {
      live: { id, xml: formatDomain(edited, id) },
      ...newTitle(live, edited),
      ...definition,
      ...told(live),
    }
    if (perform === undefined) {
      rooms.store.change(uuid, after)
      return
    }
    const tell = (qmp: QmpClient): Promise<unknown> => perform(qmp, live, running)
    if (trace === undefined) {
      const request = { job, running, before: live, after: edited, change: after, perform: tell }
      await performSettings(rooms, request)
      return
    }
    rooms.store.setPhase(job, 'live', { ...trace, ...after })
    await askOrLeave(rooms, running, tell)
    try {
      rooms.store.change(uuid, after)
    } catch (cause) {
      throw new JobLeft('it is so in the guest, and the next command writes it down', cause)
    }
  })
}

function newTitle(before: Domain, after: Domain): Pick<DefinitionChange, 'title'> {
  return before.title === after.title ? {} : { title: after.title ?? '' }
}

/** The definition that a question is about. */
export async function asked(
  rooms: Rooms,
  reference: string,
  target: ChangeTarget = {},
): Promise<Domain> {
  const { running, definition } = changeTargets(await rooms.find(reference), target)
  return running === undefined ? parseDomain(definition ?? '').domain : rooms.live(running)
}
