import { randomBytes, randomUUID } from 'node:crypto'
import type { Arch } from '../arch/arch.ts'
import { guestOf } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import { DomainError, domainError, quote } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { assumptionNotes } from '../plan/notes.ts'
import { planContext } from '../plan/plan-context.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import { planDomain } from '../plan/plan-domain.ts'
import type { PlannedDomain } from '../plan/plan-domain.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'
import { readFirmware } from '../run/read-firmware.ts'
import { parseDomain } from '../xml/parse-domain.ts'
import { capabilitiesOf, requireEmulator } from './emulators.ts'
import { hostArch, readHost } from './host.ts'
import type { Layout } from './layout.ts'

export interface PlanRequest {
  readonly validate?: boolean
  readonly arch?: string
}

/** A document, planned on this machine's facts. */
export interface Plan extends PlannedDomain {
  readonly context: PlanContext
  readonly warnings: readonly Problem[]
}

/** Plans documents: fetches the facts that pure planning needs. */
export class Planner {
  readonly #layout: Layout
  readonly #registry: ArchRegistry
  #host: HostInfo | undefined

  constructor(layout: Layout, registry: ArchRegistry) {
    this.#layout = layout
    this.#registry = registry
  }

  get registry(): ArchRegistry {
    return this.#registry
  }

  /** @throws DomainError with everything that is wrong; nothing has been changed. */
  async plan(xml: string, request: PlanRequest = {}): Promise<Plan> {
    const parsed = parseDomain(xml, {
      ...(request.validate !== undefined && { validate: request.validate }),
    })
    const { domain } = parsed
    const guestName = this.#guestName(domain.os.arch, request.arch)
    const arch = await this.#findArch(guestName, parsed.locate('os/type'))
    const guest = guestOf(arch, guestName)
    const emulator = domain.devices.emulator ?? (await requireEmulator(guest))
    const capabilities = await this.#probe(emulator, arch, parsed.locate('devices/emulator'))
    const context = planContext(
      domain,
      {
        arch,
        guestName,
        capabilities,
        host: await this.host(),
        emulator,
        firmwares: readFirmware(),
        fresh,
      },
      parsed.locate,
    )
    const planned = planDomain(domain, context, parsed.locate)
    const notes = [...assumptionNotes(parsed.assumed), ...planned.notes]
    return { ...planned, notes, context, warnings: [...parsed.warnings, ...planned.warnings] }
  }

  async host(): Promise<HostInfo> {
    this.#host ??= await readHost(this.#registry)
    return this.#host
  }

  /** The architecture for a question that names none: the host's own, or the first installed. */
  defaultGuest(): string {
    const guests = this.#registry.guests()
    const own = hostArch()
    const first = guests.includes(own) ? own : guests[0]
    if (first === undefined) {
      throw domainError(
        'ERR_CONFIG_UNSUPPORTED',
        'no architecture package is installed; install one, such as @polyvirt/arch-NAME',
      )
    }
    return first
  }

  #guestName(written: string | undefined, asked: string | undefined): string {
    if (written !== undefined && asked !== undefined && written !== asked) {
      throw domainError(
        'ERR_INVALID_ARG',
        `the document is for ${quote(written)}, not for ${quote(asked)}; leave one of them out`,
        { path: 'os/type/@arch' },
      )
    }
    return written ?? asked ?? this.defaultGuest()
  }

  /** An emulator that will not do is told with its line. */
  async #probe(emulator: string, arch: Arch, place: Problem['place']): Promise<QemuCapabilities> {
    try {
      return await capabilitiesOf(emulator, this.#layout, arch)
    } catch (cause) {
      if (!(cause instanceof DomainError) || cause.problems[0].path !== undefined) throw cause
      const { code, message } = cause.problems[0]
      throw domainError(code, message, { path: 'devices/emulator', ...(place && { place }), cause })
    }
  }

  async #findArch(guest: string, place: Problem['place']): Promise<Arch> {
    try {
      return await this.#registry.find(guest)
    } catch (cause) {
      if (place === undefined || !(cause instanceof Error)) throw cause
      const { problems } = cause as { problems?: readonly Problem[] }
      const [problem] = problems ?? []
      if (problem === undefined) throw cause
      throw domainError(problem.code, problem.message, { path: 'os/type/@arch', place, cause })
    }
  }
}

const fresh = {
  uuid: (): string => randomUUID(),
  // QEMU's own prefix (52:54:00 is locally administered and unicast).
  mac: (): string => {
    const [a = 0, b = 0, c = 0] = randomBytes(3)
    return ['52', '54', '00', ...[a, b, c].map((n) => n.toString(16).padStart(2, '0'))].join(':')
  },
}
