import type { RuleContext } from '@polyvirt/core/arch'

/** A GIC of version 2 has interface registers for eight processors (QEMU include/hw/intc/arm_gic_common.h). */
export const gicV2Cpus = 8

/**
 * The interrupt controller of a document that names none. Under TCG libvirt's rule, version 2, as far
 * as it reaches; with KVM the host's own, the best that its kernel can give.
 */
export function defaultGic({ domain, host }: RuleContext): string {
  if (domain.type === 'kvm') {
    const version = host.cpu.registers?.['gic']
    return version === undefined ? 'host' : String(Math.min(version, 3))
  }
  return domain.vcpus > gicV2Cpus ? '3' : '2'
}
