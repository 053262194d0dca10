import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption, lookupDomain, notRunning } from '../lookup-domain.ts'
import { flag, later, need } from '../option-specs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { askMonitor } from '../qemu/ask-monitor.ts'

export const commands: readonly Command[] = [
  {
    name: 'migrate-getmaxdowntime',
    group: 'domain',
    summary: 'get maximum tolerable downtime',
    description:
      'Get maximum tolerable downtime of a domain which is being live-migrated to another host.',
    options: [domainOption],
    run: getDowntime,
  },
  {
    name: 'migrate-getspeed',
    group: 'domain',
    summary: 'Get the maximum migration bandwidth',
    description: 'Get the maximum migration bandwidth (in MiB/s) for a domain.',
    options: [domainOption, flag('postcopy', 'get post-copy migration bandwidth')],
    run: getSpeed,
  },
  {
    name: 'migrate-postcopy',
    group: 'domain',
    summary: 'Switch running migration from pre-copy to post-copy',
    description:
      'Switch running migration from pre-copy to post-copy. The migration must have been started with --postcopy option.',
    options: [domainOption],
    run: startPostcopy,
  },
  {
    name: 'migrate-setmaxdowntime',
    group: 'domain',
    summary: 'set maximum tolerable downtime',
    description:
      'Set maximum tolerable downtime of a domain which is being live-migrated to another host.',
    options: [
      domainOption,
      need('downtime', 'maximum tolerable downtime (in milliseconds) for migration'),
    ],
    run: setDowntime,
  },
  {
    name: 'migrate-setspeed',
    group: 'domain',
    summary: 'Set the maximum migration bandwidth',
    description:
      'Set the maximum migration bandwidth (in MiB/s) for a domain which is being migrated to another host.',
    options: [
      domainOption,
      need('bandwidth', 'migration bandwidth limit in MiB/s'),
      later(flag('postcopy', 'set post-copy migration bandwidth')),
    ],
    run: setSpeed,
  },
]

const mebibyte = 1024 * 1024

interface MigrationLimits {
  readonly 'downtime-limit'?: number
  readonly 'max-bandwidth'?: number
  readonly 'max-postcopy-bandwidth'?: number
}

async function getDowntime(context: Context, options: Options): Promise<Answer> {
  const limits = await migrationLimits(context, options)
  const downtimeMs = limits['downtime-limit'] ?? 0
  return { text: `${downtimeMs}\n`, json: { downtimeMs } }
}

async function getSpeed(context: Context, options: Options): Promise<Answer> {
  const limits = await migrationLimits(context, options)
  const name = options.flag('postcopy') ? 'max-postcopy-bandwidth' : 'max-bandwidth'
  const bandwidthBytes = limits[name] ?? 0
  return { text: `${Math.floor(bandwidthBytes / mebibyte)}\n`, json: { bandwidthBytes } }
}

async function migrationLimits(context: Context, options: Options): Promise<MigrationLimits> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  return askMonitor<MigrationLimits>(hypervisor, reference, 'query-migrate-parameters')
}

async function startPostcopy(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainMigrateStartPostCopy(reference)
  return { json: { started: true } }
}

async function setDowntime(context: Context, options: Options): Promise<Answer> {
  const downtimeMs = options.integer('downtime', 1) ?? 1
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainMigrateSetMaxDowntime(reference, downtimeMs)
  return { json: { downtimeMs } }
}

async function setSpeed(context: Context, options: Options): Promise<Answer> {
  const bandwidthBytes = scaledInteger(options, 'bandwidth', mebibyte) ?? 0
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainMigrateSetSpeed(reference, bandwidthBytes)
  return { json: { bandwidthBytes } }
}
