import type { Problem, Rule } from '@polyvirt/core/arch'

/** QEMU's machines above this many vCPUs need an IOMMU with extended interrupts. */
const apicLimit = 255

const manyVcpus: Rule = {
  name: 'x86/x2apic',
  check({ domain }): readonly Problem[] {
    if (domain.vcpus <= apicLimit) return []
    const extended = (domain.devices.iommu ?? []).some(
      ({ model, intremap, eim }) => model === 'intel' && intremap === true && eim === true,
    )
    if (extended && domain.type === 'kvm') return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'vcpu',
        message: `more than ${apicLimit} vCPUs need KVM and, on q35, an IOMMU with extended interrupts: <iommu model='intel'><driver intremap='on' eim='on'/></iommu>`,
      },
    ]
  },
}

/** A guest finds this IOMMU in a table of ACPI's. */
const iommuNeedsAcpi: Rule = {
  name: 'x86/iommu-acpi',
  check({ domain }): readonly Problem[] {
    if (domain.features?.acpi === true) return []
    return (domain.devices.iommu ?? []).flatMap(({ model }, i): Problem[] =>
      model === 'virtio'
        ? [
            {
              code: 'ERR_CONFIG_UNSUPPORTED',
              path: `devices/iommu[${i + 1}]`,
              message: `a 'virtio' IOMMU is found through ACPI: it needs <features><acpi/></features>`,
            },
          ]
        : [],
    )
  },
}

/** Interrupts are remapped on their way from the APIC that the emulator itself has. */
const remappedInterrupts: Rule = {
  name: 'x86/iommu-interrupts',
  check({ domain }): readonly Problem[] {
    return (domain.devices.iommu ?? []).flatMap(({ intremap, eim }, i): Problem[] => {
      const wrong = (word: string, message: string): Problem[] => [
        {
          code: 'ERR_CONFIG_UNSUPPORTED',
          path: `devices/iommu[${i + 1}]/driver/@${word}`,
          message,
        },
      ]
      if (eim === true && intremap !== true)
        return wrong('eim', `extended interrupts are remapped ones: intremap='on'`)
      return intremap === true && domain.features?.ioapic !== 'qemu'
        ? wrong('intremap', `it needs <features><ioapic driver='qemu'/></features>`)
        : []
    })
  },
}

/** QEMU counts the firmware's own memory in MiB. */
const wholeTseg: Rule = {
  name: 'x86/tseg',
  check({ domain }): readonly Problem[] {
    const size = domain.features?.smmTsegKiB ?? 0
    if (size % 1024 === 0) return []
    const message = `${size} KiB is no whole number of MiB`
    return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'features/smm/tseg', message }]
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

/**
 * A ROM without a BAR is handed to the firmware as a file in fw_cfg, by its name without a folder,
 * and QEMU takes no name twice (hw/pci/pci.c, hw/core/loader.c).
 */
const oneRomOfAName: Rule = {
  name: 'x86/rom-names',
  check({ domain }): readonly Problem[] {
    const seen = new Map<string, string>()
    const problems: Problem[] = []
    const { interface: cards = [], hostdev = [] } = domain.devices
    const roms = [
      ...cards.map((card, i) => ({ card, at: `devices/interface[${i + 1}]`, own: card.model })),
      ...hostdev.map((card, i) => ({ card, at: `devices/hostdev[${i + 1}]`, own: undefined })),
    ]
    for (const { card, at, own } of roms) {
      if (card.romBar !== false || card.romEnabled === false) continue
      const name = card.romFile?.replace(/^.*\//, '') ?? own
      if (name === undefined || name === '') continue
      const first = seen.get(name)
      if (first === undefined) seen.set(name, at)
      else
        problems.push({
          code: 'ERR_CONFIG_UNSUPPORTED',
          path: `${at}/rom/@bar`,
          message: `QEMU hands a ROM without a BAR to the firmware by name, and ${first} has ${
            card.romFile === undefined ? 'the same ROM' : `one named '${name}'`
          } already; use bar='on', or enabled='no' for no ROM`,
        })
    }
    return problems
  },
}

export const rules: readonly Rule[] = [
  manyVcpus,
  wholeTseg,
  iommuNeedsAcpi,
  remappedInterrupts,
  flashNeedsAcpi,
  pluggedMemoryNeedsAcpi,
  oneRomOfAName,
]
