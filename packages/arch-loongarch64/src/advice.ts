import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { hasAcpi, hasUefi } from './firmware-rules.ts'
import { memorySections } from './plugged-memory.ts'

/** libvirt takes ACPI without UEFI here, and QEMU makes the tables, but nobody hands them over. */
const acpiWithoutUefi: Rule = {
  name: 'loongarch64/acpi-uefi',
  check({ domain }) {
    if (domain.features?.acpi !== true || hasUefi(domain)) return []
    return [
      unsupported(
        'features/acpi',
        `without UEFI a guest finds no ACPI, but a device tree; use <os firmware='efi'>`,
      ),
    ]
  },
}

/** The board has nothing that would look at a disk by itself. */
const nothingToBoot: Rule = {
  name: 'loongarch64/nothing-to-boot',
  check({ domain }) {
    if (domain.os.kernel !== undefined || hasUefi(domain)) return []
    return [
      unsupported(
        'os',
        `virt has no firmware of its own: give UEFI by firmware='efi', or a <kernel>`,
      ),
    ]
  },
}

const tpmWithoutAcpi: Rule = {
  name: 'loongarch64/tpm-acpi',
  check({ domain }) {
    if (hasAcpi(domain)) return []
    return (domain.devices.tpm ?? []).map((_tpm, i): Problem =>
      unsupported(
        `devices/tpm[${i + 1}]`,
        'a guest finds its TPM through ACPI: it needs <features><acpi/></features> and UEFI',
      ),
    )
  },
}

/** QEMU emulates a core of the 32-bit architecture here, too. */
const wordSize: Rule = {
  name: 'loongarch64/cpu-word-size',
  check({ domain: { cpu } }) {
    if (cpu?.mode !== 'custom' || cpu.model !== 'la132') return []
    return [
      unsupported(
        'cpu/model',
        `an la132 runs 32-bit code only: neither UEFI nor a kernel for loongarch64 starts on it; use la464`,
      ),
    ]
  },
}

/** The LS7A's clock tells the time of day; QEMU makes up for ticks of PCs' clocks only. */
const clockTicks: Rule = {
  name: 'loongarch64/rtc-ticks',
  check({ domain }) {
    return (domain.clock?.timers ?? []).flatMap(({ name, tickpolicy }, i): Problem[] =>
      name === 'rtc' && tickpolicy === 'catchup'
        ? [
            unsupported(
              `clock/timer[${i + 1}]/@tickpolicy`,
              `the clock of virt has no ticks to make up for: 'catchup' is kept and has no effect`,
            ),
          ]
        : [],
    )
  },
}

export const advice: readonly Rule[] = [
  acpiWithoutUefi,
  nothingToBoot,
  tpmWithoutAcpi,
  wordSize,
  clockTicks,
  memorySections,
]
