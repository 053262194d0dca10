import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { printable } from '../core.ts'
import type { CpuComparisonResult } from '../core.ts'
import { cpuFileOption, readCpuFile } from '../cpu-file.ts'
import { emulatorOptions, readEmulatorOptions } from '../emulator-options.ts'
import { flag, need, text } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { exclude } from '../parse/option-pairs.ts'
import { elementText, valueElement } from '../xml/element-text.ts'

const compareOptions: readonly OptionSpec[] = [
  flag('error', 'report error if CPUs are incompatible'),
  flag('validate', 'validate the XML document against schema'),
]

const baselineOptions: readonly OptionSpec[] = [
  flag('features', 'Show features that are part of the CPU model type'),
  flag('migratable', 'Do not include features that block migration'),
]

const cpusFile: OptionSpec = {
  ...cpuFileOption,
  help: 'file containing XML CPU descriptions',
}

export const commands: readonly Command[] = [
  {
    name: 'cpu-baseline',
    group: 'host',
    summary: 'compute baseline CPU',
    description: 'Compute baseline CPU for a set of given CPUs.',
    options: [
      cpusFile,
      ...baselineOptions,
      // Ours: a file a host, as `capabilities` prints it there.
      { name: 'more', kind: 'argv', help: 'further such files: of many hosts' },
    ],
    run: cpuBaseline,
  },
  {
    name: 'cpu-compare',
    group: 'host',
    summary: 'compare host CPU with a CPU described by an XML file',
    description: 'compare CPU with host CPU',
    options: [cpuFileOption, ...compareOptions],
    run: cpuCompare,
  },
  {
    name: 'cpu-models',
    group: 'host',
    summary: 'CPU models',
    description: 'Get the CPU models for an arch.',
    options: [need('arch', 'architecture', 'arch')],
    run: cpuModels,
  },
  {
    name: 'hypervisor-cpu-baseline',
    group: 'host',
    summary: 'compute baseline CPU usable by a specific hypervisor',
    description:
      'Compute baseline CPU for a set of given CPUs. The result will be tailored to the specified hypervisor.',
    options: [
      text('file', 'file containing XML CPU descriptions'),
      ...emulatorOptions(),
      ...baselineOptions,
      text(
        'model',
        'Shortcut for calling the command with a single CPU model and no additional features',
      ),
    ],
    run: hypervisorCpuBaseline,
  },
  {
    name: 'hypervisor-cpu-compare',
    group: 'host',
    summary: 'compare a CPU with the CPU created by a hypervisor on the host',
    description: 'compare CPU with hypervisor CPU',
    options: [cpuFileOption, ...emulatorOptions(), ...compareOptions],
    run: hypervisorCpuCompare,
  },
]

async function cpuCompare(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const xml = await readCpuFile(file)
  const hypervisor = await context.hypervisor()
  const comparison = await explainFailure(
    `Failed to compare host CPU with ${file}`,
    hypervisor.connectCompareCpu(xml, readCompareOptions(options)),
    { file },
  )
  return compared(comparison, file, 'host CPU')
}

async function hypervisorCpuCompare(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const failure = `Failed to compare hypervisor CPU with ${file}`
  const xml = await readCpuFile(file)
  const emulator = await readEmulatorOptions(options, failure)
  const hypervisor = await context.hypervisor()
  const comparison = await explainFailure(
    failure,
    hypervisor.connectCompareHypervisorCpu(xml, { ...readCompareOptions(options), ...emulator }),
    { file },
  )
  return compared(comparison, file, 'the CPU provided by hypervisor on the host')
}

function readCompareOptions(options: Options): { failIncompatible: boolean; validate: boolean } {
  return { failIncompatible: options.flag('error'), validate: options.flag('validate') }
}

/** virsh's sentence; an incompatible CPU is an answer, and not a good one. */
function compared(comparison: CpuComparisonResult, file: string, ours: string): Answer {
  const described = `CPU described in ${printable(file)}`
  const sentences = {
    incompatible: `${described} is incompatible with ${ours}`,
    identical: `${described} is identical to ${ours}`,
    superset: `${ours.charAt(0).toUpperCase()}${ours.slice(1)} is a superset of ${described}`,
  }
  const { result } = comparison
  return {
    text: `${sentences[result]}\n`,
    json: { file, ...comparison },
    failed: result === 'incompatible',
  }
}

async function cpuBaseline(context: Context, options: Options): Promise<Answer> {
  const files = [options.need('file'), ...options.list('more')]
  const texts: string[] = []
  for (const file of files) texts.push(await readCpuFile(file))
  const hypervisor = await context.hypervisor()
  const baseline = hypervisor.connectBaselineCpu(texts, readBaselineOptions(options))
  const [file] = files
  const xml = await explainFailure(
    '',
    baseline,
    // Of several files nobody knows which one a line and column are of.
    files.length === 1 && file !== undefined ? { file } : {},
  )
  return documentAnswer(context, xml)
}

async function hypervisorCpuBaseline(context: Context, options: Options): Promise<Answer> {
  const file = options.text('file')
  const model = options.text('model')
  exclude(options, 'file', 'model')
  const emulator = await readEmulatorOptions(options, '')
  let text: string
  if (model !== undefined) text = `${elementText('cpu', {}, [valueElement('model', model)])}\n`
  else if (file !== undefined) text = await readCpuFile(file)
  else {
    throw invalidArgument('Either --file or --model must be provided')
  }
  const hypervisor = await context.hypervisor()
  const xml = await explainFailure(
    '',
    hypervisor.connectBaselineHypervisorCpu([text], {
      ...readBaselineOptions(options),
      ...emulator,
    }),
    file === undefined ? {} : { file },
  )
  return documentAnswer(context, xml)
}

function readBaselineOptions(options: Options): { expandFeatures: boolean; migratable: boolean } {
  return { expandFeatures: options.flag('features'), migratable: options.flag('migratable') }
}

async function cpuModels(context: Context, options: Options): Promise<Answer> {
  const arch = options.need('arch')
  const hypervisor = await context.hypervisor()
  const models = await explainFailure(
    'failed to get CPU model names',
    hypervisor.connectGetCpuModelNames(arch),
  )
  const lines = models.length === 0 ? ['all CPU models are accepted'] : models
  return { ...linesAnswer(lines), json: { arch, models } }
}
