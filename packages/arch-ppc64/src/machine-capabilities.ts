import type { MachineCapability } from '@polyvirt/core/arch'

/** Levels of a mitigation, as POWER's firmware tells them: none, by software, by hardware. */
const mitigation = ['broken', 'workaround', 'fixed'] as const
const onOff = ['off', 'on'] as const

/**
 * What a pseries machine may promise its guest, and only a trial tells whether it can: properties and
 * levels are those of `qemu-system-ppc64 -machine pseries,help`, their order of strength is that of
 * QEMU's hw/ppc/spapr_caps.c.
 */
export const machineCapabilities: readonly MachineCapability[] = [
  // In KiB. A kernel whose own pages are smaller may grant less than QEMU's 64 KiB.
  {
    feature: 'hptMaxpagesizeKiB',
    property: 'cap-hpt-max-page-size',
    levels: ['4', '64', '16384', '16777216'],
  },
  { feature: 'htm', property: 'cap-htm', levels: onOff },
  { feature: 'nestedHv', property: 'cap-nested-hv', levels: onOff },
  { feature: 'ccfAssist', property: 'cap-ccf-assist', levels: onOff },
  { feature: 'cfpc', property: 'cap-cfpc', levels: mitigation },
  { feature: 'sbbc', property: 'cap-sbbc', levels: mitigation },
  {
    feature: 'ibs',
    property: 'cap-ibs',
    levels: ['broken', 'workaround', 'fixed-ibs', 'fixed-ccd', 'fixed-na'],
  },
  { feature: 'largeDecr', property: 'cap-large-decr', levels: onOff },
  { feature: 'rptInvalidate', property: 'cap-rpt-invalidate', levels: onOff },
  { feature: 'fwnmi', property: 'cap-fwnmi', levels: onOff },
  // Since QEMU 8.1.
  { feature: 'ailMode3', property: 'cap-ail-mode-3', levels: onOff },
]
