import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { compare, compareReadings } from '../diff/compare.ts'
import type { Comparison, Side } from '../diff/compare.ts'
import { readForDiff } from '../diff/document.ts'
import type { Document } from '../diff/document.ts'
import { formatComparison } from '../diff/format-comparison.ts'
import { libvirtRemarks } from '../diff/libvirt-remarks.ts'
import { polyvirtSide } from '../diff/polyvirt-side.ts'
import { archOption, fileOption } from '../document-options.ts'
import { named, text } from '../option-specs.ts'
import { exclude } from '../parse/option-pairs.ts'

export const commands: readonly Command[] = [
  {
    name: 'diff',
    group: 'arch',
    summary: 'show how domain definitions and command lines differ',
    description:
      'With <file> alone: what polyvirt makes of the document, compared with the document.\n' +
      'With a second file: how the definitions and command lines of the two differ. With\n' +
      '--against libvirt: how polyvirt and the libvirt on this machine differ. virsh asks\n' +
      'libvirt about a domain of another name and UUID, and undefines it again; polyvirt\n' +
      'defines nothing. Exit status: 0 equal, 1 different, 2 trouble.',
    options: [
      fileOption,
      text('other', 'another file, to compare with the first'),
      archOption,
      named(text('against', 'whom to compare with: libvirt', ['libvirt'])),
      named(text('uri', "libvirt's connection; virsh's default")),
    ],
    troubleCode: 2,
    run: diff,
  },
]

async function diff(context: Context, options: Options): Promise<Answer> {
  checkOptions(options)
  const [arch, other] = [options.text('arch'), options.text('other')]
  const document = await readForDiff(options.need('file'), arch)
  const comparison = options.flag('against')
    ? await withLibvirt(context, document, options.text('uri'))
    : other === undefined
      ? await withItself(context, document)
      : await withAnother(context, document, await readForDiff(other, arch))
  const { styles } = context.output
  return {
    text: formatComparison(comparison, { styles, quiet: context.settings.quiet }),
    json: comparison,
    failed: !comparison.equal,
  }
}

function checkOptions(options: Options): void {
  const against = options.text('against')
  if (against !== undefined && against !== 'libvirt') {
    throw invalidArgument(`polyvirt cannot compare itself with '${against}'; offered: libvirt`)
  }
  exclude(options, 'other', 'against')
  if (against === undefined && options.flag('uri')) {
    throw invalidArgument("option --uri is libvirt's connection: it needs --against libvirt")
  }
}

async function withItself(context: Context, document: Document): Promise<Comparison> {
  const { file, root, text } = document
  const { definition } = await accepted(context, { ...document, fixed: text })
  return compare(
    { who: file, definition: root },
    { who: 'polyvirt', ...(definition && { definition }) },
  )
}

async function withAnother(
  context: Context,
  first: Document,
  second: Document,
): Promise<Comparison> {
  const left = await accepted(context, first)
  const right = await accepted(context, second)
  return compareReadings({ ...left, who: first.file }, { ...right, who: second.file }, first.root)
}

async function withLibvirt(
  context: Context,
  document: Document,
  uri: string | undefined,
): Promise<Comparison> {
  const { libvirtSide } = await import('../diff/libvirt-side.ts')
  const theirs = await libvirtSide(context, document, uri)
  const comparison = compareReadings(await polyvirtSide(context, document), theirs, document.root)
  const remarks = [...comparison.remarks, ...libvirtRemarks(comparison)]
  return { ...comparison, remarks }
}

/** Where nobody else is asked, a refusal is an error as it is of `define`. */
async function accepted(context: Context, document: Document): Promise<Side> {
  const side = await polyvirtSide(context, document)
  const { file } = document
  if (side.cause === undefined) return side
  throw new CommandError(`Failed to define domain from ${file}`, { cause: side.cause, file })
}
