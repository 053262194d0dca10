import { invalidArgument } from './command-error.ts'
import type { Context, Options } from './command.ts'
import { elementAt } from './core.ts'
import type { XmlElement } from './core.ts'
import { lookupDomain } from './lookup-domain.ts'
import { devicesOf } from './xml/devices-of.ts'

/**
 * The images of the disk that the `path` option names by target or file, the one in use first.
 *
 * @throws CommandError for a disk that the domain does not have.
 */
export async function imageChain(context: Context, options: Options): Promise<readonly string[]> {
  const wanted = options.need('path')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const disks = await devicesOf(await hypervisor.domainGetXmlDesc(reference), 'disk')
  const disk = disks.find(
    (each) =>
      elementAt(each, 'target')?.attributes.get('dev') === wanted || fileOf(each) === wanted,
  )
  if (disk === undefined) {
    throw invalidArgument(`invalid argument: disk '${wanted}' not found in domain`)
  }
  const chain: string[] = []
  for (let at: XmlElement | undefined = disk; at !== undefined;) {
    const file = fileOf(at)
    if (file !== undefined) chain.push(file)
    at = elementAt(at, 'backingStore')
  }
  return chain
}

function fileOf(element: XmlElement): string | undefined {
  const attributes = elementAt(element, 'source')?.attributes
  return attributes?.get('file') ?? attributes?.get('dev')
}
