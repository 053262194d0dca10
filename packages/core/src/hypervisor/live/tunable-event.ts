import type { Iotune } from '../../domain/devices/disk.ts'
import type { EventFacts } from '../interface/events.ts'
import type { TuningChange } from '../interface/tuning.ts'

type Values = Readonly<Record<string, string | number | undefined>>

/** Nothing where nothing that libvirt tells of was changed. */
function tunable(prefix: string, values: Values): readonly EventFacts[] {
  const changes = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${prefix}.${name}`, value] as const],
  )
  return changes.length === 0 ? [] : [{ event: 'tunable', changes: Object.fromEntries(changes) }]
}

/** Threads were put on other CPUs: `vcpupin0` and `0-1`. */
export function pinEvent(name: string, cpus: string): readonly EventFacts[] {
  return tunable('cputune', { [name]: cpus })
}

export function cputuneEvent({ cputune = {} }: TuningChange): readonly EventFacts[] {
  return tunable('cputune', {
    cpu_shares: cputune.shares,
    vcpu_period: cputune.period,
    vcpu_quota: cputune.quota,
    emulator_period: cputune.emulatorPeriod,
    emulator_quota: cputune.emulatorQuota,
    global_period: cputune.globalPeriod,
    global_quota: cputune.globalQuota,
    iothread_period: cputune.iothreadPeriod,
    iothread_quota: cputune.iothreadQuota,
  })
}

/** The limits that were named, in the order in which libvirt's own front end names them. */
const limits: readonly (keyof Iotune)[] = [
  ...(['totalBytesSec', 'readBytesSec', 'writeBytesSec'] as const),
  ...(['totalBytesSecMax', 'readBytesSecMax', 'writeBytesSecMax'] as const),
  ...(['totalIopsSec', 'readIopsSec', 'writeIopsSec'] as const),
  ...(['totalIopsSecMax', 'readIopsSecMax', 'writeIopsSecMax'] as const),
  ...(['sizeIopsSec', 'groupName'] as const),
  ...(['totalBytesSecMaxLength', 'readBytesSecMaxLength', 'writeBytesSecMaxLength'] as const),
  ...(['totalIopsSecMaxLength', 'readIopsSecMaxLength', 'writeIopsSecMaxLength'] as const),
]

export function iotuneEvent(disk: string, changed: Iotune): readonly EventFacts[] {
  const named = limits.map((key) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    changed[key],
  ])
  return tunable('blkdeviotune', { disk, ...Object.fromEntries(named) })
}
