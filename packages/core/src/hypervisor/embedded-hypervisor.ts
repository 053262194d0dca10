import { setTimeout as sleep } from 'node:timers/promises'
import type { ArchRegistry } from '../arch/registry.ts'
import { domainError, quote } from '../errors.ts'
import type { Domain } from '../domain/domain.ts'
import type { QmpClient } from '../qmp/index.ts'
import { stopProcess } from '../run/stop-process.ts'
import type { ActiveRow, DomainRecord, Job, Store } from '../store/index.ts'
import { cpuTimeNs } from './cpu-time.ts'
import { diffEvents } from './events.ts'
import { HostConnection, planning } from './host-connection.ts'
import type {
  ConsoleOptions,
  ConsoleStream,
  CreateOptions,
  DefineOptions,
  DefineResult,
  DomainEvent,
  DomainFilter,
  DomainInfo,
  DomainReference,
  DomainState,
  DomainSummary,
  Explanation,
  Hypervisor,
  NativeOptions,
  NativeResult,
  XmlDescOptions,
} from './hypervisor.ts'
import { lifecycleActions } from './lifecycle-actions.ts'
import type { Layout } from './layout.ts'
import { runName, runPaths } from './layout.ts'
import { Liveness } from './liveness.ts'
import type { Plan } from './planning.ts'

/** A record of a domain that runs. */
type Running = DomainRecord & { readonly active: ActiveRow }

/** How long a guest may take to power off before a reboot gives up, in milliseconds. */
const rebootMs = 300_000

/** How long a query of the state waits for QEMU; the last known state answers after it. */
const stateMs = 1000

/** Runs domains in this process's name: QEMU outlives it, and the next one finds the guests. */
export class EmbeddedHypervisor extends HostConnection implements Hypervisor {
  readonly #store: Store
  readonly #liveness: Liveness
  readonly #autodestroy: ActiveRow[] = []

  constructor(layout: Layout, registry: ArchRegistry, store: Store) {
    super(layout, registry)
    this.#store = store
    this.#liveness = new Liveness(store, layout.runDir)
  }

  async close(): Promise<void> {
    for (const active of this.#autodestroy.splice(0)) {
      await stopProcess(active.process, { termMs: 2000 })
      await this.#liveness.bury(active, 'destroyed')
    }
    this.#store.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  protected definitions(): readonly { readonly name: string; readonly xml: string }[] {
    return this.#store.list().flatMap(({ domain: { name, xml } }) => (xml ? [{ name, xml }] : []))
  }

  // --- finding domains ----------------------------------------------------------------------------

  async connectListAllDomains(filter: DomainFilter = {}): Promise<readonly DomainSummary[]> {
    await this.#liveness.refresh()
    return this.#store
      .list()
      .map(summaryOf)
      .filter(
        (domain) =>
          (filter.active === undefined || filter.active === (domain.id !== undefined)) &&
          (filter.persistent === undefined || filter.persistent === domain.persistent) &&
          (filter.autostart === undefined || filter.autostart === domain.autostart) &&
          (filter.state === undefined || filter.state.includes(domain.state)),
      )
  }

  async domainLookup(reference: DomainReference): Promise<DomainSummary> {
    return summaryOf(await this.#find(reference))
  }

  async #find(reference: DomainReference): Promise<DomainRecord> {
    const stored = this.#store.lookup(reference)
    const interrupted = this.#store
      .interruptedJobs()
      .find((job) => job.uuid === stored?.domain.uuid)
    if (interrupted !== undefined) await this.#liveness.repair(interrupted)
    const fresh = stored === undefined ? undefined : this.#store.get(stored.domain.uuid)
    const current = fresh === undefined ? undefined : await this.#liveness.current(fresh, stateMs)
    if (current !== undefined) return current
    throw domainError('ERR_NO_DOMAIN', `no domain with matching name ${quote(reference)}`)
  }

  async #findActive(reference: DomainReference): Promise<Running> {
    const record = await this.#find(reference)
    if (record.active !== undefined) return { ...record, active: record.active }
    throw domainError('ERR_OPERATION_INVALID', 'domain is not running')
  }

  // --- definitions --------------------------------------------------------------------------------

  async domainDefineXml(xml: string, options: DefineOptions = {}): Promise<DefineResult> {
    const { formatDomain } = await planning()
    const plan = await this.plan(xml, options)
    this.#store.define({ ...rowOf(plan), xml: formatDomain(plan.domain) })
    return { domain: await this.domainLookup(plan.domain.uuid), warnings: plan.warnings }
  }

  async domainUndefine(reference: DomainReference): Promise<DomainSummary> {
    const record = await this.#find(reference)
    if (!record.domain.persistent) {
      throw domainError('ERR_OPERATION_INVALID', 'cannot undefine transient domain')
    }
    await this.#withJob(record.domain.uuid, 'undefine', async () => {
      this.#store.undefine(record.domain.uuid)
    })
    return summaryOf(record)
  }

  async domainSetAutostart(reference: DomainReference, autostart: boolean): Promise<void> {
    const record = await this.#find(reference)
    if (!record.domain.persistent) {
      throw domainError('ERR_OPERATION_INVALID', 'cannot set autostart for transient domain')
    }
    this.#store.setAutostart(record.domain.uuid, autostart)
  }

  // --- lifecycle ----------------------------------------------------------------------------------

  async domainCreate(
    reference: DomainReference,
    options: CreateOptions = {},
  ): Promise<DomainSummary> {
    const record = await this.#find(reference)
    const { uuid, xml } = record.domain
    if (record.active !== undefined || xml === undefined) {
      throw domainError('ERR_OPERATION_INVALID', 'domain is already running')
    }
    await this.#withJob(uuid, 'start', (job) => this.#start(job, () => this.plan(xml), options))
    return this.domainLookup(uuid)
  }

  async domainCreateXml(
    xml: string,
    options: DefineOptions & CreateOptions = {},
  ): Promise<DefineResult> {
    const plan = await this.plan(xml, options)
    const row = rowOf(plan)
    // The job comes first: whoever dies behind it leaves something that names what to undo.
    await this.#withJob(row.uuid, 'start', async (job) => {
      this.#store.defineTransient(row)
      try {
        await this.#start(job, () => Promise.resolve(plan), options)
      } catch (error) {
        this.#store.forgetTransient(row.uuid)
        throw error
      }
    })
    return { domain: await this.domainLookup(row.uuid), warnings: plan.warnings }
  }

  async #start(job: Job, plan: () => Promise<Plan>, options: CreateOptions): Promise<void> {
    const record = this.#store.get(job.uuid)
    if (record === undefined)
      throw domainError('ERR_NO_DOMAIN', `no domain with matching uuid ${quote(job.uuid)}`)
    if (record.active !== undefined)
      throw domainError('ERR_OPERATION_INVALID', 'domain is already running')
    try {
      const { startDomain } = await planning()
      const active = await startDomain({
        store: this.#store,
        layout: this.layout,
        plan: await plan(),
        job,
        options,
      })
      if (options.autodestroy === true) this.#autodestroy.push(active)
    } catch (error) {
      this.#store.setLastState(job.uuid, 'shut off', 'failed')
      throw error
    }
  }

  async domainShutdown(reference: DomainReference): Promise<void> {
    const running = await this.#findActive(reference)
    await this.#command(running, 'shutdown', (qmp) => qmp.execute('system_powerdown'))
  }

  async domainReset(reference: DomainReference): Promise<void> {
    const running = await this.#findActive(reference)
    await this.#command(running, 'reset', (qmp) => qmp.execute('system_reset'))
  }

  /**
   * Asks the guest to power off, and starts it again in the same QEMU once it has. Nobody else would
   * do the second half, so this waits for the first.
   */
  async domainReboot(reference: DomainReference): Promise<void> {
    const running = await this.#findActive(reference)
    const { parseDomain } = await planning()
    await this.#command(running, 'reboot', async (qmp) => {
      await qmp.execute('set-action', { shutdown: 'pause' })
      const deadline = performance.now() + rebootMs
      try {
        await qmp.execute('system_powerdown')
        while ((await qmp.execute('query-status')).status !== 'shutdown') {
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
        await qmp.execute('set-action', {
          shutdown: lifecycleActions(parseDomain(running.active.xml).domain).shutdown,
        })
      }
    })
    this.#store.setState(running.active, 'running', 'booted')
  }

  async domainDestroy(
    reference: DomainReference,
    options: { readonly graceful?: boolean } = {},
  ): Promise<void> {
    const { domain, active } = await this.#findActive(reference)
    // No job: pulling the plug waits for nobody who is still talking to the guest. A run ends once,
    // and a start of the same domain is another run.
    await stopProcess(active.process, {
      what: `domain ${quote(domain.name, 200)}`,
      ...(options.graceful !== undefined && { graceful: options.graceful }),
    })
    await this.#liveness.bury(active, 'destroyed')
  }

  async domainSuspend(reference: DomainReference): Promise<void> {
    const running = await this.#findActive(reference)
    await this.#command(running, 'suspend', (qmp) => qmp.execute('stop'))
    this.#store.setState(running.active, 'paused', 'user')
  }

  async domainResume(reference: DomainReference): Promise<void> {
    const running = await this.#findActive(reference)
    await this.#command(running, 'resume', async (qmp) => {
      const { status } = await qmp.execute('query-status')
      // A guest that powered off and was kept starts afresh.
      if (status === 'shutdown' || status === 'guest-panicked') await qmp.execute('system_reset')
      await qmp.execute('cont')
    })
    this.#store.setState(running.active, 'running', 'unpaused')
  }

  /** Says something to QEMU while holding the domain, so that two changes never mix. */
  async #command(
    running: Running,
    kind: string,
    talk: (qmp: QmpClient) => Promise<unknown>,
  ): Promise<void> {
    const { domain, active } = running
    await this.#withJob(domain.uuid, kind, () =>
      import('./monitor.ts').then(({ withMonitor }) => withMonitor(active, domain.name, talk)),
    )
  }

  async #withJob<T>(uuid: string, kind: string, work: (job: Job) => Promise<T>): Promise<T> {
    const job = this.#store.beginJob(uuid, kind)
    try {
      if (job.interrupted !== undefined) await this.#liveness.undo(job.interrupted)
      return await work(job)
    } finally {
      this.#store.endJob(job)
    }
  }

  // --- asking -------------------------------------------------------------------------------------

  async domainGetState(reference: DomainReference): Promise<DomainState> {
    const record = await this.#find(reference)
    return stateIn(record)
  }

  async domainGetInfo(reference: DomainReference): Promise<DomainInfo> {
    const record = await this.#find(reference)
    const { consoleDevices, parseDomain } = await planning()
    const { active } = record
    const { domain } = parseDomain(active?.xml ?? record.domain.xml ?? '')
    return {
      ...summaryOf(record),
      maxMemoryKiB: domain.memoryKiB ?? 0,
      memoryKiB: domain.currentMemoryKiB ?? 0,
      vcpus: domain.vcpuCurrent ?? domain.vcpus,
      cpuTimeNs: active === undefined ? 0 : cpuTimeNs(active.process.pid),
      osType: domain.os.type,
      emulator: domain.devices.emulator ?? '',
      ...(active !== undefined && { pid: active.process.pid }),
      consoles:
        active === undefined ? [] : consoleDevices(domain).map((device) => device.alias ?? ''),
      displays: active === undefined ? [] : displaysOf(domain),
    }
  }

  async domainGetXmlDesc(
    reference: DomainReference,
    options: XmlDescOptions = {},
  ): Promise<string> {
    const record = await this.#find(reference)
    const { active, domain } = record
    const live = active !== undefined && (options.inactive !== true || domain.xml === undefined)
    const xml = (live ? active.xml : domain.xml) ?? ''
    // Only a document that holds a password needs to be read to be shown without it.
    if (options.securityInfo === true || !/\spasswd=/.test(xml)) return xml
    const { formatDomain, parseDomain, withoutSecrets } = await planning()
    return formatDomain(withoutSecrets(parseDomain(xml).domain), live ? active.id : undefined)
  }

  async connectDomainXmlToNative(xml: string, options: NativeOptions = {}): Promise<NativeResult> {
    const plan = await this.plan(xml, options)
    // libvirt's own way to say "no id": the domain does not run.
    const stateDir = `${this.layout.runDir}/${runName(-1, plan.domain.name)}`
    const paths = runPaths(this.layout, stateDir)
    const { environmentOf, planRun } = await planning()
    const { argv } = planRun(plan.domain, plan.context, { paths, nowMs: Date.now() })
    return { argv, environment: environmentOf(stateDir, plan.domain), warnings: plan.warnings }
  }

  async domainXmlToNative(reference: DomainReference): Promise<NativeResult> {
    return this.connectDomainXmlToNative(
      await this.domainGetXmlDesc(reference, { inactive: true, securityInfo: true }),
    )
  }

  async connectExplainXml(xml: string, options: NativeOptions = {}): Promise<Explanation> {
    const { formatDomain, negotiated, withoutSecrets } = await planning()
    const plan = await this.plan(xml, { ...options, grants: 'all' })
    const { domain, notes, context, warnings } = plan
    return {
      name: domain.name,
      arch: context.guest.name,
      machine: context.machine.name,
      entries: notes,
      capabilities: negotiated(plan),
      warnings,
      xml: formatDomain(withoutSecrets(domain)),
    }
  }

  async domainOpenConsole(
    reference: DomainReference,
    options: ConsoleOptions = {},
  ): Promise<ConsoleStream> {
    const { active } = await this.#findActive(reference)
    const { openConsole, parseDomain } = await planning()
    return openConsole(parseDomain(active.xml).domain, active.stateDir, options)
  }

  async *domainEvents(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<DomainEvent> {
    const { signal } = options
    let before = await this.connectListAllDomains()
    for (;;) {
      const waited = await sleep(eventPollMs, true, { ...(signal && { signal }) }).catch(
        () => false,
      )
      if (!waited) return
      const after = await this.connectListAllDomains()
      yield* diffEvents(before, after, Date.now())
      before = after
    }
  }
}

/** No supervisor tells what happens, so whoever wants to know looks this often. */
const eventPollMs = 200

function stateIn(record: DomainRecord): DomainState {
  const { active, lastState } = record
  if (active !== undefined) return { state: active.state, reason: active.reason }
  return { state: 'shut off', reason: lastState?.reason ?? 'unknown' }
}

function summaryOf(record: DomainRecord): DomainSummary {
  const { domain, active } = record
  return {
    name: domain.name,
    uuid: domain.uuid,
    ...(active !== undefined && { id: active.id }),
    arch: domain.arch,
    machine: domain.machine,
    virtType: domain.virtType,
    persistent: domain.persistent,
    autostart: domain.autostart,
    ...(domain.title !== undefined && { title: domain.title }),
    ...stateIn(record),
  }
}

function rowOf({ domain, context }: Plan): Omit<Parameters<Store['define']>[0], 'xml'> {
  return {
    uuid: domain.uuid,
    name: domain.name,
    arch: context.guest.name,
    machine: context.machine.name,
    virtType: domain.type,
    ...(domain.title !== undefined && { title: domain.title }),
  }
}

function displaysOf(domain: Domain): readonly string[] {
  return (domain.devices.graphics ?? []).flatMap((graphics) => {
    const listen = graphics.listens?.[0]
    if (listen?.type === 'socket') return [`${graphics.type}+unix://${listen.socket ?? ''}`]
    if (graphics.port === undefined || graphics.port < 0) return []
    const host = listen?.address ?? '127.0.0.1'
    // virsh writes VNC displays by number, others by port.
    return [
      graphics.type === 'vnc'
        ? `vnc://${host}:${graphics.port - 5900}`
        : `${graphics.type}://${host}:${graphics.port}`,
    ]
  })
}
