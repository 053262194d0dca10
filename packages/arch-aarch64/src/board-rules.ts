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

/** The board's UART; a second one belongs to the secure world, which guests of virt do not have. */
const serialPorts: Rule = {
  name: 'aarch64/serial-ports',
  check({ domain }) {
    const own = (domain.devices.serial ?? []).flatMap(({ targetType }, i) =>
      targetType === 'system-serial' ? [i] : [],
    )
    return own
      .slice(1)
      .map((i) =>
        unsupported(
          `devices/serial[${i + 1}]`,
          `virt has one serial port of its own; use <target type='pci-serial'/>, or a virtio console`,
        ),
      )
  },
}

/** QEMU's NUM_VIRTIO_TRANSPORTS (include/hw/arm/virt.h). */
const maxTransports = 32

const transports: Rule = {
  name: 'aarch64/virtio-mmio',
  check({ domain }) {
    const all = Object.entries(domain.devices).flatMap(([kind, list]) =>
      Array.isArray(list)
        ? list.flatMap((device: { readonly address?: { readonly type: string } }, i) =>
            device.address?.type === 'virtio-mmio' ? [`devices/${kind}[${i + 1}]/address`] : [],
          )
        : [],
    )
    return all
      .slice(maxTransports)
      .map((path) =>
        unsupported(path, `virt has ${maxTransports} virtio transports; put the others on PCI`),
      )
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

/** QEMU's board has sockets, clusters, cores and threads. */
const noDies: Rule = {
  name: 'aarch64/dies',
  check({ domain }) {
    const dies = domain.cpu?.topology?.dies ?? 1
    if (dies === 1) return []
    return [unsupported('cpu/topology/@dies', `virt has no dies; use dies='1' and more cores`)]
  },
}

export const boardRules: readonly Rule[] = [
  interruptController,
  serialPorts,
  transports,
  iommus,
  pluggedMemory,
  noDies,
]
