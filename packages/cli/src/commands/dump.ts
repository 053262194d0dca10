import { resolve } from 'node:path'
import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { DumpFormat } from '../core.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, later, need, text } from '../option-specs.ts'
import { longWork } from '../output/long-work.ts'
import { exclude } from '../parse/option-pairs.ts'

const dumpFormats: readonly string[] = [
  'elf',
  'kdump-zlib',
  'kdump-lzo',
  'kdump-snappy',
] satisfies DumpFormat[]

export const commands: readonly Command[] = [
  {
    name: 'dump',
    group: 'domain',
    summary: 'dump the core of a domain to a file for analysis',
    description: 'Core dump a domain.',
    options: [
      domainOption,
      need('file', 'where to dump the core'),
      flag('live', 'perform a live core dump if supported'),
      flag('crash', 'crash the domain after core dump'),
      later(flag('bypass-cache', 'avoid file system cache when dumping')),
      flag('reset', 'reset the domain after core dump'),
      flag('verbose', 'display the progress of dump'),
      flag('memory-only', "dump domain's memory only"),
      text('format', 'specify the format of memory-only dump', dumpFormats),
    ],
    run: dump,
  },
]

async function dump(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'live', 'crash')
  exclude(options, 'crash', 'reset')
  exclude(options, 'live', 'reset')
  const file = options.need('file')
  const format = options.text('format')
  if (format !== undefined && !options.flag('memory-only')) {
    throw invalidArgument('--format only works with --memory-only')
  }
  if (format !== undefined && !dumpFormats.includes(format)) {
    throw invalidArgument(
      `format '${format}' is not supported, expecting 'kdump-zlib', 'kdump-lzo', 'kdump-snappy' or 'elf'`,
    )
  }
  if (!options.flag('memory-only')) {
    throw new CommandError('a dump of the whole machine is not offered; offered: --memory-only', {
      code: 'ERR_OPERATION_UNSUPPORTED',
    })
  }
  const afterwards = options.flag('crash') ? 'destroy' : options.flag('reset') ? 'reset' : 'resume'
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const work = longWork(context, 'Dump', options.flag('verbose'))
  await work.during(
    explainFailure(
      `Failed to core dump domain ${quoted(domain)} to ${file}`,
      hypervisor.domainCoreDump(reference, resolve(file), {
        ...(format !== undefined && { format: format as DumpFormat }),
        afterwards,
        live: options.flag('live'),
        ...work.options,
      }),
    ),
  )
  return {
    remark: `\nDomain ${printable(quoted(domain))} dumped to ${printable(file)}\n`,
    json: { name: domain.name, uuid: domain.uuid, file },
  }
}
