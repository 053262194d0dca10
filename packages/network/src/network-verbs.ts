import { DomainError, domainError, freshUuid, quote } from '@polyvirt/core/driver'
import type {
  DriverContext,
  NetworkSummary,
  NetworkVerbs,
  StoredDocument,
} from '@polyvirt/core/driver'
import { formatNetwork, readNetwork } from './documents/network.ts'
import type { Network } from './documents/network.ts'
import { bridgeProblem } from './host-bridge.ts'
import { backingOf } from './plan/network-backing.ts'
import { settleNetwork } from './plan/settle-network.ts'
import type { SettledNetwork } from './plan/settle-network.ts'
import { startProblems } from './plan/start-problems.ts'
import { updateNetwork } from './update/update-network.ts'

export function networkVerbs(context: DriverContext): NetworkVerbs {
  const { documents } = context
  const settle = (source: string, options?: { readonly validate?: boolean }): SettledNetwork =>
    settleNetwork(source, (name) => documents.find(name)?.uuid ?? freshUuid(), options)
  /** Holds a network, and hands over how it is then. */
  const hold = <T>(
    reference: string,
    kind: string,
    work: (document: StoredDocument) => Promise<T>,
  ): Promise<T> => {
    const { uuid } = documents.lookup(reference)
    return context.hold(uuid, kind, () => work(documents.lookup(uuid)))
  }
  return {
    async networkListAll({ active, persistent, autostart } = {}) {
      return documents
        .list()
        .map(networkSummary)
        .filter(
          (one) =>
            (active ?? one.active) === one.active &&
            (persistent ?? one.persistent) === one.persistent &&
            (autostart ?? one.autostart) === one.autostart,
        )
    },

    async networkLookup(reference) {
      return networkSummary(documents.lookup(reference))
    },

    async networkDefineXml(source, options) {
      const { network, xml, warnings } = settle(source, options)
      return context.hold(network.uuid, 'define', async () => {
        const document = documents.put({ uuid: network.uuid, name: network.name, xml })
        return { network: networkSummary(document), warnings }
      })
    },

    async networkCreateXml(source, options) {
      const { network, xml, warnings } = settle(source, options)
      return context.hold(network.uuid, 'create', async () => {
        if (documents.find(network.uuid)?.active === true) throw alreadyActive(network.name)
        await refuseStart(network)
        const { uuid, name } = network
        const document = documents.putTransient({ uuid, name, liveXml: xml })
        return { network: networkSummary(document), warnings }
      })
    },

    networkCreate: (reference) =>
      hold(reference, 'start', async ({ uuid, name, active, xml = '' }) => {
        if (active) throw alreadyActive(name)
        await refuseStart(readNetwork(xml).value)
        documents.setActive(uuid, { liveXml: xml })
        return networkSummary(documents.lookup(uuid))
      }),

    networkDestroy: (reference) =>
      hold(reference, 'destroy', async ({ uuid, name }) => {
        if (!documents.setActive(uuid, undefined)) throw notActive(name)
      }),

    networkUndefine: (reference) =>
      hold(reference, 'undefine', async ({ uuid, persistent }) => {
        if (!persistent)
          throw domainError('ERR_OPERATION_INVALID', `can't undefine transient network`)
        documents.remove(uuid)
      }),

    async networkGetXmlDesc(reference, { inactive = false } = {}) {
      const { xml, liveXml } = documents.lookup(reference)
      return (inactive ? (xml ?? liveXml) : (liveXml ?? xml)) ?? ''
    },

    networkUpdate: (reference, update) =>
      hold(reference, 'update', async (document) => {
        const { uuid, name, active, persistent } = document
        const current = update.live !== true && update.config !== true
        const live = update.live === true || (current && active)
        const config = update.config === true || (current && !active)
        if (live && !active) throw notActive(name)
        if (config && !persistent) {
          const message = 'cannot change persistent config of a transient network'
          throw domainError('ERR_OPERATION_INVALID', message)
        }
        // Both are judged before either is written.
        const changed = (xml: string | undefined): string =>
          settle(formatNetwork(updateNetwork(readNetwork(xml ?? '').value, update))).xml
        const liveXml = live ? changed(document.liveXml) : undefined
        const xml = config ? changed(document.xml) : undefined
        if (liveXml !== undefined) documents.setActive(uuid, { liveXml, facts: document.facts })
        if (xml !== undefined) documents.put({ uuid, name, xml })
        return { live, config }
      }),

    networkSetAutostart: (reference, autostart) =>
      hold(reference, 'autostart', async ({ uuid, persistent }) => {
        if (!persistent) {
          const message = 'cannot set autostart for transient network'
          throw domainError('ERR_OPERATION_INVALID', message)
        }
        documents.setAutostart(uuid, autostart)
      }),

    async networkGetDhcpLeases(reference) {
      documents.lookup(reference)
      // A user-mode network lends inside of its guest's QEMU, a bridge's guests ask somebody else.
      return []
    },
  }
}

/** A stored network as lists show it. */
export function networkSummary(document: StoredDocument): NetworkSummary {
  const { name, uuid, active, persistent, autostart, xml, liveXml } = document
  const network = readNetwork(liveXml ?? xml ?? '').value
  const bridge = backingOf(network) === 'bridge' ? network.bridge?.name : undefined
  const forward = network.forward?.mode
  return {
    name,
    uuid,
    active,
    persistent,
    autostart,
    ...(bridge !== undefined && { bridge }),
    ...(forward !== undefined && { forward }),
  }
}

/** @throws DomainError for what is not offered, and for a bridge that is not there. */
async function refuseStart(network: Network): Promise<void> {
  const [first, ...rest] = startProblems(network)
  if (first !== undefined) throw new DomainError([first, ...rest])
  await refuseBridge(network)
}

/** @throws DomainError `ERR_OPERATION_FAILED` where a network's bridge is not there, or not up. */
export async function refuseBridge(network: Network): Promise<void> {
  const name = backingOf(network) === 'bridge' ? network.bridge?.name : undefined
  if (name === undefined) return
  const problem = bridgeProblem(name)
  if (problem === undefined) return
  const message = `the bridge ${quote(name)} of network ${quote(network.name, 200)} ${problem}`
  throw domainError('ERR_OPERATION_FAILED', message, { root: 'network', path: 'bridge/@name' })
}

function alreadyActive(name: string): Error {
  return domainError('ERR_OPERATION_INVALID', `network ${quote(name, 200)} is already active`)
}

function notActive(name: string): Error {
  return domainError('ERR_OPERATION_INVALID', `network ${quote(name, 200)} is not active`)
}
