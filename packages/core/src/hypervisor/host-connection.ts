import { hostname } from 'node:os'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostFiles, HostInfo } from '../arch/host-info.ts'
import { domainError, quote } from '../errors.ts'
import type { HypervisorCpu } from './cpu-verbs.ts'
import type {
  BaselineCpuOptions,
  CellFreeMemory,
  CompareCpuOptions,
  CpuComparisonResult,
  DiagnoseOptions,
  DomainCapabilitiesOptions,
  Finding,
  MigrationTarget,
  MigrationVerdict,
  NodeCpuMap,
  NodeCpuStats,
  NodeInfo,
  NodeMemoryStats,
  VersionInfo,
} from './hypervisor.ts'
import type { Layout } from './layout.ts'
import type * as Planning from './planning.ts'
import type { Plan, Planner, PlanRequest } from './planning.ts'
import { version } from './version.ts'

/** Loaded with the first verb that plans; see there. */
export const planning = (): Promise<typeof Planning> => (loaded ??= import('./planning.ts'))

/** Node looks for a module that it has as long as some verbs take. */
let loaded: Promise<typeof Planning> | undefined

/** The half of a hypervisor that speaks of the machine it stands on, and of no domain. */
export abstract class HostConnection {
  readonly uri: string
  protected readonly layout: Layout
  readonly #registry: ArchRegistry
  #planner: Planner | undefined

  constructor(layout: Layout, registry: ArchRegistry) {
    this.uri = layout.uri
    this.layout = layout
    this.#registry = registry
  }

  protected async plans(): Promise<Planner> {
    const { Planner } = await planning()
    this.#planner ??= new Planner(this.layout, this.#registry)
    return this.#planner
  }

  protected async plan(xml: string, options: PlanRequest = {}): Promise<Plan> {
    return (await this.plans()).plan(xml, options)
  }

  /** Definitions of all persistent domains, for what concerns them all. */
  protected abstract definitions(): readonly { readonly name: string; readonly xml: string }[]

  // --- what can run here --------------------------------------------------------------------------

  async connectGetVersion(): Promise<VersionInfo> {
    const { installedEmulators } = await planning()
    const found = await installedEmulators(this.#registry, this.layout)
    const emulators = found.map(({ name, emulator, capabilities: { version: v } }) => ({
      arch: name,
      emulator,
      version: `${v.major}.${v.minor}.${v.micro}`,
    }))
    return { polyvirt: version, emulators }
  }

  async connectGetHostname(): Promise<string> {
    return hostname()
  }

  async connectGetCapabilities(): Promise<string> {
    const { capabilitiesXml } = await planning()
    return capabilitiesXml(this.#registry, await this.nodeGetHostInfo(), this.layout)
  }

  async connectGetDomainCapabilities(options: DomainCapabilitiesOptions): Promise<string> {
    const { contextOf, domainCapabilitiesXml, readFirmware } = await planning()
    const planner = await this.plans()
    const asked = await planner.emulatorFor(options)
    const { plan, cpu } = contextOf(asked)
    const { virtType } = cpu
    const grants = await planner.grantsOf(plan, { virtType, named: new Map(), all: true })
    return domainCapabilitiesXml({ ...asked, grants, firmwares: readFirmware })
  }

  // --- processors ---------------------------------------------------------------------------------

  async connectGetCpuModelNames(arch: string): Promise<readonly string[]> {
    const guests = this.#registry.guests()
    if (!guests.includes(arch)) {
      throw domainError(
        'ERR_INVALID_ARG',
        `cannot find architecture ${quote(arch)}; installed: ${guests.join(', ') || 'none'}`,
      )
    }
    const { cpu } = await this.#registry.find(arch)
    return cpu.models.map(({ name }) => name)
  }

  async connectCompareCpu(
    xml: string,
    options: CompareCpuOptions = {},
  ): Promise<CpuComparisonResult> {
    const { compareWithHost } = await import('./cpu-verbs.ts')
    return compareWithHost(xml, options, await this.nodeGetHostInfo(), this.#registry)
  }

  async connectCompareHypervisorCpu(
    xml: string,
    options: CompareCpuOptions & DomainCapabilitiesOptions = {},
  ): Promise<CpuComparisonResult> {
    const { compareWithHypervisor } = await import('./cpu-verbs.ts')
    return compareWithHypervisor(xml, options, await this.#hypervisorCpu(options))
  }

  async connectBaselineCpu(
    xmls: readonly string[],
    options: BaselineCpuOptions = {},
  ): Promise<string> {
    const { baselineOfHosts } = await import('./cpu-verbs.ts')
    const { arch } = await this.nodeGetHostInfo()
    return baselineOfHosts(xmls, options, arch, this.#registry)
  }

  async connectBaselineHypervisorCpu(
    xmls: readonly string[],
    options: BaselineCpuOptions & DomainCapabilitiesOptions = {},
  ): Promise<string> {
    const { baselineOfHypervisors } = await import('./cpu-verbs.ts')
    return baselineOfHypervisors(xmls, options, await this.#hypervisorCpu(options))
  }

  async #hypervisorCpu(options: DomainCapabilitiesOptions): Promise<HypervisorCpu> {
    const { contextOf } = await planning()
    const asked = await (await this.plans()).emulatorFor(options)
    return { arch: asked.arch, emulator: asked.emulator, context: contextOf(asked).cpu }
  }

  async connectCanMigrate(
    xml: string,
    hosts: readonly MigrationTarget[],
  ): Promise<readonly MigrationVerdict[]> {
    const { canMigrate } = await import('./can-migrate.ts')
    return canMigrate(await this.plan(xml), hosts)
  }

  async connectDiagnose(options: DiagnoseOptions = {}): Promise<readonly Finding[]> {
    const { diagnose } = await import('./diagnose.ts')
    return diagnose({
      registry: this.#registry,
      layout: this.layout,
      planner: await this.plans(),
      definitions: this.definitions(),
      ...options,
    })
  }

  // --- the host -----------------------------------------------------------------------------------

  async nodeGetHostInfo(): Promise<HostInfo> {
    return (await this.plans()).host()
  }

  async nodeGetInfo(): Promise<NodeInfo> {
    const { arch, cpu, topology, memoryKiB } = await this.nodeGetHostInfo()
    const { cpus, nodes, sockets, dies = 1, threads } = topology
    // libvirt's word counts the cores of all dies of a socket together.
    const cores = dies * topology.cores
    return { model: arch, memoryKiB, mhz: cpu.mhz, cpus, nodes, sockets, cores, threads }
  }

  async connectGetSysinfo(): Promise<string> {
    const { sysinfo } = await this.nodeGetHostInfo()
    if (sysinfo === undefined) {
      throw domainError('ERR_CONFIG_UNSUPPORTED', 'Host SMBIOS information is not available')
    }
    const { sysinfoXml } = await import('./sysinfo-xml.ts')
    return sysinfoXml(sysinfo)
  }

  async nodeGetCpuMap(): Promise<NodeCpuMap> {
    const { topology, presentCpus, onlineCpus } = await this.nodeGetHostInfo()
    const counted = Array.from({ length: topology.cpus }, (_, id) => id)
    const present = presentCpus ?? counted
    return { present, online: onlineCpus ?? present }
  }

  async nodeGetCpuStats(cpu?: number): Promise<NodeCpuStats> {
    const { nodeCpuStats } = await import('./node-stats.ts')
    return nodeCpuStats(await this.#hostFiles(), cpu)
  }

  async nodeGetMemoryStats(cell?: number): Promise<NodeMemoryStats> {
    const { nodeMemoryStats } = await import('./node-stats.ts')
    return nodeMemoryStats(await this.#hostFiles(), cell)
  }

  async nodeGetCellsFreeMemory(): Promise<readonly CellFreeMemory[]> {
    const { cellsFreeMemory } = await import('./node-stats.ts')
    const { cells } = await this.nodeGetHostInfo()
    return cellsFreeMemory(
      await this.#hostFiles(),
      cells.map(({ id }) => id),
    )
  }

  async #hostFiles(): Promise<HostFiles> {
    const { hostFilesOf } = await import('./host.ts')
    return hostFilesOf(this.layout)
  }
}
