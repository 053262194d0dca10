import { variablesPath } from '../../domain/firmware-variables.ts'
import type { Domain } from '../../domain/domain.ts'
import { usbNode } from '../../domain/devices/usb-node.ts'
import type { Hostdev } from '../../domain/devices/hostdev.ts'
import { realSysfs } from '../../run/sysfs.ts'
import type { Sysfs } from '../../run/sysfs.ts'

/** A file or a device's node of the host, other than an image, that QEMU itself opens. */
export interface OpenedFile {
  readonly path: string
  readonly writes: boolean
}

type Opened = Pick<Domain, 'os' | 'devices'>

/** What QEMU opens for a domain beside its images. PCI devices are handed over with their groups: pci/. */
export function openedFiles(domain: Opened, sysfs: Sysfs = realSysfs): readonly OpenedFile[] {
  const { os } = domain
  const read = [os.kernel, os.initrd, os.dtb, os.loader]
  const written = [variablesPath(os), ...deviceNodes(domain, sysfs)]
  return [
    ...read.flatMap((path) => (path === undefined ? [] : { path, writes: false })),
    ...written.flatMap((path) => (path === undefined ? [] : { path, writes: true })),
  ]
}

/**
 * Nodes of devices, and files that are memory of the guest. Not those that programs of the host share with it, as they
 * do a card that draws: who is in the node's group may open it, and the others shall go on.
 */
export function deviceNodes(
  { devices }: Pick<Domain, 'devices'>,
  sysfs: Sysfs = realSysfs,
): readonly (string | undefined)[] {
  const characters = [devices.serial, devices.parallel, devices.console, devices.channel].flatMap(
    (all) => (all ?? []).flatMap(({ type, sources }) => (type === 'dev' ? sources?.[0]?.path : [])),
  )
  return [
    ...characters,
    ...(devices.hostdev ?? []).flatMap((one) => hostdevNodes(one, sysfs)),
    ...(devices.input ?? []).flatMap((one) => [one.sourceDev, one.sourceEvdev]),
    ...(devices.rng ?? []).map(({ backend, source }) =>
      backend === 'random' ? source : undefined,
    ),
    ...(devices.memory ?? []).map(({ path }) => path),
    ...(devices.vsock ?? []).map(() => '/dev/vhost-vsock'),
  ]
}

function hostdevNodes({ type, hostAddress: at }: Hostdev, sysfs: Sysfs): readonly string[] {
  if (type === 'scsi_host') return ['/dev/vhost-scsi']
  if (at?.kind === 'usb' && at.bus !== undefined && at.device !== undefined)
    return [usbNode(at.bus, at.device)]
  if (at?.kind !== 'mdev') return []
  const group = sysfs.real(`/bus/mdev/devices/${at.uuid}/iommu_group`)?.split('/').at(-1)
  return group === undefined ? [] : [`/dev/vfio/${group}`, '/dev/vfio/vfio']
}
