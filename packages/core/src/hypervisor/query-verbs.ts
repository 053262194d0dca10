import type { DomainDraft } from '../plan/draft.ts'
import { cpuTimeNs } from './cpu-time.ts'
import { planning } from './host-connection.ts'
import type { DomainFilter, DomainSummary, Hypervisor } from './hypervisor.ts'
import type { EventVerbs, NetworkEvent, SecretEvent, StoragePoolEvent } from './interface/events.ts'
import { runName, runPaths } from './layout.ts'
import { displaysOf, stateIn, summaryOf } from './records.ts'
import type { DomainRecord } from '../store/index.ts'
import type { Rooms } from './rooms.ts'

type Verbs = Pick<
  Hypervisor,
  | 'connectListAllDomains'
  | 'domainLookup'
  | 'domainGetState'
  | 'domainGetInfo'
  | 'domainGetXmlDesc'
  | 'connectDomainXmlToNative'
  | 'domainXmlToNative'
  | 'connectExplainXml'
  | 'domainOpenConsole'
  | keyof EventVerbs
>

/** Looking: nothing here changes a domain, and nothing waits for who does. */
export function queryVerbs(rooms: Rooms): Verbs {
  const { store, layout, liveness } = rooms

  const list = async (filter: DomainFilter = {}): Promise<readonly DomainSummary[]> => {
    await liveness.refresh()
    return store
      .glance()
      .map(summaryOf)
      .filter(
        (domain) =>
          (filter.active === undefined || filter.active === (domain.id !== undefined)) &&
          (filter.persistent === undefined || filter.persistent === domain.persistent) &&
          (filter.autostart === undefined || filter.autostart === domain.autostart) &&
          (filter.state === undefined || filter.state.includes(domain.state)),
      )
  }

  async function* documentsOf(kind: string, signal: AbortSignal | undefined) {
    const { documentEvents } = await import('./watching/document-events.ts')
    yield* documentEvents(rooms, kind, signal)
  }

  const findWithMemory = async (
    reference: string,
  ): Promise<{ readonly record: DomainRecord; readonly toldKiB: number | undefined }> => {
    let toldKiB: number | undefined
    const record = await rooms.find(reference, async (qmp) => {
      const { balloonKiB } = await import('./stats/memory-stats.ts')
      toldKiB = await balloonKiB(qmp)
    })
    return { record, toldKiB }
  }

  const xmlDesc: Verbs['domainGetXmlDesc'] = async (reference, options = {}) => {
    const { record, toldKiB } = await findWithMemory(reference)
    const { active, domain } = record
    const live = active !== undefined && (options.inactive !== true || domain.xml === undefined)
    const xml = live ? withMemory(active.xml, toldKiB) : (domain.xml ?? '')
    // Only a document that holds more than is shown needs to be read for that.
    const secret = options.securityInfo !== true && /\spasswd=/.test(xml)
    const volumes = live && xml.includes("<disk type='volume'")
    const bare = live && options.migratable === true
    if (!secret && !volumes && !bare) return xml
    const { formatDomain, parseDomain, withoutSecrets, withoutVolumePaths } = await planning()
    const { domain: found } = parseDomain(xml)
    const shown = withoutVolumePaths(secret ? withoutSecrets(found) : found)
    if (!bare) return formatDomain(shown, live ? active.id : undefined)
    const { dropAliases } = await import('../plan/assign-aliases.ts')
    const draft = structuredClone(shown) as DomainDraft
    dropAliases(draft)
    return formatDomain(draft)
  }

  const toNative: Verbs['connectDomainXmlToNative'] = async (xml, options = {}) => {
    const plan = await rooms.plan(xml, options)
    // libvirt's own way to say "no id": the domain does not run.
    const stateDir = `${layout.runDir}/${runName(-1, plan.domain.name)}`
    const paths = runPaths(layout, stateDir)
    const { environmentOf, planRun } = await planning()
    const { argv } = planRun(plan.domain, plan.context, { paths, nowMs: Date.now() })
    return { argv, environment: environmentOf(stateDir, plan.domain), warnings: plan.warnings }
  }

  return {
    connectListAllDomains: list,
    domainLookup: async (reference) => summaryOf(await rooms.find(reference)),
    domainGetState: async (reference) => stateIn(await rooms.find(reference)),
    domainGetXmlDesc: xmlDesc,
    connectDomainXmlToNative: toNative,
    domainXmlToNative: async (reference) =>
      toNative(await xmlDesc(reference, { inactive: true, securityInfo: true })),

    async domainGetInfo(reference) {
      const { record, toldKiB } = await findWithMemory(reference)
      const { presentKiB } = await import('./stats/memory-stats.ts')
      const { consoleDevices, parseDomain } = await planning()
      const { active } = record
      const { domain } = parseDomain(active?.xml ?? record.domain.xml ?? '')
      return {
        ...summaryOf(record),
        maxMemoryKiB: domain.memoryKiB ?? 0,
        memoryKiB:
          active === undefined ? (domain.currentMemoryKiB ?? 0) : presentKiB(domain, toldKiB),
        vcpus: domain.vcpuCurrent ?? domain.vcpus,
        cpuTimeNs: active === undefined ? 0 : cpuTimeNs(active.process.pid),
        osType: domain.os.type,
        emulator: domain.devices.emulator ?? '',
        ...(active !== undefined && { pid: active.process.pid }),
        consoles:
          active === undefined ? [] : consoleDevices(domain).map((device) => device.alias ?? ''),
        displays: active === undefined ? [] : displaysOf(domain),
      }
    },

    async connectExplainXml(xml, options = {}) {
      const { formatDomain, negotiated, withoutSecrets } = await planning()
      const plan = await rooms.plan(xml, { ...options, grants: 'all' })
      const { domain, notes, context, warnings } = plan
      return {
        name: domain.name,
        arch: context.guest.name,
        machine: context.machine.name,
        entries: notes(),
        capabilities: negotiated(plan),
        warnings,
        xml: formatDomain(withoutSecrets(domain)),
      }
    },

    async domainOpenConsole(reference, options = {}) {
      const { active } = await rooms.findActive(reference)
      const { parseDomain } = await planning()
      const { openConsole } = await import('./open-console.ts')
      return openConsole(parseDomain(active.xml).domain, active.stateDir, options)
    },

    async *domainEvents({ signal } = {}) {
      const { domainEvents } = await import('./watching/domain-events.ts')
      yield* domainEvents(rooms, signal)
    },

    async *networkEvents({ signal } = {}) {
      for await (const { name, uuid, event, timestampMs } of documentsOf('network', signal))
        yield { network: { name, uuid }, event: event as NetworkEvent['event'], timestampMs }
    },

    async *storagePoolEvents({ signal } = {}) {
      for await (const { name, uuid, event, timestampMs } of documentsOf('storage', signal))
        yield { pool: { name, uuid }, event: event as StoragePoolEvent['event'], timestampMs }
    },

    async *secretEvents({ signal } = {}) {
      for await (const { uuid, event, timestampMs } of documentsOf('secret', signal))
        yield { secret: { uuid }, event: event as SecretEvent['event'], timestampMs }
    },
  }
}

/** A live document with what the guest has of its memory in place of what it shall have. */
function withMemory(xml: string, toldKiB: number | undefined): string {
  if (toldKiB === undefined) return xml
  return xml.replace(/(?<=^ {2}<currentMemory unit='KiB'>)\d+/m, String(toldKiB))
}
