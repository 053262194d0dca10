import { isSince, unsupported, versionText } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'

const iommus: Rule = {
  name: 'riscv64/iommu',
  check({ domain }) {
    return (domain.devices.iommu ?? []).flatMap((one, i): Problem[] => {
      const path = `devices/iommu[${i + 1}]`
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
    if (domain.features?.aia !== 'aplic-imsic' || isSince(capabilities, [8, 0])) return []
    const message = `IMSICs of QEMU ${versionText(capabilities)} lose interrupts, and Linux does not come up with them; use value='aplic'`
    return [unsupported('features/aia/@value', message)]
  },
}

export const boardRules: readonly Rule[] = [iommus, messageInterrupts]
