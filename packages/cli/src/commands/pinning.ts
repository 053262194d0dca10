import { changeTarget } from '../change-target.ts'
import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { definitionOf } from '../config/definition-of.ts'
import { childrenNamed, elementAt, loadXmlReader } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import type { FoundDomain } from '../lookup-domain.ts'
import { int, targetOptions, text } from '../option-specs.ts'
import { formatCpuset } from '../output/format-cpuset.ts'
import { formatTable } from '../output/format-table.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { hostCpus } from '../tuning/host-cpus.ts'

export const commands: readonly Command[] = [
  {
    name: 'vcpupin',
    group: 'domain',
    summary: 'control or query domain vcpu affinity',
    description: 'Pin domain VCPUs to host physical CPUs.',
    options: [
      domainOption,
      int('vcpu', 'vcpu number'),
      text('cpulist', 'host cpu number(s) to set, or omit option to query'),
      ...targetOptions,
    ],
    run: vcpupin,
  },
  {
    name: 'emulatorpin',
    group: 'domain',
    summary: 'control or query domain emulator affinity',
    description: 'Pin domain emulator threads to host physical CPUs.',
    options: [
      domainOption,
      text('cpulist', 'host cpu number(s) to set, or omit option to query'),
      ...targetOptions,
    ],
    run: emulatorpin,
  },
]

async function vcpupin(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const vcpu = options.integer('vcpu', 0)
  const list = options.text('cpulist')
  if (list !== undefined && vcpu === undefined) {
    throw invalidArgument('vcpupin: Missing vCPU number in pin mode.')
  }
  const found = await lookupDomain(context, options)
  const { hypervisor, reference } = found
  if (list !== undefined && vcpu !== undefined) {
    const cpus = await hostCpus(found, list)
    await hypervisor.domainPinVcpu(reference, vcpu, cpus, target)
    return { json: { vcpu, cpus } }
  }
  const vcpus =
    target.live !== true && (target.config === true || found.domain.id === undefined)
      ? await storedAffinity(found)
      : await hypervisor.domainGetVcpus(reference, { signal: context.signal })
  const shown = vcpus.filter((each) => vcpu === undefined || each.vcpu === vcpu)
  if (shown.length === 0) {
    const message = `vcpu ${vcpu} is out of range of live cpu count ${vcpus.length}`
    throw invalidArgument(message)
  }
  const all = await hostCpus(found, 'r')
  return {
    text: formatTable(
      ['VCPU', 'CPU Affinity'],
      shown.map((each) => [String(each.vcpu), formatCpuset(each.affinity ?? all)]),
      { quiet: context.settings.quiet },
    ),
    json: shown.map((each) => ({ vcpu: each.vcpu, cpus: each.affinity ?? all })),
  }
}

interface Affinity {
  readonly vcpu: number
  /** All CPUs of the host where it is left out. */
  readonly affinity?: readonly number[]
}

/** What a definition says of its vCPUs. */
async function storedAffinity({
  hypervisor,
  reference,
}: FoundDomain): Promise<readonly Affinity[]> {
  const readXml = await loadXmlReader()
  const root = readXml(await hypervisor.domainGetXmlDesc(reference, { inactive: true }))
  const element = elementAt(root, 'vcpu')
  const pins = childrenNamed(elementAt(root, 'cputune') ?? root, 'vcpupin')
  return Array.from({ length: Number(element?.text ?? 1) }, (_, vcpu) => {
    const pin = pins.find((each) => Number(each.attributes.get('vcpu')) === vcpu)
    const set = pin?.attributes.get('cpuset') ?? element?.attributes.get('cpuset')
    return { vcpu, ...(set !== undefined && { affinity: parseCpuList(set) }) }
  })
}

async function emulatorpin(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const list = options.text('cpulist')
  if (list === undefined) {
    const asked = await definitionOf(context, options, '')
    const set =
      elementAt(asked.root, 'cputune', 'emulatorpin')?.attributes.get('cpuset') ??
      elementAt(asked.root, 'vcpu')?.attributes.get('cpuset')
    const cpus = set === undefined ? await hostCpus(asked, 'r') : parseCpuList(set)
    const head = context.settings.quiet ? '' : `emulator: CPU Affinity\n${'-'.repeat(34)}\n`
    return { text: `${head}       *: ${formatCpuset(cpus)}\n`, json: { cpus } }
  }
  const found = await lookupDomain(context, options)
  const cpus = await hostCpus(found, list)
  await found.hypervisor.domainPinEmulator(found.reference, cpus, target)
  return { json: { cpus } }
}
