import { randomUUID } from 'node:crypto'
import { domainError, loadXmlReader } from '../src/core.ts'
import type {
  ArchRegistry,
  ConsoleStream,
  DefineOptions,
  DefineResult,
  DomainEvent,
  StateEvent,
  DomainFilter,
  DomainInfo,
  DomainState,
  DomainSummary,
  Explanation,
  Hypervisor,
  NativeResult,
  Problem,
  XmlElement,
} from '../src/core.ts'
import { MemoryHost, testHost } from './memory-host.ts'

const readXml = await loadXmlReader()

/** One domain, mutable; what the hypervisor hands out are copies. */
interface Record {
  name: string
  uuid: string
  title?: string
  xml: string
  arch: string
  machine: string
  virtType: string
  osType: string
  vcpus: number
  maxMemoryKiB: number
  memoryKiB: number
  persistent: boolean
  autostart: boolean
  state: DomainState
  id?: number
}

export interface MemoryOptions {
  readonly uri?: string
  readonly registry?: ArchRegistry
}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- verbs that no command uses are not here, and a test that calls one fails
export interface MemoryHypervisor extends Omit<Hypervisor, keyof MemoryHost> {}

/**
 * A hypervisor in memory: libvirt's rules on names, states and events, with no guest behind them. Its
 * consoles echo what is typed, after a greeting.
 */
export class MemoryHypervisor extends MemoryHost {
  readonly uri: string
  closed = false
  /** Calls of the last start, for tests of what the CLI hands on. */
  readonly consoles: MemoryConsole[] = []
  /** Whether consoles greet; a silent guest is what the hint is for. */
  silent = false
  displays: readonly string[] = ['vnc://127.0.0.1:5901', 'spice://127.0.0.1:5900']
  readonly #registry: ArchRegistry | undefined
  readonly #domains = new Map<string, Record>()
  readonly #listeners = new Set<(event: DomainEvent) => void>()
  #nextId = 1

  constructor({ uri, registry }: MemoryOptions = {}) {
    super(registry)
    this.uri = uri ?? 'test:///default'
    this.#registry = registry
  }

  close(): Promise<void> {
    this.closed = true
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  connectListAllDomains(filter: DomainFilter = {}): Promise<readonly DomainSummary[]> {
    const all = [...this.#domains.values()]
      .filter((each) => filter.active === undefined || filter.active === (each.id !== undefined))
      .filter((each) => filter.persistent === undefined || filter.persistent === each.persistent)
      .filter((each) => filter.autostart === undefined || filter.autostart === each.autostart)
      .filter((each) => filter.state === undefined || filter.state.includes(each.state.state))
    const active = all.filter((each) => each.id !== undefined)
    const inactive = all.filter((each) => each.id === undefined)
    active.sort((a, b) => (a.id ?? 0) - (b.id ?? 0))
    inactive.sort((a, b) => (a.name < b.name ? -1 : 1))
    return Promise.resolve([...active, ...inactive].map(summary))
  }

  async domainLookup(reference: string): Promise<DomainSummary> {
    return summary(this.#find(reference))
  }

  async domainDefineXml(xml: string, options: DefineOptions = {}): Promise<DefineResult> {
    const { record, warnings } = await this.#plan(xml, options)
    const before = this.#checkName(record)
    const kept = before ?? record
    Object.assign(kept, { ...record, autostart: kept.autostart, state: kept.state })
    kept.persistent = true
    this.#domains.set(kept.uuid, kept)
    this.#emit(kept, 'defined', before === undefined ? 'added' : 'updated')
    return { domain: summary(kept), warnings }
  }

  async domainUndefine(reference: string): Promise<DomainSummary> {
    const record = this.#find(reference)
    if (!record.persistent) throw invalid('cannot undefine transient domain')
    record.persistent = false
    if (record.id === undefined) this.#domains.delete(record.uuid)
    this.#emit(record, 'undefined', 'removed')
    return summary(record)
  }

  async domainCreate(
    reference: string,
    options: { readonly paused?: boolean; readonly onPhase?: (phase: string) => void } = {},
  ): Promise<DomainSummary> {
    const record = this.#find(reference)
    if (record.id !== undefined) throw invalid('domain is already running')
    for (const phase of ['plan', 'probe', 'spawn', 'monitor', 'running']) options.onPhase?.(phase)
    if (record.xml.includes('fail-at-start')) {
      throw domainError(
        'ERR_INTERNAL_ERROR',
        'process exited while connecting to monitor: qemu: no \u001b[31mdisk\nerror: forged',
      )
    }
    this.#start(record, options.paused === true)
    return summary(record)
  }

  async domainCreateXml(
    xml: string,
    options: DefineOptions & { readonly paused?: boolean } = {},
  ): Promise<DefineResult> {
    const { record, warnings } = await this.#plan(xml, options)
    const before = this.#checkName(record)
    if (before?.id !== undefined) throw invalid(`domain is already active as '${before.name}'`)
    this.#domains.set(record.uuid, before ?? record)
    this.#start(before ?? record, options.paused === true)
    return { domain: summary(before ?? record), warnings }
  }

  async domainShutdown(reference: string): Promise<void> {
    const record = this.#active(reference)
    this.#emit(record, 'shutdown', 'guest')
    this.#stop(record, 'shutdown')
  }

  async domainReboot(reference: string): Promise<void> {
    this.#emit(this.#active(reference), 'rebooted', '')
  }

  async domainReset(reference: string): Promise<void> {
    this.#active(reference)
  }

  async domainDestroy(reference: string): Promise<void> {
    this.#stop(this.#active(reference), 'destroyed')
  }

  async domainSuspend(reference: string): Promise<void> {
    const record = this.#active(reference)
    record.state = { state: 'paused', reason: 'user' }
    this.#emit(record, 'suspended', 'paused')
  }

  async domainResume(reference: string): Promise<void> {
    const record = this.#active(reference)
    if (record.state.state === 'running') throw invalid('domain is already running')
    record.state = { state: 'running', reason: 'unpaused' }
    this.#emit(record, 'resumed', 'unpaused')
  }

  async domainSetAutostart(reference: string, autostart: boolean): Promise<void> {
    const record = this.#find(reference)
    if (!record.persistent) throw invalid('cannot set autostart for transient domain')
    record.autostart = autostart
  }

  async domainGetState(reference: string): Promise<DomainState> {
    return this.#find(reference).state
  }

  async domainGetInfo(reference: string): Promise<DomainInfo> {
    const record = this.#find(reference)
    const { maxMemoryKiB, memoryKiB, vcpus, osType, id } = record
    return {
      ...summary(record),
      ...{ maxMemoryKiB, memoryKiB, vcpus, osType },
      cpuTimeNs: id === undefined ? 0 : 1_540_000_000,
      emulator: '/usr/bin/qemu-system-x86_64',
      ...(id === undefined ? {} : { pid: 4000 + id }),
      consoles: id === undefined ? [] : ['serial0', 'console1'],
      displays: id === undefined ? [] : this.displays,
    }
  }

  async domainHasManagedSaveImage(reference: string): Promise<boolean> {
    this.#find(reference)
    return false
  }

  async domainListAllSnapshots(reference: string): Promise<readonly []> {
    this.#find(reference)
    return []
  }

  async domainGetXmlDesc(reference: string): Promise<string> {
    return this.#find(reference).xml
  }

  async connectDomainXmlToNative(xml: string, options: DefineOptions = {}): Promise<NativeResult> {
    const { record, warnings } = await this.#plan(xml, options)
    return native(record, warnings)
  }

  async domainXmlToNative(reference: string): Promise<NativeResult> {
    return native(this.#find(reference), [])
  }

  async connectExplainXml(xml: string, options: DefineOptions = {}): Promise<Explanation> {
    const { record, warnings } = await this.#plan(xml, options)
    const { name, arch, machine } = record
    const owner = '@polyvirt/core'
    return {
      ...{ name, arch, machine, warnings, xml: record.xml },
      capabilities: [],
      entries: [
        {
          ...{ path: 'devices/rng[1]/address', value: "<address type='pci'/>", owner },
          ...{ rule: 'addresses/pci', reason: 'every PCI device has a place on a bus' },
        },
        {
          ...{ path: 'vcpu', value: '1', owner, rule: 'vcpu/default' },
          reason: 'a domain has at least one vCPU',
        },
      ],
    }
  }

  // As libvirt's test driver, which has no devices to change.
  readonly domainAttachDevice = (): Promise<never> => unsupported('virDomainAttachDeviceFlags')
  readonly domainDetachDevice = (): Promise<never> => unsupported('virDomainDetachDeviceFlags')
  readonly domainDetachDeviceAlias = (): Promise<never> => unsupported('virDomainDetachDeviceAlias')
  readonly domainUpdateDevice = (): Promise<never> => unsupported('virDomainUpdateDeviceFlags')

  async domainOpenConsole(
    reference: string,
    options: { readonly device?: string; readonly force?: boolean } = {},
  ): Promise<ConsoleStream> {
    this.#active(reference)
    const device = options.device ?? 'serial0'
    if (!['serial0', 'console1'].includes(device)) {
      throw domainError('ERR_INVALID_ARG', `cannot find character device '${device}'`)
    }
    const stream = new MemoryConsole(device, this.silent ? '' : '\u001b[1mguest login:\u001b[0m ')
    this.consoles.push(stream)
    return stream
  }

  async *domainEvents(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<DomainEvent> {
    const queue: DomainEvent[] = []
    let wake = (): void => {}
    const listener = (event: DomainEvent): void => {
      queue.push(event)
      wake()
    }
    this.#listeners.add(listener)
    options.signal?.addEventListener('abort', () => wake())
    try {
      while (options.signal?.aborted !== true) {
        const event = queue.shift()
        if (event === undefined) await new Promise<void>((resolve) => (wake = resolve))
        else yield event
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }

  #find(reference: string): Record {
    const all = [...this.#domains.values()]
    const record =
      all.find((each) => each.id !== undefined && String(each.id) === reference) ??
      all.find((each) => each.uuid === reference.toLowerCase()) ??
      all.find((each) => each.name === reference)
    if (record !== undefined) return record
    throw domainError('ERR_NO_DOMAIN', `no domain with matching name '${reference}'`)
  }

  #active(reference: string): Record {
    const record = this.#find(reference)
    if (record.id === undefined) throw invalid('domain is not running')
    return record
  }

  #checkName(record: Record): Record | undefined {
    const all = [...this.#domains.values()]
    const byUuid = all.find((each) => each.uuid === record.uuid)
    const byName = all.find((each) => each.name === record.name)
    if (byName !== undefined && byName !== byUuid) {
      throw domainError(
        'ERR_OPERATION_FAILED',
        `domain '${record.name}' already exists with uuid ${byName.uuid}`,
      )
    }
    return byUuid
  }

  #start(record: Record, paused: boolean): void {
    record.id = this.#nextId++
    record.state = paused
      ? { state: 'paused', reason: 'user' }
      : { state: 'running', reason: 'booted' }
    this.#emit(record, 'started', 'booted')
  }

  #stop(record: Record, reason: string): void {
    record.state = { state: 'shut off', reason }
    this.#emit(record, 'stopped', reason)
    delete record.id
    if (!record.persistent) this.#domains.delete(record.uuid)
  }

  #emit(record: Record, event: StateEvent['event'] | 'rebooted', detail: string): void {
    const { name, uuid, id } = record
    const domain = { name, uuid, ...(id === undefined ? {} : { id }) }
    const timestampMs = Date.UTC(2026, 10, 22, 21, 59, 31, 557)
    for (const listener of this.#listeners) listener({ domain, event, detail, timestampMs })
  }

  async #plan(
    xml: string,
    options: DefineOptions,
  ): Promise<{ record: Record; warnings: readonly Problem[] }> {
    const root = readXml(xml)
    const type = child(child(root, 'os'), 'type')
    const arch = type?.attributes.get('arch') ?? options.arch ?? 'x86_64'
    await this.#registry?.find(arch)
    const vcpus = child(root, 'vcpu')
    if (vcpus !== undefined && !/^[1-9]\d*$/.test(vcpus.text)) {
      throw domainError('ERR_XML_ERROR', `Invalid value '${vcpus.text}' for vcpu`, {
        path: 'vcpu',
        place: vcpus.place,
      })
    }
    const warnings = unknownElements(root)
    if (options.validate === true && warnings[0] !== undefined) {
      const { message, ...where } = warnings[0]
      throw domainError('ERR_XML_INVALID_SCHEMA', message, where)
    }
    const title = child(root, 'title')?.text
    const memory = Number(child(root, 'memory')?.text ?? '0')
    const uuid = child(root, 'uuid')?.text ?? randomUUID()
    const record: Record = {
      ...{ uuid, arch, xml: withUuid(xml, uuid), persistent: false, autostart: false },
      name: child(root, 'name')?.text ?? '',
      ...(title === undefined ? {} : { title }),
      machine: type?.attributes.get('machine') ?? 'q35',
      virtType: root.attributes.get('type') ?? 'qemu',
      osType: type?.text ?? 'hvm',
      vcpus: Number(vcpus?.text ?? '1'),
      maxMemoryKiB: memory,
      memoryKiB: Number(child(root, 'currentMemory')?.text ?? memory),
      state: { state: 'shut off', reason: 'unknown' },
    }
    return { record, warnings }
  }
}

/** Greets, echoes, and ends when told to. */
export class MemoryConsole implements ConsoleStream {
  readonly device: string
  written = ''
  readonly #queue: Uint8Array[] = []
  #wake = (): void => {}
  #ended = false

  constructor(device: string, greeting: string) {
    this.device = device
    if (greeting !== '') this.#queue.push(Buffer.from(greeting))
  }

  write(data: Uint8Array | string): Promise<void> {
    this.written += Buffer.from(data).toString()
    this.say(data)
    return Promise.resolve()
  }

  /** The guest writes. */
  say(data: Uint8Array | string): void {
    this.#queue.push(Buffer.from(data))
    this.#wake()
  }

  close(): Promise<void> {
    this.#ended = true
    this.#wake()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const next = this.#queue.shift()
      if (next !== undefined) yield next
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function unsupported(call: string): Promise<never> {
  return Promise.reject(domainError('ERR_NO_SUPPORT', call))
}

/** The state of `test:///default`: one running domain. */
export async function testDefault(options: MemoryOptions = {}): Promise<MemoryHypervisor> {
  const hypervisor = new MemoryHypervisor(options)
  Object.assign(hypervisor, testHost)
  await hypervisor.domainDefineXml(testXml)
  await hypervisor.domainCreate('test')
  return hypervisor
}

export const testXml = `<domain type='test'>
  <name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='i686'>linux</type>
  </os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/guest/diskimage1'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='aa:bb:cc:dd:ee:ff'/>
      <source network='default' bridge='virbr0'/>
      <target dev='testnet0'/>
    </interface>
  </devices>
</domain>
`

function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => each.name === name)
}

function unknownElements(root: XmlElement): readonly Problem[] {
  return root.children
    .filter((each) => each.name.startsWith('unknown'))
    .map((each) => ({
      code: 'ERR_XML_INVALID_SCHEMA' as const,
      path: each.name,
      place: each.place,
      message: `unknown element '${each.name}'`,
    }))
}

function withUuid(xml: string, uuid: string): string {
  return /<uuid>/.test(xml) ? xml : xml.replace('</name>\n', `</name>\n  <uuid>${uuid}</uuid>\n`)
}

function native(record: Record, warnings: readonly Problem[]): NativeResult {
  return {
    argv: ['/usr/bin/qemu-system-x86_64', '-name', `guest=${record.name}`, '-device', '{"a":1}'],
    environment: { LC_ALL: 'C', HOME: '/var/lib/a b' },
    warnings,
  }
}

function invalid(message: string): Error {
  return domainError('ERR_OPERATION_INVALID', message)
}

function summary(record: Record): DomainSummary {
  const { name, uuid, id, arch, machine, virtType, persistent, autostart, state, title } = record
  return {
    ...{ name, uuid, arch, machine, virtType, persistent, autostart, ...state },
    ...(id === undefined ? {} : { id }),
    ...(title === undefined ? {} : { title }),
  }
}
