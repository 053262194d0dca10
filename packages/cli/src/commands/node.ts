import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainError, elementAt, loadXmlReader, printable } from '../core.ts'
import type { CellFreeMemory } from '../core.ts'
import { cpuShares, formatCpuShares, formatCpuTimes } from '../node/cpu-times.ts'
import { formatCpuMap } from '../node/cpu-map.ts'
import { flag, int, text } from '../option-specs.ts'

/** Numbers that virsh takes and the hypervisor judges. */
const anyInteger = -0x8000_0000

export const commands: readonly Command[] = [
  {
    name: 'maxvcpus',
    group: 'host',
    summary: 'connection vcpu maximum',
    description: 'Show maximum number of virtual CPUs for guests on this connection.',
    options: [text('type', 'domain type', ['qemu', 'kvm'])],
    run: maxvcpus,
  },
  {
    name: 'nodeinfo',
    group: 'host',
    summary: 'node information',
    description: 'Returns basic information about the node.',
    options: [],
    run: nodeinfo,
  },
  {
    name: 'nodecpumap',
    group: 'host',
    summary: 'node cpu map',
    description:
      "Displays the node's total number of CPUs, the number of online CPUs and the list of online CPUs.",
    options: [flag('pretty', 'return human readable output')],
    run: async (context, options) => {
      const map = await explainFailure(
        'Unable to get cpu map',
        (await context.hypervisor()).nodeGetCpuMap(),
      )
      return { text: formatCpuMap(map, options.flag('pretty')), json: map }
    },
  },
  {
    name: 'nodecpustats',
    group: 'host',
    summary: 'Prints cpu stats of the node.',
    description: 'Returns cpu stats of the node, in nanoseconds.',
    options: [
      int('cpu', 'prints specified cpu statistics only.'),
      flag('percent', 'prints by percentage during 1 second.'),
    ],
    run: nodecpustats,
  },
  {
    name: 'nodememstats',
    group: 'host',
    summary: 'Prints memory stats of the node.',
    description: 'Returns memory stats of the node, in kilobytes.',
    options: [int('cell', 'prints specified cell statistics only.')],
    run: nodememstats,
  },
  {
    name: 'freecell',
    group: 'host',
    summary: 'NUMA free memory',
    description: 'display available free memory for the NUMA cell.',
    options: [
      int('cellno', 'NUMA cell number'),
      flag('all', 'show free memory for all NUMA cells'),
    ],
    run: freecell,
  },
]

/** Of the machine that a guest of this host's architecture gets where it names none. */
async function maxvcpus(context: Context, options: Options): Promise<Answer> {
  const type = options.text('type')
  if (type !== undefined && type !== 'qemu' && type !== 'kvm') {
    throw invalidArgument(`unknown type '${type}'`)
  }
  const hypervisor = await context.hypervisor()
  const xml = await hypervisor.connectGetDomainCapabilities(
    type === undefined ? {} : { virtType: type },
  )
  const readXml = await loadXmlReader()
  const max = Number(elementAt(readXml(xml), 'vcpu')?.attributes.get('max') ?? 1)
  return { text: `${max}\n`, json: max }
}

async function nodeinfo(context: Context): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const info = await explainFailure('failed to get node information', hypervisor.nodeGetInfo())
  const rows: readonly (readonly [string, string | number])[] = [
    ['CPU model:', printable(info.model)],
    ['CPU(s):', info.cpus],
    // Some hosts, Power and Arm among them, do not tell.
    ...(info.mhz > 0 ? [['CPU frequency:', `${info.mhz} MHz`] as const] : []),
    ['CPU socket(s):', info.sockets],
    ['Core(s) per socket:', info.cores],
    ['Thread(s) per core:', info.threads],
    ['NUMA cell(s):', info.nodes],
    ['Memory size:', `${info.memoryKiB} KiB`],
  ]
  return { text: rows.map(([name, value]) => `${name.padEnd(20)} ${value}\n`).join(''), json: info }
}

async function nodecpustats(context: Context, options: Options): Promise<Answer> {
  const failure = 'Unable to get node cpu stats'
  const cpu = oneOrAll(options, 'cpu', {
    failure: 'Unable to get number of cpu stats',
    refusal: 'cpuNum in virNodeGetCPUStats only accepts -1 as a negative value',
  })
  const hypervisor = await context.hypervisor()
  const before = await explainFailure(failure, hypervisor.nodeGetCpuStats(cpu))
  if (!options.flag('percent')) return { text: formatCpuTimes(before), json: before }
  const { setTimeout: sleep } = await import('node:timers/promises')
  await sleep(1000, undefined, { signal: context.signal })
  const after = await explainFailure(failure, hypervisor.nodeGetCpuStats(cpu))
  const shares = cpuShares(before, after)
  return { text: formatCpuShares(shares), json: shares }
}

async function nodememstats(context: Context, options: Options): Promise<Answer> {
  const failure = 'Unable to get number of memory stats'
  const refusal = 'cellNum in virNodeGetMemoryStats only accepts -1 as a negative value'
  const cell = oneOrAll(options, 'cell', { failure, refusal })
  const hypervisor = await context.hypervisor()
  const stats = await explainFailure(failure, hypervisor.nodeGetMemoryStats(cell))
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['total', stats.totalKiB],
    ['free', stats.freeKiB],
    ['buffers', stats.buffersKiB],
    ['cached', stats.cachedKiB],
  ]
  const text = rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(7)}: ${String(value).padStart(20)} KiB\n`)
  return { text: text.join(''), json: stats }
}

/** libvirt's -1 stands for all; smaller numbers are refused in its words. */
function oneOrAll(
  options: Options,
  name: string,
  { failure, refusal }: { readonly failure: string; readonly refusal: string },
): number | undefined {
  const value = options.integer(name, anyInteger)
  if (value === undefined || value === -1) return undefined
  if (value >= 0) return value
  const cause = invalidArgument(refusal)
  throw new CommandError(failure, { cause })
}

async function freecell(context: Context, options: Options): Promise<Answer> {
  const all = options.flag('all')
  if (all && options.text('cellno') !== undefined) {
    throw invalidArgument('Options --all and --cellno are mutually exclusive')
  }
  const wanted = options.integer('cellno', anyInteger)
  const hypervisor = await context.hypervisor()
  const cells = await explainFailure('', hypervisor.nodeGetCellsFreeMemory())
  if (wanted !== undefined) {
    const found = findCell(cells, wanted)
    return { text: `${found.cell}: ${found.freeKiB} KiB\n`, json: found }
  }
  const totalKiB = cells.reduce((sum, { freeKiB }) => sum + freeKiB, 0)
  if (!all) return { text: `Total: ${totalKiB} KiB\n`, json: { totalKiB } }
  const line = (name: string | number, kib: number): string =>
    `${String(name).padStart(5)}: ${String(kib).padStart(10)} KiB\n`
  return {
    text: cells.map(({ cell, freeKiB }) => line(cell, freeKiB)).join(''),
    // virsh takes the sum for a remark.
    remark: `${'-'.repeat(20)}\n${line('Total', totalKiB)}`,
    json: { cells, totalKiB },
  }
}

function findCell(cells: readonly CellFreeMemory[], wanted: number): CellFreeMemory {
  if (wanted < 0) {
    const message = 'startCell in virNodeGetCellsFreeMemory must be zero or greater'
    throw invalidArgument(message)
  }
  const found = cells.find(({ cell }) => cell === wanted)
  if (found !== undefined) return found
  const ids = cells.map(({ cell }) => cell)
  const gapless = ids.every((id, at) => id === at)
  const range = gapless ? `0-${Math.max(0, ids.length - 1)}` : ids.join(', ')
  const cause = domainError('ERR_INTERNAL_ERROR', `start cell ${wanted} out of range (${range})`)
  throw new CommandError('', { cause })
}
