import { domainError, quote } from '../errors.ts'
import type { Place } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { guestOf } from '../arch/registry.ts'
import { findMachine } from '../qemu/capabilities.ts'
import type { Arch, GuestArch } from '../arch/arch.ts'
import type { HostInfo } from '../arch/host-info.ts'
import type { MachineGrants, MachineProfile } from '../arch/machine-builder.ts'
import type { Domain } from '../domain/domain.ts'
import { oldEmulator } from './old-emulator.ts'
import type { FirmwareDescriptor } from './select-firmware.ts'
import type { QemuCapabilities, QemuMachine } from '../qemu/capabilities.ts'

/** Everything a plan may depend on besides the document: frozen facts, no access to the world. */
export interface PlanContext {
  readonly arch: Arch
  readonly guest: GuestArch
  readonly profile: MachineProfile
  readonly machine: QemuMachine
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  /** Path of the QEMU binary that the capabilities are of. */
  readonly emulator: string
  /** Firmware of the host, best first: read when a domain asks for some, as few do. */
  readonly firmwares: () => readonly FirmwareDescriptor[]
  /** What this host grants of the machine's capabilities, as far as it was asked. */
  readonly grants?: MachineGrants
  /** The guest runs: names and numbers that its run gave out stay, and nothing is added unasked. */
  readonly live?: boolean
  /** Fresh identities where the document gives none. */
  readonly fresh: FreshIdentities
}

/** Sources of identity, handed in so that a plan is repeatable. */
export interface FreshIdentities {
  uuid(): string
  /** A MAC address below QEMU's prefix 52:54:00. */
  mac(): string
}

export interface PlanFacts {
  readonly arch: Arch
  readonly guestName: string
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
  readonly emulator: string
  /** None where they are not known; only a start needs them. */
  readonly firmwares?: () => readonly FirmwareDescriptor[]
  readonly fresh: FreshIdentities
}

/**
 * Settles which machine a domain is: profile from the architecture, facts from QEMU.
 *
 * @throws DomainError `ERR_CONFIG_UNSUPPORTED` for a machine that the architecture or this QEMU
 * does not have.
 */
export function planContext(
  domain: Domain,
  facts: PlanFacts,
  locate: (path: string) => Place | undefined = () => undefined,
): PlanContext {
  const { arch, capabilities } = facts
  const guest = guestOf(arch, facts.guestName)
  const old = oldEmulator(guest, facts.emulator, capabilities)
  if (old !== undefined) {
    throw domainError('ERR_CONFIG_UNSUPPORTED', `${old}; name a newer one with <emulator>`, {
      path: 'devices/emulator',
    })
  }
  const name = domain.os.machine ?? arch.machine.default
  const profile = arch.machine.profiles.find((one) => one.pattern.test(name))
  const place = locate('os/type/@machine')
  const where = { path: 'os/type/@machine', ...(place !== undefined && { place }) }
  if (!hasMachine(arch, capabilities)) {
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `QEMU at ${facts.emulator} runs '${capabilities.target}' guests and has no machine of ${guest.name}; name another emulator, or another arch`,
      { path: 'devices/emulator' },
    )
  }
  if (profile === undefined) {
    const offered = offeredMachines(arch, capabilities)
    const near = nearest(name, offered)
    const known = findMachine(capabilities, name) !== undefined
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `machine type ${quote(name)} is not offered on ${guest.name}${
        known ? ' (QEMU has it, but the architecture package does not build it)' : ''
      }; offered: ${summary(offered)}${near === undefined ? '' : `; did you mean '${near}'?`}`,
      where,
    )
  }
  const machine = findMachine(capabilities, name)
  if (machine === undefined) {
    const { major, minor, micro } = capabilities.version
    const offered = offeredMachines(arch, capabilities)
    const near = nearest(name, offered)
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `QEMU ${major}.${minor}.${micro} at ${facts.emulator} has no machine type ${quote(name)}; it has: ${summary(offered)}${
        near === undefined ? '' : `; did you mean '${near}'?`
      }`,
      where,
    )
  }
  return {
    arch,
    guest,
    profile,
    machine,
    capabilities,
    host: facts.host,
    emulator: facts.emulator,
    firmwares: facts.firmwares ?? (() => []),
    fresh: facts.fresh,
  }
}

/** Does this QEMU have any machine of the architecture? The default is the first that is asked for. */
function hasMachine(arch: Arch, capabilities: QemuCapabilities): boolean {
  return (
    findMachine(capabilities, arch.machine.default) !== undefined ||
    offeredMachines(arch, capabilities).length > 0
  )
}

/** Machine types that both the architecture and this QEMU offer: aliases first, then newest. */
export function offeredMachines(arch: Arch, capabilities: QemuCapabilities): readonly string[] {
  const matches = (name: string): boolean =>
    arch.machine.profiles.some((profile) => profile.pattern.test(name))
  const aliases = capabilities.machines.flatMap((machine) => machine.alias ?? []).filter(matches)
  const names = capabilities.machines.map((machine) => machine.name).filter(matches)
  const byVersion = new Intl.Collator('en', { numeric: true })
  return [...aliases.toSorted(), ...names.toSorted((a, b) => byVersion.compare(b, a))]
}

function summary(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown
}
