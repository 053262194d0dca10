import type { Problem, Rule } from '@polyvirt/core/arch'

/** QEMU's machines above this many vCPUs need an IOMMU with extended interrupts. */
const apicLimit = 255

const manyVcpus: Rule = {
  name: 'x86/x2apic',
  check({ domain }): readonly Problem[] {
    if (domain.vcpus <= apicLimit) return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'vcpu',
        message: `more than ${apicLimit} vCPUs need an IOMMU with extended interrupt mode, which is not offered`,
      },
    ]
  },
}

/** Firmware in flash talks to the guest through ACPI. */
const flashNeedsAcpi: Rule = {
  name: 'x86/flash-acpi',
  check({ domain }): readonly Problem[] {
    const flash = domain.os.loaderType === 'pflash' || domain.os.firmware === 'efi'
    if (!flash || domain.features?.acpi === true) return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'os/loader',
        message: 'firmware in pflash needs <features><acpi/></features>',
      },
    ]
  },
}

/** The board tells its guest of memory that comes and goes through ACPI, and QEMU insists. */
const pluggedMemoryNeedsAcpi: Rule = {
  name: 'x86/memory-acpi',
  check({ domain }): readonly Problem[] {
    if (domain.features?.acpi === true) return []
    return (domain.devices.memory ?? []).flatMap(({ model }, i): Problem[] =>
      model === 'dimm' || model === 'nvdimm'
        ? [
            {
              code: 'ERR_CONFIG_UNSUPPORTED',
              path: `devices/memory[${i + 1}]`,
              message: `a '${model}' is found through ACPI: it needs <features><acpi/></features>`,
            },
          ]
        : [],
    )
  },
}

export const rules: readonly Rule[] = [manyVcpus, flashNeedsAcpi, pluggedMemoryNeedsAcpi]
