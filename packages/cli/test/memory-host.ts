import { domainError } from '../src/core.ts'
import type {
  ArchRegistry,
  CellFreeMemory,
  CpuComparisonResult,
  Finding,
  HostInfo,
  Hypervisor,
  MigrationVerdict,
  NodeCpuMap,
  NodeCpuStats,
  NodeDevice,
  NodeInfo,
  NodeMemoryStats,
  VersionInfo,
} from '../src/core.ts'

type Call = readonly [method: string, ...given: readonly unknown[]]

/**
 * The host's half of a hypervisor in memory: what each verb answers is a field, for tests to set, and
 * what it was asked is kept. CPUs are compared and shared by their model's name and features alone.
 */
export class MemoryHost {
  /** What the CPU, migration and diagnosis verbs were given. */
  readonly calls: Call[] = []
  versions: VersionInfo['emulators'] = [
    { arch: 'x86_64', emulator: '/usr/bin/qemu-system-x86_64', version: '7.2.22' },
  ]
  capabilities = '<capabilities>\n  <host/>\n</capabilities>\n'
  /** Stands for the document that is made of the options. */
  domainCapabilities: string | undefined
  hostInfo: HostInfo = {
    ...{ arch: 'x86_64', memoryKiB: 4194304, pageSizesKiB: [4], cells: [] },
    cpu: { features: [], mhz: 0 },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    firmware: { kind: 'none' },
  }
  sysinfo: string | undefined
  nodeDevices: readonly NodeDevice[] = [{ name: 'computer', capabilities: ['system'] }]
  /** Documents of devices, by their names. */
  nodeDeviceXml: ReadonlyMap<string, string> = new Map()
  cpuMap: NodeCpuMap = { present: [0, 1, 2, 3], online: [0, 1, 2, 3] }
  /** One for each time it is asked; the last one stays. */
  cpuStats: readonly NodeCpuStats[] = [{ userNs: 0, systemNs: 0, idleNs: 0, iowaitNs: 0 }]
  memoryStats: NodeMemoryStats = { totalKiB: 4194304, freeKiB: 1048576 }
  cellsFree: readonly CellFreeMemory[] = [{ cell: 0, freeKiB: 1048576 }]
  /** An array that is empty stands for an architecture that takes any model. */
  cpuModels: ReadonlyMap<string, readonly string[]> = new Map()
  findings: readonly Finding[] = []
  verdicts: readonly MigrationVerdict[] = []
  readonly #guests: ArchRegistry | undefined

  constructor(registry: ArchRegistry | undefined) {
    this.#guests = registry
  }

  async connectGetVersion(): Promise<VersionInfo> {
    return { polyvirt: '0.1.0', emulators: this.versions }
  }

  async connectGetHostname(): Promise<string> {
    return 'host.example'
  }

  async connectGetCapabilities(): Promise<string> {
    return this.capabilities
  }

  async connectGetDomainCapabilities(options: {
    readonly arch?: string
    readonly machine?: string
    readonly virtType?: string
    readonly emulator?: string
  }): Promise<string> {
    if (this.domainCapabilities !== undefined) return this.domainCapabilities
    if (options.arch !== undefined) await this.#guests?.find(options.arch)
    const { virtType = 'qemu', arch = 'x86_64', machine = 'q35' } = options
    return `<domainCapabilities>
  <path>${options.emulator ?? `/usr/bin/qemu-system-${arch}`}</path>
  <domain>${virtType}</domain>
  <machine>${machine}</machine>
  <arch>${arch}</arch>
</domainCapabilities>
`
  }

  async connectGetSysinfo(): Promise<string> {
    if (this.sysinfo !== undefined) return this.sysinfo
    throw domainError('ERR_CONFIG_UNSUPPORTED', 'Host SMBIOS information is not available')
  }

  nodeDeviceListAll: Hypervisor['nodeDeviceListAll'] = async ({ capabilities } = {}) =>
    this.nodeDevices.filter(
      (one) => capabilities?.some((word) => one.capabilities.includes(word)) !== false,
    )

  async nodeDeviceLookup(name: string): Promise<NodeDevice> {
    const found = this.nodeDevices.find((one) => one.name === name)
    if (found !== undefined) return found
    throw domainError('ERR_NO_NODE_DEVICE', `no node device with matching name '${name}'`)
  }

  async nodeDeviceGetXmlDesc(name: string): Promise<string> {
    return this.nodeDeviceXml.get(name) ?? `<device>\n  <name>${name}</name>\n</device>\n`
  }

  nodeDeviceDetach: Hypervisor['nodeDeviceDetach'] = async (name, options) => {
    this.calls.push(['nodeDeviceDetach', name, options])
  }

  nodeDeviceReAttach: Hypervisor['nodeDeviceReAttach'] = async (name) => {
    this.calls.push(['nodeDeviceReAttach', name])
  }

  nodeDeviceReset: Hypervisor['nodeDeviceReset'] = async (name) => {
    this.calls.push(['nodeDeviceReset', name])
  }

  async connectGetCpuModelNames(arch: string): Promise<readonly string[]> {
    const models = this.cpuModels.get(arch)
    if (models !== undefined) return models
    throw domainError('ERR_INVALID_ARG', `cannot find architecture ${arch}`)
  }

  connectCompareCpu: Hypervisor['connectCompareCpu'] = async (xml, options) => {
    this.calls.push(['connectCompareCpu', xml, options])
    return compare(xml, options?.failIncompatible === true, ['3dnowext'])
  }

  connectCompareHypervisorCpu: Hypervisor['connectCompareHypervisorCpu'] = async (xml, options) => {
    this.calls.push(['connectCompareHypervisorCpu', xml, options])
    return compare(xml, options?.failIncompatible === true, [])
  }

  connectBaselineCpu: Hypervisor['connectBaselineCpu'] = async (xmls, options) => {
    this.calls.push(['connectBaselineCpu', xmls, options])
    return baseline(xmls, 'allow')
  }

  connectBaselineHypervisorCpu: Hypervisor['connectBaselineHypervisorCpu'] = async (
    xmls,
    options,
  ) => {
    this.calls.push(['connectBaselineHypervisorCpu', xmls, options])
    return baseline(xmls, 'forbid')
  }

  connectCanMigrate: Hypervisor['connectCanMigrate'] = async (xml, hosts) => {
    this.calls.push(['connectCanMigrate', xml, hosts])
    return this.verdicts
  }

  connectDiagnose: Hypervisor['connectDiagnose'] = async (options) => {
    this.calls.push(['connectDiagnose', options])
    return this.findings
  }

  async nodeGetInfo(): Promise<NodeInfo> {
    return {
      ...{ model: 'i686', memoryKiB: 3145728, cpus: 16, mhz: 1400 },
      ...{ nodes: 2, sockets: 2, cores: 2, threads: 2 },
    }
  }

  async nodeGetHostInfo(): Promise<HostInfo> {
    return this.hostInfo
  }

  async nodeGetCpuMap(): Promise<NodeCpuMap> {
    return this.cpuMap
  }

  async nodeGetCpuStats(cpu?: number): Promise<NodeCpuStats> {
    const [now, ...later] = this.cpuStats
    if (now === undefined || (cpu !== undefined && !this.cpuMap.online.includes(cpu))) {
      throw domainError('ERR_INVALID_ARG', `there is no CPU ${cpu ?? ''} online`)
    }
    if (later.length > 0) this.cpuStats = later
    return now
  }

  async nodeGetMemoryStats(cell?: number): Promise<NodeMemoryStats> {
    if (cell === undefined) return this.memoryStats
    const found = this.cellsFree.find((each) => each.cell === cell)
    if (found === undefined) throw domainError('ERR_INVALID_ARG', `there is no NUMA cell ${cell}`)
    return { totalKiB: 2 * found.freeKiB, freeKiB: found.freeKiB }
  }

  async nodeGetCellsFreeMemory(): Promise<readonly CellFreeMemory[]> {
    return this.cellsFree
  }
}

/** Models that CPUs of these tests have, from the least to the most. */
const models = ['kvm64', 'Nehalem', 'Haswell']

function modelsIn(xml: string): readonly string[] {
  const found = [...xml.matchAll(/<model[^>]*>([^<]*)</g)].map((match) => match[1] ?? '')
  const unknown = found.find((name) => !models.includes(name))
  if (unknown === undefined) return found
  throw domainError('ERR_INTERNAL_ERROR', `Unknown CPU model ${unknown}`)
}

function compare(
  xml: string,
  failIncompatible: boolean,
  lacking: readonly string[],
): CpuComparisonResult {
  modelsIn(xml)
  if (xml.includes("'identical'")) return { result: 'identical' }
  const asked = [...xml.matchAll(/<feature .*name='([^']*)'/g)].map((match) => match[1] ?? '')
  const missing = asked.filter((name) => lacking.includes(name))
  if (missing.length === 0 && !xml.includes("'strict'")) return { result: 'superset' }
  const reason = `Host CPU does not provide required features: ${missing.join(', ')}`
  if (failIncompatible) throw domainError('ERR_CPU_INCOMPATIBLE', reason)
  return { result: 'incompatible', reason }
}

/** libvirt takes a single CPU as it is, and lets hosts do without the model that it made of many. */
function baseline(xmls: readonly string[], fallback: string): string {
  const found = xmls.flatMap(modelsIn)
  const least = models.find((name) => found.includes(name)) ?? ''
  const shown = found.length === 1 ? 'forbid' : fallback
  return `<cpu mode='custom' match='exact'>\n  <model fallback='${shown}'>${least}</model>\n</cpu>\n`
}

/** The host of `test:///default`, as virsh shows it. */
export const testHost: Partial<MemoryHost> = {
  cpuMap: { present: [0, 1, 2, 3, 4, 5, 6, 7], online: [0, 2, 4] },
  cellsFree: [
    { cell: 0, freeKiB: 2048 },
    { cell: 1, freeKiB: 4096 },
  ],
  cpuStats: [
    {
      ...{ userNs: 9797400000, systemNs: 34678723400000 },
      ...{ idleNs: 87264900000, iowaitNs: 763600000 },
    },
  ],
  cpuModels: new Map([
    ['s390x', []],
    [
      'ppc64',
      ['POWER6', 'POWER7', 'POWER8', 'POWER9', 'POWER10', 'POWERPC_e5500', 'POWERPC_e6500'],
    ],
  ]),
  nodeDeviceXml: new Map([
    [
      'computer',
      `<device>
  <name>computer</name>
  <capability type='system'>
    <hardware>
      <vendor>Libvirt</vendor>
      <version>Test driver</version>
      <serial>123456</serial>
      <uuid>11111111-2222-3333-4444-555555555555</uuid>
    </hardware>
    <firmware>
      <vendor>Libvirt</vendor>
      <version>Test Driver</version>
      <release_date>01/22/2007</release_date>
    </firmware>
  </capability>
</device>
`,
    ],
  ]),
  sysinfo: `<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>LENOVO</entry>
    <entry name='version'>G4ETA1WW (2.61 )</entry>
    <entry name='date'>05/07/2014</entry>
    <entry name='release'>2.61</entry>
  </bios>
</sysinfo>
`,
}
