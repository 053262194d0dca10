import { unsupported } from '@polyvirt/core/arch'
import type { Rule } from '@polyvirt/core/arch'
import { pcWords } from './feature-policy.ts'
import { allDevices } from './all-devices.ts'

const wordsOfPcs: Rule = {
  name: 's390x/pc-words',
  check({ domain: { features = {} } }) {
    return pcWords.flatMap((name) => {
      const value = features[name]
      if (value === undefined || value === false || value === 'off') return []
      return [
        unsupported(
          `features/${name}`,
          `<${name}/> is about PCs: it is kept and has no effect on IBM Z`,
        ),
      ]
    })
  },
}

/** s390-ccw reads channel devices, and SCSI disks behind one (QEMU pc-bios/s390-ccw). */
const bootsFromPci: Rule = {
  name: 's390x/boot-from-pci',
  check({ domain }) {
    const [first] = allDevices(domain)
      .filter(([, { bootOrder }]) => bootOrder !== undefined)
      .toSorted(([, a], [, b]) => (a.bootOrder ?? 0) - (b.bootOrder ?? 0))
    if (first?.[1].address?.type !== 'pci' || domain.os.kernel !== undefined) return []
    return [
      unsupported(
        `${first[0]}/boot/@order`,
        'the loader of IBM Z boots from no PCI function; leave the address out, so that it is a channel device',
      ),
    ]
  },
}

/** What is encrypted reaches devices only through memory that the guest shares for that. */
const sharedWithDevices: Rule = {
  name: 's390x/protected-devices',
  check({ domain }) {
    if (domain.launchSecurity?.type !== 's390-pv') return []
    return allDevices(domain).flatMap(([path, { address, ...device }]) =>
      address?.type === 'ccw' && (device as { readonly iommu?: boolean }).iommu !== true
        ? [
            unsupported(
              `${path}/driver/@iommu`,
              `the kernel of a protected guest uses no virtio device without <driver iommu='on'/>`,
            ),
          ]
        : [],
    )
  },
}

export const advice: readonly Rule[] = [wordsOfPcs, bootsFromPci, sharedWithDevices]
