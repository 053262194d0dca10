import { changeTarget } from '../change-target.ts'
import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt, loadXmlReader } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, int, targetOptions, text } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { devicesOf } from '../xml/devices-of.ts'
import { valueElement } from '../xml/element-text.ts'
import { putChild } from '../xml/put-child.ts'
import { normalizeText, splice } from '../xml/splice.ts'

export const commands: readonly Command[] = [
  {
    name: 'update-memory-device',
    group: 'domain',
    summary: 'update memory device of a domain',
    description: 'Update values of a memory device of a domain',
    options: [
      domainOption,
      ...targetOptions,
      flag('print-xml', 'print updated memory device XML instead of executing the change'),
      text('alias', 'memory device alias'),
      int('node', 'memory device target node'),
      int('requested-size', 'new value of <requested/> size, as scaled integer (default KiB)'),
    ],
    run: update,
  },
]

async function update(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const bytes = scaledInteger(options, 'requested-size', 1024)
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const inactive = options.flag('config') || domain.id === undefined
  const xml = await memoryXml(await hypervisor.domainGetXmlDesc(reference, { inactive }), options)
  const changed = bytes === undefined ? xml : await withRequested(xml, Math.ceil(bytes / 1024))
  if (options.flag('print-xml')) return documentAnswer(context, changed)
  await explainFailure(
    'Failed to update memory device',
    hypervisor.domainUpdateDevice(reference, changed, { ...target, signal: context.signal }),
  )
  return { json: { ...(bytes !== undefined && { requestedBytes: bytes }) } }
}

/** The one `<memory>` device that the options leave. */
async function memoryXml(xml: string, options: Options): Promise<string> {
  const alias = options.text('alias')
  const node = options.integer('node', 0)
  const found = (await devicesOf(xml, 'memory')).filter(
    (memory) =>
      (alias === undefined || elementAt(memory, 'alias')?.attributes.get('name') === alias) &&
      (node === undefined || Number(elementAt(memory, 'target', 'node')?.text ?? -1) === node),
  )
  const [first] = found
  if (first !== undefined && found.length === 1) return first.source
  throw invalidArgument(
    first === undefined
      ? 'no memory device found'
      : 'multiple memory devices found, use --alias or --node to select one',
  )
}

async function withRequested(xml: string, requestedKiB: number): Promise<string> {
  const readXml = await loadXmlReader()
  const document = normalizeText(xml)
  const target = elementAt(readXml(document), 'target')
  if (target === undefined || elementAt(target, 'requested') === undefined) {
    throw new CommandError('the memory device has no <requested> size', {
      code: 'ERR_OPERATION_INVALID',
      hint: "a device of model='virtio-mem' has one",
    })
  }
  const element = valueElement('requested', requestedKiB, { unit: 'KiB' })
  return splice(document, [putChild(document, target, { name: 'requested', element })])
}
