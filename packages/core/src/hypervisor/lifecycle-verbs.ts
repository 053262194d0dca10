import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError, domainError, quote } from '../errors.ts'
import type { ActiveRow, Job } from '../store/index.ts'
import { planning } from './host-connection.ts'
import type { CreateOptions, DomainSummary, Hypervisor, PowerOptions } from './hypervisor.ts'
import { lifecycleActions } from './lifecycle-actions.ts'
import type { Plan } from './planning.ts'
import { heldRecord, rowOf, summaryOf } from './records.ts'
import type { Running } from './records.ts'
import { managedSavePath } from './saving/managed-save-path.ts'
import type { Incoming } from './start-domain.ts'
import type { Rooms } from './rooms.ts'

/** How long a guest may take to power off before a reboot gives up, in milliseconds. */
const rebootMs = 300_000

type Verbs = Pick<
  Hypervisor,
  | 'domainCreate'
  | 'domainCreateXml'
  | 'domainShutdown'
  | 'domainReboot'
  | 'domainReset'
  | 'domainDestroy'
  | 'domainSuspend'
  | 'domainResume'
>

/** Starting, stopping, pausing. `autodestroy` collects the runs that end with this connection. */
export function lifecycleVerbs(rooms: Rooms, autodestroy: ActiveRow[]): Verbs {
  const { store, liveness } = rooms

  const start = async (
    job: Job,
    plan: () => Promise<Plan>,
    options: CreateOptions & { readonly incoming?: Incoming },
  ): Promise<void> => {
    const record = store.get(job.uuid)
    if (record === undefined)
      throw domainError('ERR_NO_DOMAIN', `no domain with matching uuid ${quote(job.uuid)}`)
    if (record.active !== undefined)
      throw domainError('ERR_OPERATION_INVALID', 'domain is already running')
    try {
      const { startDomain } = await planning()
      const active = await startDomain({
        store,
        layout: rooms.layout,
        drivers: rooms.drivers,
        plan: await plan(),
        job,
        options,
        ...(options.incoming && { incoming: options.incoming }),
      })
      if (options.autodestroy === true) autodestroy.push(active)
    } catch (error) {
      store.setLastState(job.uuid, 'shut off', 'failed')
      throw error
    }
  }

  /** The guest was just met and told to go: asking it again takes as long as half its plan. */
  const started = async (uuid: string): Promise<DomainSummary> =>
    summaryOf(store.get(uuid) ?? (await rooms.find(uuid)))

  return {
    async domainCreate(reference, options = {}) {
      const record = await rooms.find(reference)
      const { uuid, xml } = record.domain
      if (record.active !== undefined || xml === undefined) {
        throw domainError('ERR_OPERATION_INVALID', 'domain is already running')
      }
      await rooms.withJob(uuid, 'start', async (job) => {
        const held = heldRecord(store, record).domain.xml ?? xml
        const saved = managedSavePath(rooms.layout, uuid)
        if (options.forceBoot === true) await rm(saved, { force: true })
        if (!existsSync(saved)) return start(job, () => rooms.plan(held), options)
        const { startSaved } = await import('./saving/start-saved.ts')
        return startSaved(rooms, job, { saved, start, options })
      })
      return started(uuid)
    },

    async domainCreateXml(xml, options = {}) {
      const plan = await rooms.plan(xml, options)
      const row = rowOf(plan)
      // The job comes first: whoever dies behind it leaves something that names what to undo.
      await rooms.withJob(row.uuid, 'start', async (job) => {
        store.defineTransient(row)
        try {
          await start(job, () => Promise.resolve(plan), options)
        } catch (error) {
          store.forgetTransient(row.uuid)
          throw error
        }
      })
      return { domain: await started(row.uuid), warnings: plan.warnings }
    },

    async domainShutdown(reference, options = {}) {
      const running = await rooms.findActive(reference)
      await inTurn(options, {
        agent: () => agentShutdown(rooms, running, 'powerdown'),
        acpi: () => rooms.command(running, 'shutdown', (qmp) => qmp.execute('system_powerdown')),
      })
    },

    async domainReset(reference) {
      const running = await rooms.findActive(reference)
      await rooms.command(running, 'reset', (qmp) => qmp.execute('system_reset'))
    },

    async domainReboot(reference, options = {}) {
      const running = await rooms.findActive(reference)
      await inTurn(options, {
        agent: () => agentShutdown(rooms, running, 'reboot'),
        acpi: () => buttonReboot(rooms, running, options.signal),
      })
    },

    async domainDestroy(reference, options = {}) {
      const { domain, active } = await rooms.findActive(reference)
      // No job: pulling the plug waits for nobody who is still talking to the guest. A run ends
      // once, and a start of the same domain is another run.
      const ended = await liveness.end(active, 'destroyed', {
        what: `domain ${quote(domain.name, 200)}`,
        ...(options.graceful !== undefined && { graceful: options.graceful }),
      })
      if (!ended) throw domainError('ERR_OPERATION_INVALID', 'domain is not running')
    },

    async domainSuspend(reference) {
      const running = await rooms.findActive(reference)
      await rooms.command(running, 'suspend', async (qmp) => {
        await qmp.execute('stop')
        store.setState(running.active, 'paused', 'user')
      })
    },

    async domainResume(reference) {
      const running = await rooms.findActive(reference)
      await rooms.command(running, 'resume', async (qmp) => {
        const { status } = await qmp.execute('query-status')
        if (status === 'running')
          throw domainError('ERR_OPERATION_INVALID', 'domain is already running')
        // A guest that powered off and was kept starts afresh.
        if (status === 'shutdown' || status === 'guest-panicked') await qmp.execute('system_reset')
        await qmp.execute('cont')
        store.setState(running.active, 'running', 'unpaused')
      })
    },
  }
}

type Ways = Readonly<Record<'agent' | 'acpi', () => Promise<unknown>>>

/** The first way that works; what the last one said where none does. */
async function inTurn({ modes = ['acpi'] }: PowerOptions, ways: Ways): Promise<void> {
  for (const [i, mode] of modes.entries()) {
    try {
      await ways[mode]()
      return
    } catch (error) {
      if (i === modes.length - 1) throw error
    }
  }
}

/** An agent that obeys answers nothing, for its guest is going down. */
async function agentShutdown(
  rooms: Rooms,
  { domain }: Running,
  mode: 'powerdown' | 'reboot',
): Promise<void> {
  const { askAgent } = await import('./agent/guest-agent.ts')
  await askAgent(rooms, domain.uuid, async (agent) => {
    await agent.execute('guest-ping')
    await agent.execute('guest-shutdown', { mode }).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== 'ERR_AGENT_UNRESPONSIVE') throw error
    })
  })
}

/**
 * Asks the guest to power off, and starts it again in the same QEMU once it has. Nobody else would do
 * the second half, so this waits for the first.
 */
async function buttonReboot(rooms: Rooms, running: Running, signal?: AbortSignal): Promise<void> {
  const live = await rooms.live(running)
  await rooms.command(running, 'reboot', async (qmp) => {
    await qmp.execute('set-action', { shutdown: 'pause' })
    const deadline = performance.now() + rebootMs
    try {
      await qmp.execute('system_powerdown')
      while ((await qmp.execute('query-status')).status !== 'shutdown') {
        signal?.throwIfAborted()
        if (performance.now() > deadline) {
          throw domainError(
            'ERR_OPERATION_TIMEOUT',
            `the guest did not power off within ${rebootMs / 1000} s; it may not listen to the power button`,
          )
        }
        await sleep(100)
      }
      await qmp.execute('system_reset')
      await qmp.execute('cont')
    } finally {
      await qmp.execute('set-action', { shutdown: lifecycleActions(live).shutdown })
    }
  })
  rooms.store.setState(running.active, 'running', 'booted')
}
