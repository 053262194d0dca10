import type { Context, Options } from './command.ts'
import { elementAt } from './core.ts'
import { lookupDomain } from './lookup-domain.ts'
import { devicesOf } from './xml/devices-of.ts'

export interface DiskTarget {
  readonly target: string
  /** A drive without a medium. */
  readonly empty: boolean
}

/** The disks of the domain that the options name, in the document's order. */
export async function diskTargets(
  context: Context,
  options: Options,
): Promise<readonly DiskTarget[]> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const disks = await devicesOf(await hypervisor.domainGetXmlDesc(reference), 'disk')
  return disks.flatMap((disk) => {
    const target = elementAt(disk, 'target')?.attributes.get('dev')
    return target === undefined ? [] : [{ target, empty: elementAt(disk, 'source') === undefined }]
  })
}
