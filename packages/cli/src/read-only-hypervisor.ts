import { CommandError } from './command-error.ts'
import type { Hypervisor } from './core.ts'

/** Verbs that ask and change nothing. */
type Reading =
  | 'uri'
  | 'close'
  | typeof Symbol.asyncDispose
  | `connect${'Get' | 'List' | 'Compare' | 'Baseline' | 'Can' | 'Diagnose' | 'Domain' | 'Explain'}${string}`
  | `nodeGet${string}`
  | `domainGet${string}`
  | 'domainLookup'
  | 'domainEvents'
  | 'domainXmlToNative'

/**
 * What changes a domain or its host, with the libvirt call that the refusal names. Every verb is here
 * or reads: one that is neither does not compile.
 */
const refused: Readonly<Record<Exclude<keyof Hypervisor, Reading>, string>> = {
  domainDefineXml: 'virDomainDefineXML',
  domainUndefine: 'virDomainUndefineFlags',
  domainCreate: 'virDomainCreate',
  domainCreateXml: 'virDomainCreateXML',
  domainShutdown: 'virDomainShutdown',
  domainReboot: 'virDomainReboot',
  domainReset: 'virDomainReset',
  domainDestroy: 'virDomainDestroy',
  domainSuspend: 'virDomainSuspend',
  domainResume: 'virDomainResume',
  domainSetAutostart: 'virDomainSetAutostart',
  domainOpenConsole: 'virDomainOpenConsole',
  domainAttachDevice: 'virDomainAttachDeviceFlags',
  domainDetachDevice: 'virDomainDetachDeviceFlags',
  domainDetachDeviceAlias: 'virDomainDetachDeviceAlias',
  domainUpdateDevice: 'virDomainUpdateDeviceFlags',
  domainChangeMedia: 'virDomainUpdateDeviceFlags',
}

/** The same hypervisor, which refuses every change: `--readonly`. */
export function readOnlyHypervisor(hypervisor: Hypervisor): Hypervisor {
  return new Proxy(hypervisor, {
    get(target, key) {
      const api = (refused as Readonly<Partial<Record<string | symbol, string>>>)[key]
      if (api !== undefined) return () => Promise.reject(denied(api))
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
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
