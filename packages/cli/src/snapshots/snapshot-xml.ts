import { CommandError } from '../command-error.ts'
import type { Options } from '../command.ts'
import { escapeXml } from '../output/escape-xml.ts'

/** The `<domainsnapshot>` that `snapshot-create-as` builds from its words. */
export function snapshotXml(options: Options): string {
  const name = options.text('name')
  const description = options.text('description')
  const memory = options.text('memspec')
  const disks = options.list('diskspec')
  return [
    '<domainsnapshot>',
    ...(name === undefined ? [] : [`  <name>${escapeXml(name)}</name>`]),
    ...(description === undefined
      ? []
      : [`  <description>${escapeXml(description)}</description>`]),
    ...(memory === undefined ? [] : [`  ${memoryElement(memory)}`]),
    ...(disks.length === 0 ? [] : ['  <disks>', ...disks.flatMap(diskElement), '  </disks>']),
    '</domainsnapshot>\n',
  ].join('\n')
}

/** Commas part the words; two together are one of the text. */
function parts(spec: string): readonly string[] {
  return spec.split(/(?<!,),(?!,)/).map((part) => part.replaceAll(',,', ','))
}

function memoryElement(spec: string): string {
  let file: string | undefined
  let snapshot: string | undefined
  for (const part of parts(spec)) {
    if (part.startsWith('file=')) file = part.slice(5)
    else if (part.startsWith('snapshot=')) snapshot = part.slice(9)
    else if (part.startsWith('/') && file === undefined) file = part
    else throw unparsed('memspec', spec)
  }
  const attributes = { snapshot: snapshot ?? (file === undefined ? undefined : 'external'), file }
  return `<memory${attributesOf(attributes)}/>`
}

function diskElement(spec: string): readonly string[] {
  const [name, ...rest] = parts(spec)
  const given = new Map<string, string>()
  for (const part of rest) {
    const [, key, value] = /^(snapshot|driver|stype|file)=(.*)$/.exec(part) ?? []
    if (key === undefined || value === undefined || given.has(key)) throw unparsed('diskspec', spec)
    given.set(key, value)
  }
  if (name === undefined || name === '') throw unparsed('diskspec', spec)
  const type = given.get('stype')
  const source = type === 'block' ? 'dev' : 'file'
  const driver = given.get('driver')
  const file = given.get('file')
  const inside = [
    ...(driver === undefined ? [] : [`      <driver${attributesOf({ type: driver })}/>`]),
    ...(file === undefined ? [] : [`      <source${attributesOf({ [source]: file })}/>`]),
  ]
  const start = `    <disk${attributesOf({ name, snapshot: given.get('snapshot'), type })}`
  return inside.length === 0 ? [`${start}/>`] : [`${start}>`, ...inside, '    </disk>']
}

function attributesOf(attributes: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}='${escapeXml(value)}'`))
    .join('')
}

function unparsed(what: string, spec: string): CommandError {
  return new CommandError(`unable to parse ${what}: ${spec}`, { code: 'ERR_INVALID_ARG' })
}
