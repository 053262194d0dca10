import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { loadXmlReader } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { emulatorOptions, readEmulatorOptions } from '../emulator-options.ts'
import { flag } from '../option-specs.ts'
import { safeXml } from '../output/safe-xml.ts'

/** Ours: the document for people. */
const tableOption: OptionSpec = flag('table', 'print tables for people instead of XML')

export const commands: readonly Command[] = [
  {
    name: 'capabilities',
    group: 'host',
    summary: 'capabilities',
    description: 'Returns capabilities of hypervisor/driver.',
    options: [tableOption],
    run: capabilities,
  },
  {
    name: 'domcapabilities',
    group: 'host',
    summary: 'domain capabilities',
    description: 'Returns capabilities of emulator with respect to host and libvirt.',
    options: [
      ...emulatorOptions({
        emulator: 'emulatorbin',
        archHelp: 'domain architecture (/domain/os/type/@arch)',
      }),
      tableOption,
    ],
    run: domcapabilities,
  },
]

async function capabilities(context: Context, options: Options): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const xml = await explainFailure(
    'failed to get capabilities',
    hypervisor.connectGetCapabilities(),
  )
  if (!isLookedInto(context, options)) return asPrinted(context, xml)
  const { readCapabilities } = await import('../capabilities/read-capabilities.ts')
  const found = readCapabilities(await read(xml))
  if (context.settings.json) return { json: { ...found, xml } }
  const { formatCapabilities } = await import('../output/format-capabilities.ts')
  const { firmware } = await hypervisor.nodeGetHostInfo()
  return { text: formatCapabilities(found, firmware, context.output.columns) }
}

async function domcapabilities(context: Context, options: Options): Promise<Answer> {
  const failure = 'failed to get emulator capabilities'
  const asked = await readEmulatorOptions(options, failure, 'emulatorbin')
  const hypervisor = await context.hypervisor()
  const xml = await explainFailure(failure, hypervisor.connectGetDomainCapabilities(asked))
  if (!isLookedInto(context, options)) return asPrinted(context, xml)
  const { readDomainCapabilities } = await import('../capabilities/domain-capabilities.ts')
  const found = readDomainCapabilities(await read(xml))
  if (context.settings.json) return { json: { ...found, xml } }
  const { formatDomainCapabilities } = await import('../output/format-domain-capabilities.ts')
  return { text: formatDomainCapabilities(found, context.output.columns) }
}

/** The XML reader is loaded only where something is asked of it. */
function isLookedInto(context: Context, options: Options): boolean {
  return context.settings.json || options.flag('table')
}

async function read(xml: string): Promise<XmlElement> {
  const readXml = await loadXmlReader()
  return readXml(xml)
}

/** virsh ends a document of the host with a line end of its own. */
function asPrinted(context: Context, xml: string): Answer {
  return { text: `${context.output.isTerminal ? safeXml(xml) : xml}\n` }
}
