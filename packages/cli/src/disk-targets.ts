import type { Context, Options } from './command.ts'
import { childrenNamed, elementAt, loadXmlReader } from './core.ts'
import { lookupDomain } from './lookup-domain.ts'

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
  const readXml = await loadXmlReader()
  const root = readXml(await hypervisor.domainGetXmlDesc(reference))
  const devices = elementAt(root, 'devices')
  return (devices === undefined ? [] : childrenNamed(devices, 'disk')).flatMap((disk) => {
    const target = elementAt(disk, 'target')?.attributes.get('dev')
    return target === undefined ? [] : [{ target, empty: elementAt(disk, 'source') === undefined }]
  })
}
