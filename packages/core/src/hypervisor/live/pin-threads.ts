import { formatCpuset } from '../../domain/cpuset.ts'
import type { Cputune } from '../../domain/tuning.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError } from '../../errors.ts'
import { setAffinity } from '../../run/thread-affinity.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { threadsOf } from '../tuning/apply-tuning.ts'
import { changeDomain } from './change-domain.ts'
import { pinEvent } from './tunable-event.ts'

interface PinRequest extends ChangeTarget {
  readonly cpus: readonly number[]
}

async function pin(threads: readonly number[], cpus: readonly number[]): Promise<void> {
  for (const thread of threads) await setAffinity(thread, cpus)
}

function withTune(domain: Domain, change: (tune: Cputune) => Cputune): Domain {
  const tune = Object.entries(change(domain.cputune ?? {})).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  const { cputune: _, ...rest } = domain
  return tune.length === 0 ? rest : { ...rest, cputune: Object.fromEntries(tune) as Cputune }
}

export function pinVcpu(
  rooms: Rooms,
  reference: string,
  { vcpu, cpus, ...target }: PinRequest & { readonly vcpu: number },
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'vcpupin',
    target,
    events: (live) => (live === undefined ? [] : pinEvent(`vcpupin${vcpu}`, formatCpuset(cpus))),
    check(domain) {
      if (vcpu >= 0 && vcpu < domain.vcpus) return
      throw domainError('ERR_INVALID_ARG', `vcpu ${vcpu} is out of range of the domain's vcpus`)
    },
    edit: (domain) =>
      withTune(domain, (tune) => ({
        ...tune,
        vcpupins: [
          ...(tune.vcpupins ?? []).filter((one) => one.vcpu !== vcpu),
          ...(cpus.length === 0 ? [] : [{ vcpu, cpuset: cpus }]),
        ].toSorted((a, b) => a.vcpu - b.vcpu),
      })),
    perform: async (qmp) => {
      const threads = await qmp.execute('query-cpus-fast')
      const found = threads.find((one) => one['cpu-index'] === vcpu)
      if (found === undefined)
        throw domainError('ERR_OPERATION_INVALID', `vCPU ${vcpu} is not plugged in`)
      await pin([found['thread-id']], cpus)
    },
  })
}

export function pinEmulator(
  rooms: Rooms,
  reference: string,
  { cpus, ...target }: PinRequest,
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'emulatorpin',
    target,
    events: (live) => (live === undefined ? [] : pinEvent('emulatorpin', formatCpuset(cpus))),
    edit: (domain) => {
      const { emulatorpin: _, ...tune } = domain.cputune ?? {}
      return withTune(domain, () => ({ ...tune, ...(cpus.length > 0 && { emulatorpin: cpus }) }))
    },
    perform: async (qmp, _, { active }) => {
      const all = await threadsOf(qmp, active.process.pid)
      await pin(
        all.flatMap(({ thread, ids }) => (thread.kind === 'emulator' ? ids : [])),
        cpus,
      )
    },
  })
}

export function pinIothread(
  rooms: Rooms,
  reference: string,
  { iothread, cpus, ...target }: PinRequest & { readonly iothread: number },
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'iothreadpin',
    target,
    events: (live) =>
      live === undefined ? [] : pinEvent(`iothreadpin${iothread}`, formatCpuset(cpus)),
    edit: (domain) =>
      withTune(domain, (tune) => ({
        ...tune,
        iothreadpins: [
          ...(tune.iothreadpins ?? []).filter((one) => one.iothread !== iothread),
          ...(cpus.length === 0 ? [] : [{ iothread, cpuset: cpus }]),
        ],
      })),
    perform: async (qmp) => {
      const threads = await qmp.execute('query-iothreads')
      const found = threads.find(({ id }) => id === `iothread${iothread}`)
      if (found === undefined)
        throw domainError('ERR_INVALID_ARG', `iothread ${iothread} was not found`)
      await pin([found['thread-id']], cpus)
    },
  })
}
