import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { capabilityRules } from './capability-rules.ts'

/** QEMU's TCG runs one thread a core here, and says so only at start. */
const tcgThreads: Rule = {
  name: 'ppc64/tcg-threads',
  check({ domain }) {
    const threads = domain.cpu?.topology?.threads ?? 1
    if (domain.type !== 'qemu' || threads === 1) return []
    return [
      unsupported(
        'cpu/topology/@threads',
        `TCG runs one thread per core on pseries, not ${threads}; use threads='1' and more cores`,
      ),
    ]
  },
}

/** PAPR plugs vCPUs by whole cores. */
const wholeCores: Rule = {
  name: 'ppc64/whole-cores',
  check({ domain }) {
    const threads = domain.cpu?.topology?.threads ?? 1
    const online = domain.vcpuCurrent ?? domain.vcpus
    if (online % threads === 0) return []
    return [
      unsupported(
        'vcpu/@current',
        `${online} vCPUs are not whole cores of ${threads} threads; use a multiple of ${threads}`,
      ),
    ]
  },
}

/** SLOF is the firmware; UEFI does not exist here. */
const firmware: Rule = {
  name: 'ppc64/firmware',
  check({ domain }) {
    const { os } = domain
    const problems: Problem[] = []
    if (os.firmware === 'efi') {
      problems.push(
        unsupported('os/@firmware', `pseries boots through SLOF, not 'efi'; leave firmware out`),
      )
    }
    if (os.loaderSecure === true) {
      problems.push(
        unsupported('os/loader/@secure', 'secure boot needs UEFI, which pseries has not'),
      )
    }
    if (os.biosUseserial === true) {
      problems.push(unsupported('os/bios/@useserial', 'SLOF always uses the first serial port'))
    }
    if (os.smbiosMode !== undefined && os.smbiosMode !== 'emulate') {
      problems.push(
        unsupported('os/smbios/@mode', 'pseries describes itself by a device tree, not SMBIOS'),
      )
    }
    return problems
  },
}

/** Sleep states are ACPI's. */
const sleep: Rule = {
  name: 'ppc64/sleep-states',
  check({ domain }) {
    // Off is what they are, so only on is refused.
    if (domain.pmSuspendToMem !== true && domain.pmSuspendToDisk !== true) return []
    return [
      unsupported('pm', `pseries has no ACPI sleep states; use enabled='no' or leave <pm> out`),
    ]
  },
}

/** Host bridges are numbered 0 to 30, and number 0 is the machine's own. */
const hostBridges: Rule = {
  name: 'ppc64/host-bridges',
  check({ domain }) {
    return (domain.devices.controller ?? []).flatMap((controller, i): Problem[] => {
      if (controller.type !== 'pci' || controller.model !== 'pci-root') return []
      const path = `devices/controller[${i + 1}]/target`
      const { targetIndex = 0, index = 0, numaNode } = controller
      if (targetIndex > 30)
        return [
          unsupported(`${path}/@index`, `host bridges are numbered 0 to 30, not ${targetIndex}`),
        ]
      if (index === 0 && targetIndex !== 0) {
        return [
          unsupported(
            `${path}/@index`,
            `the default host bridge has target index 0, not ${targetIndex}`,
          ),
        ]
      }
      if (index === 0 && numaNode !== undefined) {
        return [unsupported(`${path}/node`, 'the default host bridge belongs to no NUMA node')]
      }
      return []
    })
  },
}

/** Firmware reports crashes by itself, so there is nothing to address. */
const panicAddress: Rule = {
  name: 'ppc64/panic-address',
  check({ domain }) {
    return (domain.devices.panic ?? []).flatMap((panic, i): Problem[] =>
      panic.model === 'pseries' && panic.address !== undefined
        ? [unsupported(`devices/panic[${i + 1}]/address`, `panic model 'pseries' takes no address`)]
        : [],
    )
  },
}

export const rules: readonly Rule[] = [
  tcgThreads,
  ...capabilityRules,
  wholeCores,
  firmware,
  sleep,
  hostBridges,
  panicAddress,
]
