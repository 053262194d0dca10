import type { Arch } from '../arch/arch.ts'
import { guestOf } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostInfo } from '../arch/host-info.ts'
import type { MachineGrants } from '../arch/machine-builder.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError, domainError, quote } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { assumptionNotes } from '../plan/notes.ts'
import type { Note } from '../plan/notes.ts'
import { planContext } from '../plan/plan-context.ts'
import type { PlanContext } from '../plan/plan-context.ts'
import { placeAt, planDomain } from '../plan/plan-domain.ts'
import type { PlannedDomain } from '../plan/plan-domain.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'
import { namedCapabilities } from '../plan/machine-grants.ts'
import { freshMac, freshUuid } from '../run/fresh-identity.ts'
import { machineTrials } from '../run/machine-trials.ts'
import { readFirmware } from '../run/read-firmware.ts'
import { parseDomain } from '../xml/parse-domain.ts'
import { capabilitiesOf, probeFolders, requireEmulator } from './emulators.ts'
import { hostArch, hostFilesOf, hostOnDemand, hostReader } from './host.ts'
import type { AskedEmulator } from './asked-emulator.ts'
import type { DomainCapabilitiesOptions } from './hypervisor.ts'
import type { Layout } from './layout.ts'
import { missingLimits } from './tuning/missing-limits.ts'
import { negotiate } from './negotiate.ts'
import type { Demands } from './negotiate.ts'

export interface PlanRequest {
  readonly validate?: boolean
  readonly arch?: string
  /** The document is of a guest that runs or ran: its names stay, and nothing is added unasked. */
  readonly live?: boolean
  /** Used in place of the one that the document names. */
  readonly emulator?: string
  /** Tries every level of the machine's capabilities, for a table of them. */
  readonly grants?: 'all'
}

/** What the facts of a domain hang on beside the domain. */
export interface ContextRequest extends PlanRequest {
  /** Places in the document, for errors. */
  readonly locate?: (path: string) => Problem['place']
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
  #host: (() => HostInfo) | undefined

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
    const context = await this.contextFor(domain, { ...request, locate: parsed.locate })
    const planned = planDomain(domain, context, parsed.locate)
    const notes = (): readonly Note[] => [...assumptionNotes(parsed.assumed), ...planned.notes()]
    const missing = missingLimits(domain).map((warning) => ({
      ...warning,
      ...(warning.path !== undefined && placeAt(parsed.locate(warning.path))),
    }))
    const warnings = [...parsed.warnings, ...planned.warnings, ...missing]
    return { ...planned, notes, context, warnings }
  }

  /** The facts that a domain is planned on. */
  async contextFor(
    domain: Domain,
    { locate = () => undefined, ...request }: ContextRequest = {},
  ): Promise<PlanContext> {
    const guestName = this.#guestName(domain.os.arch, request.arch)
    const arch = await this.#findArch(guestName, locate('os/type'))
    const guest = guestOf(arch, guestName)
    const emulator = request.emulator ?? domain.devices.emulator ?? (await requireEmulator(guest))
    const capabilities = await this.#probe(emulator, arch, locate('devices/emulator'))
    const bare = planContext(
      domain,
      {
        arch,
        guestName,
        capabilities,
        host: hostOnDemand(await this.#hostReader()),
        emulator,
        firmwares: readFirmware,
        fresh,
      },
      locate,
    )
    const context = await this.#withGrants(bare, domain, request.grants)
    return request.live === true ? { ...context, live: true } : context
  }

  /**
   * The context with what this host grants of the machine's capabilities. Nothing is tried where the
   * document names none and QEMU's own defaults cannot be refused.
   */
  async #withGrants(
    context: PlanContext,
    domain: Domain,
    all: 'all' | undefined,
  ): Promise<PlanContext> {
    const { capabilities = [] } = context.arch.machine
    const named = namedCapabilities(domain, capabilities)
    if (capabilities.length === 0) return context
    if (all === undefined && named.length === 0 && domain.type !== 'kvm') return context
    // A domain for a KVM that does not work is refused for that.
    if (domain.type === 'kvm' && !context.capabilities.kvm.usable) return context
    const grants = await this.grantsOf(context, {
      virtType: domain.type,
      named: new Map(named.map((one) => [one.capability.property, one.level])),
      all: all === 'all',
    })
    return { ...context, grants }
  }

  /** What a machine is granted here; answers are kept as those of {@link capabilitiesOf} are. */
  async grantsOf(context: PlanContext, demands: Demands): Promise<MachineGrants> {
    const { arch, emulator, machine } = context
    if ((arch.machine.capabilities ?? []).length === 0) return {}
    const tryArguments = await machineTrials({ emulator, ...probeFolders(this.#layout) })
    return negotiate(context, demands, (accelerator, properties, read) => {
      const options = Object.entries(properties).map(([name, value]) => `,${name}=${value}`)
      const words = ['-machine', `${machine.name}${options.join('')}`, '-accel', accelerator]
      return tryArguments(words, read)
    })
  }

  /** A MAC address that no document gives. */
  freshMac(): string {
    return fresh.mac()
  }

  async host(): Promise<HostInfo> {
    const read = await this.#hostReader()
    return read()
  }

  async #hostReader(): Promise<() => HostInfo> {
    this.#host ??= await hostReader(this.#registry, hostFilesOf(this.#layout))
    return this.#host
  }

  /**
   * One emulator of one guest architecture, for questions that concern no domain.
   *
   * @throws DomainError for an architecture, emulator or machine that is not there, and for KVM
   * where it does not work.
   */
  async emulatorFor(options: DomainCapabilitiesOptions): Promise<AskedEmulator> {
    const guestName = options.arch ?? this.defaultGuest()
    const arch = await this.#registry.find(guestName)
    const emulator = options.emulator ?? (await requireEmulator(guestOf(arch, guestName)))
    const capabilities = await capabilitiesOf(emulator, this.#layout, arch)
    return {
      arch,
      guestName,
      emulator,
      capabilities,
      host: await this.host(),
      ...(options.machine !== undefined && { machine: options.machine }),
      ...(options.virtType !== undefined && { virtType: options.virtType }),
    }
  }

  /** The architecture for a question that names none: the host's own, or the first installed. */
  defaultGuest(): string {
    const guests = this.#registry.guests()
    const own = hostArch(hostFilesOf(this.#layout))
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

const fresh = { uuid: freshUuid, mac: freshMac }
