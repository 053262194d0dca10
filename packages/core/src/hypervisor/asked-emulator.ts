import type { Arch } from '../arch/arch.ts'
import type { CpuContext } from '../arch/cpu-driver.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { domainError, quote } from '../errors.ts'
import { cpuContext } from '../plan/defaults/cpu.ts'
import { planContext } from '../plan/plan-context.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import type { FirmwareDescriptor } from '../plan/select-firmware.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'

/** An emulator that is asked what it can do, for one guest architecture, machine and accelerator. */
export interface AskedEmulator {
  readonly arch: Arch
  readonly guestName: string
  readonly emulator: string
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  /** The architecture's default when missing. */
  readonly machine?: string
  /** KVM where it works, else TCG, when missing. */
  readonly virtType?: 'kvm' | 'qemu'
  /** Firmware of the host. */
  readonly firmwares?: () => readonly FirmwareDescriptor[]
}

/**
 * The facts that planning and the CPU driver need, for a domain that has nothing yet.
 *
 * @throws DomainError `ERR_INVALID_ARG` for KVM where it does not work, with the reason.
 */
export function contextOf(asked: AskedEmulator): {
  readonly plan: PlanContext
  readonly cpu: CpuContext
} {
  const { guestName, capabilities, host, machine } = asked
  const plan = planContext(
    {
      type: asked.virtType ?? 'qemu',
      name: 'capabilities',
      vcpus: 1,
      os: { type: 'hvm', ...(machine !== undefined && { machine }) },
      devices: {},
    },
    { ...asked, fresh: { uuid: () => '', mac: () => '' } },
  )
  const { guest } = plan
  const native = guest.kvmHosts.includes(host.arch) && capabilities.kvm.usable
  const virtType = asked.virtType ?? (native ? 'kvm' : 'qemu')
  if (virtType === 'kvm' && !native) {
    const reason = capabilities.kvm.reason ?? 'the host is of another architecture'
    throw domainError(
      'ERR_INVALID_ARG',
      `KVM is not usable for ${quote(guestName)} here: ${reason}`,
    )
  }
  return { plan, cpu: cpuContext({ type: virtType }, plan) }
}
