import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { hasUefi } from './firmware-rules.ts'
import { gicV2Cpus } from './interrupt-controller.ts'

const interruptController: Rule = {
  name: 'aarch64/gic',
  check({ domain, host }) {
    const version = domain.features?.gicVersion
    const path = 'features/gic'
    if (version === '2' && domain.vcpus > gicV2Cpus)
      return [
        unsupported(
          path,
          `a GIC of version 2 serves ${gicV2Cpus} vCPUs, not ${domain.vcpus}; use version='3'`,
        ),
      ]
    if (domain.type !== 'kvm')
      return version === 'host'
        ? [unsupported(path, `version 'host' is KVM's; with type='qemu' use '2' or '3'`)]
        : []
    if (version === '3' && host.cpu.registers?.['gic'] === 2) {
      const message = `the host has a GIC of version 2, so its guests have none of version 3; use version='2'`
      return [{ code: 'ERR_CPU_INCOMPATIBLE', path, message }]
    }
    return []
  },
}

const iommus: Rule = {
  name: 'aarch64/iommu',
  check({ domain }) {
    return (domain.devices.iommu ?? []).flatMap((one, i): Problem[] => {
      const path = `devices/iommu[${i + 1}]`
      if (one.model === 'virtio' && domain.features?.acpi !== true)
        return [
          unsupported(
            path,
            `guests find a 'virtio' IOMMU through ACPI: it needs <features><acpi/></features> and UEFI`,
          ),
        ]
      const { intremap, cachingMode, eim, iotlb, awBits } = one
      if ([intremap, cachingMode, eim, iotlb, awBits].every((value) => value === undefined))
        return []
      return [
        unsupported(`${path}/driver`, `an IOMMU of model '${one.model}' has nothing to choose`),
      ]
    })
  },
}

/** The board plugs memory in through ACPI's event device, which UEFI brings up (hw/arm/virt.c). */
const pluggedMemory: Rule = {
  name: 'aarch64/memory-acpi',
  check({ domain }) {
    if (domain.features?.acpi === true && hasUefi(domain)) return []
    return (domain.devices.memory ?? []).flatMap(({ model }, i): Problem[] =>
      model === 'dimm' || model === 'nvdimm'
        ? [
            unsupported(
              `devices/memory[${i + 1}]`,
              `a '${model}' is found through ACPI: it needs <features><acpi/></features> and UEFI`,
            ),
          ]
        : [],
    )
  },
}

export const boardRules: readonly Rule[] = [interruptController, iommus, pluggedMemory]
