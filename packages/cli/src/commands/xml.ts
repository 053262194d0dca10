import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { NativeResult } from '../core.ts'
import { archOption, defineOptions } from '../document-options.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, later, named, need, text, xpathOptions } from '../option-specs.ts'
import { partAnswer } from '../output/part-answer.ts'
import { shellQuote } from '../output/shell-quote.ts'
import { exclude } from '../parse/option-pairs.ts'
import { submitDocument } from '../submit-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'dumpxml',
    group: 'domain',
    summary: 'domain information in XML',
    description: 'Output the domain information as an XML dump to stdout.',
    options: [
      domainOption,
      flag('inactive', 'show inactive defined XML'),
      flag('security-info', 'include security sensitive information in XML dump'),
      later(flag('update-cpu', 'update guest CPU according to host CPU')),
      flag('migratable', 'provide XML suitable for migrations'),
      ...xpathOptions,
    ],
    run: dumpxml,
  },
  {
    name: 'domxml-to-native',
    group: 'domain',
    summary: 'Convert domain XML to native config',
    description: 'Convert domain XML config to a native guest configuration format.',
    options: [
      need('format', 'target config data type format', ['qemu-argv']),
      named(text('domain', 'domain name, id or uuid', 'domain')),
      text('xml', 'xml data file to export from'),
      archOption,
    ],
    run: domxmlToNative,
  },
]

async function dumpxml(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const xml = await hypervisor.domainGetXmlDesc(reference, {
    inactive: options.flag('inactive'),
    securityInfo: options.flag('security-info'),
    migratable: options.flag('migratable'),
  })
  return partAnswer(context, options, xml)
}

async function domxmlToNative(context: Context, options: Options): Promise<Answer> {
  const format = options.need('format')
  const file = options.text('xml')
  const domain = options.text('domain')
  if (file === undefined && domain === undefined) {
    throw invalidArgument('need either domain or domain XML')
  }
  exclude(options, 'domain', 'xml')
  if (format !== 'qemu-argv') {
    throw invalidArgument(`invalid argument: unsupported config type ${format}`)
  }
  const native =
    file === undefined ? await ofDomain(context, options) : await ofFile(context, options, file)
  return { text: commandLine(native), remark: '', json: native }
}

async function ofDomain(context: Context, options: Options): Promise<NativeResult> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  return explainFailure('', hypervisor.domainXmlToNative(reference))
}

function ofFile(context: Context, options: Options, file: string): Promise<NativeResult> {
  return submitDocument(context, file, {
    failure: '',
    act: (hypervisor, xml) => hypervisor.connectDomainXmlToNative(xml, defineOptions(options)),
  })
}

/** One line for a shell, as libvirt writes it; virsh's blank line ends it. */
function commandLine({ argv, environment }: NativeResult): string {
  const variables = Object.entries(environment).map(
    ([name, value]) => `${name}=${shellQuote(value)}`,
  )
  return [...variables, ...argv.map(shellQuote)].join(' ')
}
