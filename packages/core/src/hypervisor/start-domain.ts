import { chmod } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Domain } from '../domain/domain.ts'
import { DomainError, domainError, quote } from '../errors.ts'
import { assignAliases } from '../plan/assign-aliases.ts'
import { planRun } from '../plan/plan-domain.ts'
import { withFirmware } from '../plan/select-firmware.ts'
import type { ValidDomain } from '../plan/validate-domain.ts'
import { QmpClient } from '../qmp/index.ts'
import { connectUnix, spawnQemu, stopProcess } from '../run/index.ts'
import { rotateLog } from '../run/rotate-log.ts'
import type { ProcessIdentity, SpawnedQemu } from '../run/index.ts'
import type { ActiveRow, Job, JobDetail, Store } from '../store/index.ts'
import { formatDomain } from '../xml/parse-domain.ts'
import { agentChannelOf } from './agent/agent-channel.ts'
import { confinedStart, unconfined } from './confinement/confined-start.ts'
import { leaveImages, takeImages } from './confinement/hand-over.ts'
import type { ConnectionDrivers } from './connection-drivers.ts'
import type { CreateOptions, EventFacts } from './hypervisor.ts'
import { inSteps } from '../qemu/memory-layout.ts'
import { keyValueOption } from '../qemu/option-string.ts'
import { makeHugeFolders } from './huge-folders.ts'
import { eventsSocket, runName, runPaths } from './layout.ts'
import type { Layout } from './layout.ts'
import { plugVcpus } from './live/set-vcpus.ts'
import { lifecycleActions } from './lifecycle-actions.ts'
import { liveDomain } from './live-domain.ts'
import { wantedDevices } from './pci/wanted-devices.ts'
import type { Plan } from './planner.ts'
import { applyTuning, tunedRun } from './tuning/apply-tuning.ts'
import type { TunedRun } from './tuning/apply-tuning.ts'
import { checkCpus } from './tuning/check-cpus.ts'
import { openMacvtaps } from './macvtap.ts'
import { withoutMissing } from './missing-images.ts'
import { checkFlash } from './check-flash.ts'
import { firstCommands } from './first-commands.ts'
import { withFreePlaces } from './free-places.ts'
import type { Picked } from './free-places.ts'
import { resolveSources } from './resolve-sources.ts'
import { removeRemains, stopHelpers } from './run-remains.ts'
import type { RunRemains } from './run-remains.ts'
import { checkSockets, environmentOf, logName, prepareDirs } from './run-surroundings.ts'
import { fetchSecrets, laySecrets, removeSecrets } from './secrets/hand-secrets.ts'
import { isOfQemu, isOfTpm, neededSecrets } from './secrets/needed-secrets.ts'
import { prepareNvram, startTpm } from './start-files.ts'
import { startVirtiofs } from './start-virtiofs.ts'
import { startPasst } from './start-passt.ts'
import { checkNeeds } from './start-needs.ts'
import { checkFiles } from './start-checks.ts'
import { tapMarks } from './tap-mark.ts'
import { makeTaps, managedTaps } from './taps.ts'
import { tpmStatePath } from './tpm-state-path.ts'
import { onHostUsb } from './usb/host-usb.ts'
import { makeRunImages, onRunImages, refuseTransient } from './transient-disks.ts'
import { usesVhostNet } from './vhost-net.ts'

/** How long QEMU may take until its monitor answers. */
const monitorMs = 30_000

/** How long a QEMU whose monitor is gone may take to end. */
const lastWordsMs = 500

export interface StartRequest {
  readonly store: Store
  readonly layout: Layout
  readonly drivers: ConnectionDrivers
  readonly plan: Plan
  /** The `start` job that holds the domain. */
  readonly job: Job
  readonly options: CreateOptions
  /** Where the guest comes from that does not boot. */
  readonly incoming?: Incoming
}

/** A guest that is taken up where it was left. */
export interface Incoming {
  /** Why it runs, `restored`; or waits: `migrating`. */
  readonly reason: string
  /** QEMU starts as for a boot, and is given the guest's state then. */
  readonly booted?: boolean
  /** The file that is to go once the guest runs. */
  readonly managedSave?: string
  /** What else its job has to remember. */
  readonly detail?: JobDetail
  /** Brings the guest into a QEMU that waits for one. */
  feed(qmp: QmpClient, stateDir: string): Promise<void>
}

/** What a start records before it begins, for whoever comes after a killed one. */
export interface StartDetail extends Omit<RunRemains, 'marks'> {
  /** Names of the taps that are made for it. */
  readonly taps?: readonly string[]
  readonly id?: number
  readonly managedSave?: string
}

/**
 * Starts QEMU for a planned domain. Each step is recorded before it is taken, so that whoever comes
 * after a killed process knows what to undo; a failure undoes everything itself.
 */
export async function startDomain(request: StartRequest): Promise<ActiveRow> {
  const { store, layout, drivers, plan, job, options, incoming } = request
  const confinement = layout.confinement ?? unconfined
  options.onPhase?.('plan')
  checkKvm(plan)
  checkNeeds(plan.domain, layout.sysfs)
  checkCpus(plan.domain)
  const boots = incoming === undefined
  const { domain: present, events: missing } = withoutMissing(
    await resolveSources(plan.domain, drivers),
    { boots, named: (one) => assignAliases(one, plan.context) },
  )
  const resolved = onHostUsb(present, { boots, sysfs: layout.sysfs })
  checkFiles(resolved)
  if (incoming !== undefined) refuseTransient(resolved, 'restoring a guest')
  const secrets = await fetchSecrets(neededSecrets(resolved), drivers)
  const id = store.allocateId()
  const run = { uuid: plan.domain.uuid, id }
  const { domain, images: runImages } = onRunImages(resolved, id)
  const stateDir = `${layout.runDir}/${runName(id, domain.name)}`
  const paths = runPaths(layout, stateDir)
  const { channelDir } = paths
  const confined = confinedStart(layout, domain, stateDir)
  const { cgroup } = confined
  const detail = {
    ...incoming?.detail,
    id,
    stateDir,
    ...(cgroup !== undefined && { cgroup }),
    ...(runImages.length > 0 && { runImages: runImages.map(({ file }) => file) }),
    ...(incoming?.managedSave !== undefined && { managedSave: incoming.managedSave }),
  }
  store.setPhase(job, 'prepare', detail)
  let made: readonly string[] = []
  let laid: readonly string[] = []
  let spawned: SpawnedQemu | undefined
  let placed: Promise<void> | undefined
  try {
    await prepareDirs(layout, { stateDir, channelDir, domain, owner: confined.owner })
    await makeHugeFolders(domain, { stateDir, owner: confined.owner, host: plan.context.host })
    const { names: taps } = await makeTaps(domain, confined.owner?.uid, (names) => {
      const managed = managedTaps(domain, names)
      if (managed.length > 0) store.setPhase(job, 'prepare', { ...detail, taps: managed })
    })
    made = managedTaps(domain, taps)
    const equipped = withFirmware(domain, plan.context, `${layout.libDir}/nvram`)
    await prepareNvram(equipped)
    checkFlash(equipped, plan.context.profile)
    laid = await makeRunImages(store, runImages)
    await takeImages(store, run, { domain: equipped, confinement })
    if (wantedDevices(domain).length > 0) {
      const { borrowDevices } = await import('./pci/borrow-devices.ts')
      await borrowDevices(store, run, { layout, domain })
    }
    await laySecrets(neededSecrets(domain).filter(isOfTpm), secrets, { stateDir, ...confined })
    const tpmState = tpmStatePath(layout, domain.uuid ?? domain.name)
    await startTpm(domain, { stateDir, tpmState, ...confined })
    const log = `${layout.logDir}/${logName(domain.name)}`
    const monitor = `${stateDir}/monitor.sock`
    const launch = async (picked: Picked): Promise<Launched> => {
      using open = await openMacvtaps(domain, taps)
      const planned = planRun(domain, plan.context, {
        paths,
        taps,
        tapFds: open.inQemu,
        opensDevices: true,
        vhostNet: usesVhostNet(domain, confined.owner),
        ...picked,
        nowMs: Date.now(),
        ...(incoming !== undefined && incoming.booted !== true && { incoming: true }),
      })
      const argv = [...planned.argv, ...eventsArguments(stateDir)]
      const [emulator = '', ...args] = argv
      checkSockets(planned.domain, channelDir)
      options.signal?.throwIfAborted()
      await laySecrets(neededSecrets(planned.domain).filter(isOfQemu), secrets, {
        stateDir,
        ...confined,
      })
      await startPasst(domain, { stateDir, ...confined })
      await startVirtiofs(planned.domain, {
        stateDir,
        ...(confined.owner && { owner: confined.owner }),
      })
      options.onPhase?.('spawn')
      store.setPhase(job, 'spawn')
      spawned = await spawnQemu({
        emulator,
        args,
        environment: environmentOf(stateDir, domain),
        log,
        inherit: open.fds,
        ...(confined.launcher && { launcher: confined.launcher }),
        ...(confinement.config.emulators && { allowed: confinement.config.emulators }),
      })
      placed = confined.place(spawned.identity.pid)
      // Told where it is awaited, before the guest runs.
      placed.catch(() => undefined)
      options.onPhase?.('monitor')
      const { memoryMaxKiB } = confinement.config
      const tuned = tunedRun(spawned.identity.pid, { cgroup, memoryMaxKiB })
      const meeting = {
        picked,
        taps,
        options,
        stateDir,
        placed,
        tuned,
        ...(incoming && { incoming }),
      }
      const met = await meet(spawned, monitor, planned.domain, meeting)
      const live = inSteps(met, plan.context.profile.memoryStepKiB)
      return { process: spawned.identity, live, argv, emulator }
    }
    const { process, live, argv, emulator } = await withFreePlaces(domain, store, launch)
    // QEMU has read them before it answered.
    if (secrets.size > 0) await removeSecrets(stateDir)
    const active = store.activate({
      uuid: domain.uuid,
      id,
      process,
      xml: formatDomain(live, id),
      argv,
      stateDir,
      log,
      emulator,
      monitor,
      state: options.paused === true ? 'paused' : 'running',
      reason: reasonOf(options, incoming),
      ...(cgroup !== undefined && { facts: { cgroup } }),
      events: [...missing, ...agentEvents(live)],
    })
    options.onPhase?.('running')
    return active
  } catch (error) {
    if (spawned !== undefined)
      await stopProcess(spawned.identity, { termMs: 2000, what: `domain ${quote(domain.name)}` })
    rotateLog(`${layout.logDir}/${logName(domain.name)}`)
    await stopHelpers(stateDir)
    await placed?.catch(() => undefined)
    await removeRemains(store, {
      stateDir,
      marks: tapMarks(made),
      ...(cgroup !== undefined && { cgroup }),
      runImages: laid,
    })
    leaveImages(store, run)
    // They go back when the job ends, as those of a run do that is over.
    store.releaseDevices(run)
    throw error
  }
}

/** libvirt tells of the channel of an agent as soon as there is one. */
function agentEvents(live: Domain): readonly EventFacts[] {
  if (agentChannelOf(live) === undefined) return []
  return [{ event: 'agent-lifecycle', state: 'disconnected', reason: 'domain started' }]
}

/** A guest on its way waits for the word of whoever sent it; another one that is paused, for a user. */
function reasonOf({ paused }: CreateOptions, incoming: Incoming | undefined): string {
  if (paused !== true) return incoming?.reason ?? 'booted'
  return incoming?.reason === 'migrating' ? 'migrating' : 'user'
}

/** KVM that is there but does not work is said before QEMU dies of it. */
function checkKvm({ domain, context }: Plan): void {
  const { kvm } = context.capabilities
  if (domain.type !== 'kvm' || kvm.usable) return
  throw domainError(
    'ERR_CONFIG_UNSUPPORTED',
    `KVM does not work here: ${kvm.reason ?? 'the reason is not known'}; use type='qemu'`,
    {
      path: '@type',
    },
  )
}

/** A QEMU that has been met. */
interface Launched {
  readonly process: ProcessIdentity
  readonly live: Domain
  readonly argv: readonly string[]
  readonly emulator: string
}

/** A second monitor, on which nothing is asked for: see watching/watch-guest.ts. */
function eventsArguments(stateDir: string): readonly string[] {
  const path = eventsSocket(stateDir)
  const socket = keyValueOption('socket', { id: 'charevents', path, server: true, wait: false })
  return ['-chardev', socket, '-mon', 'chardev=charevents,id=events,mode=control']
}

interface Meeting {
  readonly picked: Picked
  readonly taps: Readonly<Record<number, string>>
  readonly options: CreateOptions
  readonly stateDir: string
  /** Settles when QEMU is in its control group. */
  readonly placed: Promise<void>
  readonly tuned: TunedRun
  readonly incoming?: Incoming
}

/** The first conversation: what QEMU chose, what it shall do by itself, and go. */
async function meet(
  spawned: SpawnedQemu,
  monitor: string,
  domain: ValidDomain,
  { picked, taps, options, stateDir, placed, tuned, incoming }: Meeting,
): Promise<Domain> {
  const { signal } = options
  const transport = await connectUnix({
    path: monitor,
    timeoutMs: monitorMs,
    ...(signal && { signal }),
    gone: () => spawned.exitError(),
  })
  try {
    await using qmp = await QmpClient.connect({
      transport,
      timeoutMs: monitorMs,
      peer: `domain ${quote(domain.name)}`,
      ...(signal && { signal }),
    })
    // None of them waits for another: QEMU answers in turn, and each way there and back costs time.
    const [chardevs] = await Promise.all([
      qmp.execute('query-chardev'),
      qmp.execute('set-action', lifecycleActions(domain)),
      firstCommands(qmp, domain),
      // A socket is made with every bit of the umask's rest; its folder is closed until here.
      chmod(monitor, 0o600),
    ])
    await plugVcpus(qmp, domain)
    await placed
    await applyTuning(qmp, domain, tuned)
    await incoming?.feed(qmp, stateDir)
    if (options.paused !== true) await qmp.execute('cont')
    return liveDomain(domain, { chardevs, ...picked, taps })
  } catch (error) {
    // A guest that was on its way and was kept back leaves a QEMU that ends over it.
    if (error instanceof DomainError && error.code === 'ERR_OPERATION_ABORTED') throw error
    // A QEMU that gives up closes its monitor first; a moment later it can say why.
    if (options.signal?.aborted !== true)
      // Holds the process: nothing else may be left that does, and the error has yet to be told.
      await Promise.race([spawned.exited, sleep(lastWordsMs)])
    throw spawned.exitError() ?? error
  }
}
