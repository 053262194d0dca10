import type { Domain } from '../../domain/domain.ts'
import type { ThreadScheduler } from '../../domain/tuning.ts'
import { given } from './group-settings.ts'

/** What a thread of QEMU may have of the host's CPUs, and where the document says it. */
export interface ThreadLimits {
  /** Host CPUs; all of them where it is left out. */
  readonly cpus?: readonly number[]
  readonly cpusPath?: string
  /** `cpu.max` of a group of its own. */
  readonly cpuMax?: string
  readonly scheduler?: ThreadScheduler
  readonly schedulerPath?: string
}

/** Which threads: vCPUs and I/O threads by their numbers, or all others. */
export type ThreadKind =
  | { readonly kind: 'vcpu' | 'iothread'; readonly index: number }
  | { readonly kind: 'emulator' }

/**
 * What `<cputune>` and the `cpuset` of `<vcpu>` give one kind of threads. A thread without CPUs of its own has
 * those of `<vcpu>`, as in libvirt.
 */
export function threadLimits(domain: Domain, thread: ThreadKind): ThreadLimits {
  const { cputune: tune = {}, vcpuCpuset } = domain
  const own = pinOf(domain, thread)
  const cpus = own ?? (vcpuCpuset && { cpus: vcpuCpuset, cpusPath: 'vcpu/@cpuset' })
  const max = maxOf(tune, thread)
  return { ...cpus, ...(max !== undefined && { cpuMax: max }), ...schedulerOf(tune, thread) }
}

type Tune = NonNullable<Domain['cputune']>

function pinOf(
  { cputune: tune = {} }: Domain,
  thread: ThreadKind,
): Pick<ThreadLimits, 'cpus' | 'cpusPath'> | undefined {
  if (thread.kind === 'emulator')
    return tune.emulatorpin && { cpus: tune.emulatorpin, cpusPath: 'cputune/emulatorpin/@cpuset' }
  const pins =
    thread.kind === 'vcpu'
      ? (tune.vcpupins ?? []).map(({ vcpu, cpuset }) => ({ of: vcpu, cpuset }))
      : (tune.iothreadpins ?? []).map(({ iothread, cpuset }) => ({ of: iothread, cpuset }))
  const at = pins.findIndex(({ of }) => of === thread.index)
  const cpus = pins[at]?.cpuset
  return cpus && { cpus, cpusPath: `cputune/${thread.kind}pin[${at + 1}]/@cpuset` }
}

function maxOf(tune: Tune, { kind }: ThreadKind): string | undefined {
  if (kind === 'vcpu') return given(tune.quota, tune.period)
  if (kind === 'iothread') return given(tune.iothreadQuota, tune.iothreadPeriod)
  return given(tune.emulatorQuota, tune.emulatorPeriod)
}

function schedulerOf(
  tune: Tune,
  thread: ThreadKind,
): Pick<ThreadLimits, 'scheduler' | 'schedulerPath'> {
  if (thread.kind === 'emulator') {
    const { emulatorsched } = tune
    return emulatorsched === undefined
      ? {}
      : { scheduler: emulatorsched, schedulerPath: 'cputune/emulatorsched' }
  }
  const all = (thread.kind === 'vcpu' ? tune.vcpuscheds : tune.iothreadscheds) ?? []
  const key = thread.kind === 'vcpu' ? 'vcpus' : 'iothreads'
  const at = all.findIndex((one) => one[key]?.includes(thread.index) === true)
  const scheduler = all[at]
  return scheduler === undefined
    ? {}
    : { scheduler, schedulerPath: `cputune/${thread.kind}sched[${at + 1}]` }
}
