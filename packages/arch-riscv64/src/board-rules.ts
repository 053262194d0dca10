import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { isOlder, versionText } from './qemu-version.ts'

/** The board has one UART, and QEMU takes no notice of what is meant for a second (hw/riscv/virt.c). */
const serialPorts: Rule = {
  name: 'riscv64/serial-ports',
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

/** QEMU's VIRTIO_COUNT (hw/riscv/virt.c). */
const maxTransports = 8

const transports: Rule = {
  name: 'riscv64/virtio-mmio',
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

/** QEMU's device tree names one IOMMU for the whole root bus. */
const iommus: Rule = {
  name: 'riscv64/iommu',
  check({ domain }) {
    return (domain.devices.iommu ?? []).flatMap((one, i): Problem[] => {
      const path = `devices/iommu[${i + 1}]`
      if (i > 0) return [unsupported(path, 'virt has one IOMMU')]
      const { intremap, cachingMode, eim, iotlb, awBits } = one
      if ([intremap, cachingMode, eim, iotlb, awBits].every((value) => value === undefined))
        return []
      return [
        unsupported(`${path}/driver`, `an IOMMU of model '${one.model}' has nothing to choose`),
      ]
    })
  },
}

/**
 * IMSICs of QEMU 7.2 lose interrupts: Debian 13's kernel does not come up, neither with one vCPU nor with
 * two, nor with `x-smaia` and `x-ssaia` on; with QEMU 10.0 it does.
 */
const messageInterrupts: Rule = {
  name: 'riscv64/imsic',
  check({ domain, capabilities }) {
    if (domain.features?.aia !== 'aplic-imsic' || !isOlder(capabilities, 8)) return []
    const message = `IMSICs of QEMU ${versionText(capabilities)} lose interrupts, and Linux does not come up with them; use value='aplic'`
    return [unsupported('features/aia/@value', message)]
  },
}

/** QEMU's board has sockets, cores and threads. */
const noDies: Rule = {
  name: 'riscv64/dies',
  check({ domain }) {
    const dies = domain.cpu?.topology?.dies ?? 1
    if (dies === 1) return []
    return [unsupported('cpu/topology/@dies', `virt has no dies; use dies='1' and more cores`)]
  },
}

/** Sleep states are ACPI's, and the board's ACPI has none. */
const sleep: Rule = {
  name: 'riscv64/sleep-states',
  check({ domain: { pmSuspendToMem, pmSuspendToDisk } }): readonly Problem[] {
    if (pmSuspendToMem === undefined && pmSuspendToDisk === undefined) return []
    return [unsupported('pm', 'virt has no sleep states to choose; leave <pm> out')]
  },
}

export const boardRules: readonly Rule[] = [
  serialPorts,
  transports,
  iommus,
  messageInterrupts,
  noDies,
  sleep,
]
