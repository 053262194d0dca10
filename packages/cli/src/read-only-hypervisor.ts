import { CommandError } from './command-error.ts'
import type { Hypervisor } from './core.ts'

/**
 * Verbs that ask and change nothing. All others are refused, those as well that are newer than this
 * list; what asks the agent in a guest is no mere reading in libvirt either.
 */
const reading =
  /^(?:connect(?:Get|List|Compare|Baseline|Can|Diagnose|DomainXml|Explain)|nodeGet|(?:network|storagePool|secret)Events$|nodeDevice(?:ListAll|Lookup|GetXmlDesc)$|network(?:ListAll|Lookup|Get)|secret(?:ListAll|Lookup|GetXmlDesc)$|storage(?:Pool|Vol)(?:ListAll|Lookup|LookupByTargetPath|GetXmlDesc)$|domain(?:Get(?!GuestInfo|Time$)|HasManagedSaveImage$|ListAll(?:Snapshots|Checkpoints)$|(?:Snapshot|Checkpoint)(?:Lookup|Current|GetXmlDesc)$|BackupGetXmlDesc$|Lookup$|Events$|XmlToNative$)|close$)/

/** The libvirt call that a refusal names, where it is not the verb's own name. */
const calls: Readonly<Record<string, string>> = {
  secretDefineXml: 'virSecretDefineXML',
  networkDefineXml: 'virNetworkDefineXML',
  networkCreateXml: 'virNetworkCreateXML',
  storagePoolDefineXml: 'virStoragePoolDefineXML',
  storagePoolCreateXml: 'virStoragePoolCreateXML',
  storageVolCreateXml: 'virStorageVolCreateXML',
  storageVolCreateXmlFrom: 'virStorageVolCreateXMLFrom',
  nodeDeviceDetach: 'virNodeDeviceDettach',
  domainDefineXml: 'virDomainDefineXML',
  domainUndefine: 'virDomainUndefineFlags',
  domainCreateXml: 'virDomainCreateXML',
  domainAttachDevice: 'virDomainAttachDeviceFlags',
  domainDetachDevice: 'virDomainDetachDeviceFlags',
  domainUpdateDevice: 'virDomainUpdateDeviceFlags',
  domainChangeMedia: 'virDomainUpdateDeviceFlags',
}

/** The same hypervisor, which refuses every change: `--readonly`. */
export function readOnlyHypervisor(hypervisor: Hypervisor): Hypervisor {
  return new Proxy(hypervisor, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      if (typeof key === 'string' && !reading.test(key)) {
        const call = calls[key] ?? `vir${key.charAt(0).toUpperCase()}${key.slice(1)}`
        return () => Promise.reject(denied(call))
      }
      if (key !== 'domainGetXmlDesc') return value.bind(target) as unknown
      return (reference: string, options?: { readonly securityInfo?: boolean }) =>
        options?.securityInfo === true
          ? Promise.reject(denied('virDomainGetXMLDesc with secure flag', ''))
          : target.domainGetXmlDesc(reference, options)
    },
  })
}

function denied(api: string, verb = 'read only access prevents '): CommandError {
  return new CommandError(`operation forbidden: ${verb}${api}`, {
    code: 'ERR_OPERATION_DENIED',
  })
}
