import { explainFailure, invalidArgument, UsageError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { MigrateOptions } from '../core.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, int, later, named, need, text } from '../option-specs.ts'
import { longWork } from '../output/long-work.ts'
import { exclude } from '../parse/option-pairs.ts'
import { readDocument } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'migrate',
    group: 'domain',
    summary: 'migrate domain to another host',
    description: 'Migrate domain to another host.  Add --live for live migration.',
    options: [
      domainOption,
      need(
        'desturi',
        'connection URI of the destination host as seen from the client(normal migration) or source(p2p migration)',
      ),
      flag('live', 'live migration'),
      flag('offline', 'offline migration'),
      // The root that the guest is in moves it to the other itself, always.
      flag('p2p', 'peer-2-peer migration'),
      later(flag('direct', 'direct migration')),
      later(flag('tunnelled', 'tunnelled migration')),
      flag('persistent', 'persist VM on destination'),
      flag('undefinesource', 'undefine VM on source'),
      flag('suspend', 'do not restart the domain on the destination host'),
      flag('copy-storage-all', 'migration with non-shared storage with full disk copy'),
      flag(
        'copy-storage-inc',
        'migration with non-shared storage with incremental copy (same base image shared between source and destination)',
      ),
      later(
        flag(
          'copy-storage-synchronous-writes',
          'force guest disk writes to be synchronously written to the destination to improve storage migration convergence',
        ),
      ),
      later(
        flag(
          'change-protection',
          'prevent any configuration changes to domain until migration ends',
        ),
      ),
      flag('unsafe', 'force migration even if it may be unsafe'),
      flag('verbose', 'display the progress of migration'),
      later(flag('compressed', 'compress repeated pages during live migration')),
      later(flag('auto-converge', 'force convergence during live migration')),
      later(flag('rdma-pin-all', 'pin all memory before starting RDMA live migration')),
      // An error always ends it.
      flag('abort-on-error', 'abort on soft errors during migration'),
      flag('postcopy', 'enable post-copy migration; switch to it using migrate-postcopy command'),
      flag(
        'postcopy-after-precopy',
        'automatically switch to post-copy migration after one pass of pre-copy',
      ),
      later(flag('postcopy-resume', 'resume failed post-copy migration')),
      later(flag('zerocopy', 'use zero-copy mechanism for migrating memory pages')),
      later(text('migrateuri', 'migration URI, usually can be omitted')),
      later(text('graphicsuri', 'graphics URI to be used for seamless graphics migration')),
      later(
        text(
          'listen-address',
          'listen address that destination should bind to for incoming migration',
        ),
      ),
      text('dname', 'rename to new name during migration (if supported)'),
      later(
        int(
          'timeout',
          'run action specified by --timeout-* option (suspend by default) if live migration exceeds timeout (in seconds)',
        ),
      ),
      later(flag('timeout-suspend', 'suspend the guest after timeout')),
      later(flag('timeout-postcopy', 'switch to post-copy after timeout')),
      text('xml', 'filename containing updated XML for the target'),
      text('migrate-disks', 'comma separated list of disks to be migrated'),
      later(int('disks-port', 'port to use by target server for incoming disks migration')),
      later(text('disks-uri', 'URI to use for disks migration (overrides --disks-port)')),
      later(text('comp-methods', 'comma separated list of compression methods to be used')),
      later(int('comp-mt-level', 'compress level for multithread compression')),
      later(int('comp-mt-threads', 'number of compression threads for multithread compression')),
      later(int('comp-mt-dthreads', 'number of decompression threads for multithread compression')),
      later(int('comp-xbzrle-cache', 'page cache size for xbzrle compression')),
      later(int('auto-converge-initial', 'initial CPU throttling rate for auto-convergence')),
      later(int('auto-converge-increment', 'CPU throttling rate increment for auto-convergence')),
      later(text('persistent-xml', 'filename containing updated persistent XML for the target')),
      flag('tls', 'use TLS for migration'),
      later(int('postcopy-bandwidth', 'post-copy migration bandwidth limit in MiB/s')),
      later(flag('parallel', 'enable parallel migration')),
      later(int('parallel-connections', 'number of connections for parallel migration')),
      int('bandwidth', 'migration bandwidth limit in MiB/s'),
      text('tls-destination', 'override the destination host name used for TLS verification'),
      // Ours: both ends are on this machine.
      named(text('transport', 'how the two QEMUs talk', ['unix', 'tcp'])),
      named(
        text(
          'tls-dir',
          'folder of ca-cert.pem, server-*.pem and client-*.pem (default /etc/pki/qemu)',
        ),
      ),
    ],
    run: migrate,
  },
]

const mebibyte = 1024 * 1024

async function migrate(context: Context, options: Options): Promise<Answer> {
  const destination = options.need('desturi')
  const name = options.text('dname')
  const file = options.text('xml')
  const bandwidth = options.integer('bandwidth', 1)
  const transfer = { ...storageOf(options), ...channelOf(options), ...postcopyOf(options) }
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const xml = file === undefined ? undefined : await readDocument(file)
  const work = longWork(context, 'Migration', options.flag('verbose'))
  const moved = await work.during(
    explainFailure(
      `Failed to migrate domain ${quoted(domain)}`,
      hypervisor.domainMigrate(reference, destination, {
        live: options.flag('live'),
        offline: options.flag('offline'),
        persistent: options.flag('persistent'),
        undefineSource: options.flag('undefinesource'),
        suspend: options.flag('suspend'),
        unsafe: options.flag('unsafe'),
        ...(name !== undefined && { name }),
        ...(xml !== undefined && { xml }),
        ...(bandwidth !== undefined && { bandwidthBytes: bandwidth * mebibyte }),
        ...transfer,
        ...work.options,
      }),
    ),
  )
  return {
    remark: `Domain ${printable(quoted(moved))} migrated to ${printable(destination)}\n`,
    json: moved,
  }
}

function storageOf(options: Options): Pick<MigrateOptions, 'copyStorage' | 'migrateDisks'> {
  exclude(options, 'copy-storage-all', 'copy-storage-inc')
  const disks = options.text('migrate-disks')?.split(',')
  const copyStorage = options.flag('copy-storage-all')
    ? 'all'
    : options.flag('copy-storage-inc')
      ? 'inc'
      : undefined
  if (disks !== undefined && copyStorage === undefined) {
    throw new UsageError(
      'Option --migrate-disks is for --copy-storage-all or --copy-storage-inc, and neither is given',
    )
  }
  return {
    ...(copyStorage !== undefined && { copyStorage }),
    ...(disks !== undefined && { migrateDisks: disks }),
  }
}

function postcopyOf(options: Options): Pick<MigrateOptions, 'postcopy'> {
  if (options.flag('postcopy-after-precopy')) {
    if (!options.flag('postcopy')) {
      throw new UsageError('Option --postcopy is required by option --postcopy-after-precopy')
    }
    return { postcopy: 'after-precopy' }
  }
  return options.flag('postcopy') ? { postcopy: 'when-told' } : {}
}

function channelOf(
  options: Options,
): Pick<MigrateOptions, 'transport' | 'tls' | 'tlsDir' | 'tlsHostname'> {
  const given = options.text('transport')
  const transport = given === 'unix' || given === 'tcp' ? given : undefined
  if (transport !== given) {
    throw invalidArgument(`transport '${given ?? ''}' is not supported, expecting 'unix' or 'tcp'`)
  }
  const tls = options.flag('tls')
  const tlsDir = options.text('tls-dir')
  const tlsHostname = options.text('tls-destination')
  if (!tls && (tlsDir ?? tlsHostname) !== undefined) {
    const name = tlsDir === undefined ? 'tls-destination' : 'tls-dir'
    throw new UsageError(`Option --tls is required by option --${name}`)
  }
  return {
    ...(transport !== undefined && { transport }),
    ...(tls && { tls }),
    ...(tlsDir !== undefined && { tlsDir }),
    ...(tlsHostname !== undefined && { tlsHostname }),
  }
}
