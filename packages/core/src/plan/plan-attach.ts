import { deviceKinds } from '../domain/devices.ts'
import type { DeviceKind } from '../domain/devices.ts'
import type { Domain } from '../domain/domain.ts'
import { domainError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { AnyDevice, ParsedDevice } from '../xml/parse-device.ts'
import { assignAliases } from './assign-aliases.ts'
import type { PlanContext } from './plan-context.ts'
import { planDomain } from './plan-domain.ts'
import type { ValidDomain } from './validate-domain.ts'

/** A running domain with one device more, and whatever that device needs to be plugged into. */
export interface Attached {
  readonly domain: ValidDomain
  /** What is new, the asked-for device last. */
  readonly added: readonly [...AnyDevice[], AnyDevice]
  readonly warnings: readonly Problem[]
}

/** Memory that is plugged in is more memory. */
const isMore = (one: AnyDevice): one is AnyDevice & { kind: 'memory' } =>
  one.kind === 'memory' && one.device.model !== 'sgx-epc'

/** A definition with a device at the end of its kind; not planned yet. */
export function withDevice(domain: Domain, added: AnyDevice): Domain {
  const { kind, device } = added
  const size = isMore(added) ? added.device.sizeKiB : 0
  return {
    ...domain,
    ...(size > 0 &&
      domain.memoryKiB !== undefined && {
        memoryKiB: domain.memoryKiB + size,
        currentMemoryKiB: (domain.currentMemoryKiB ?? domain.memoryKiB) + size,
      }),
    devices: { ...domain.devices, [kind]: [...(domain.devices[kind] ?? []), device] },
  }
}

/** A definition without one of its devices. */
export function withoutDevice(domain: Domain, gone: AnyDevice): Domain {
  const { kind, device } = gone
  const left = (domain.devices[kind] ?? []).filter((one) => one !== device)
  const size = isMore(gone) ? gone.device.sizeKiB : 0
  const { [kind]: _, ...others } = domain.devices
  return {
    ...domain,
    ...(size > 0 &&
      domain.memoryKiB !== undefined && {
        memoryKiB: domain.memoryKiB - size,
        currentMemoryKiB: Math.min(
          domain.memoryKiB - size,
          domain.currentMemoryKiB ?? domain.memoryKiB,
        ),
      }),
    devices: left.length === 0 ? others : { ...others, [kind]: left },
  }
}

/**
 * Gives a new device its defaults, its address and its name among those that a running guest has.
 * What runs stays as it is: only the new device, and controllers that it needs, are taken over.
 *
 * @throws DomainError for a device that is not offered, or that finds no place without a restart.
 */
export function planAttach(live: Domain, parsed: ParsedDevice, context: PlanContext): Attached {
  const { kind, warnings } = parsed
  const asked = { kind, device: clean(parsed) } as AnyDevice
  const before = new Map<string, object>()
  const marked = marking(live, before)
  const planned = planDomain(withDevice(marked, asked), { ...context, live: true })
  const named = assignAliases(planned.domain, { ...context, live: true })
  const added: AnyDevice[] = []
  const devices: Record<string, unknown> = { ...named.devices }
  let wanted: AnyDevice | undefined
  for (const one of deviceKinds) {
    devices[one] = named.devices[one]?.map((device) => {
      const known = before.get(device.origin?.path ?? '')
      if (known !== undefined) return known
      const found = { kind: one, device } as AnyDevice
      if (device.origin?.path === newPath(kind)) wanted = found
      else added.push(found)
      return device
    })
    if (devices[one] === undefined) delete devices[one]
  }
  if (wanted === undefined) throw domainError('ERR_INTERNAL_ERROR', 'the new device was lost')
  for (const one of added) checkPluggable(one)
  const domain = {
    ...live,
    ...(named.memoryKiB !== live.memoryKiB && {
      memoryKiB: named.memoryKiB,
      currentMemoryKiB: named.currentMemoryKiB,
    }),
    devices,
  } as unknown as ValidDomain
  return { domain, added: [...added, wanted], warnings: [...warnings, ...planned.warnings] }
}

/** Where the new device's own document has it, so that problems speak of that. */
const newPath = (kind: DeviceKind): string => `devices/${kind}`

/** Names and numbers of another run say nothing here. */
function clean({ kind, device }: ParsedDevice): object {
  const { alias, ...rest } = device as { readonly alias?: string }
  const own = alias?.startsWith('ua-') === true ? { alias } : {}
  if (kind !== 'disk' || device.source === undefined) return { ...rest, ...own }
  const { index: _, ...source } = device.source
  return { ...rest, ...own, source }
}

/** Marks each device by where it stands, so that it is known again whatever planning does. */
function marking(live: Domain, marks: Map<string, object>): Domain {
  const devices: Record<string, unknown> = { ...live.devices }
  const place = { line: 1, column: 1 }
  for (const kind of deviceKinds) {
    devices[kind] = live.devices[kind]?.map((device, i) => {
      const path = `devices/${kind}[${i + 1}]`
      marks.set(path, device)
      return { ...device, origin: { path, place } }
    })
    if (devices[kind] === undefined) delete devices[kind]
  }
  return { ...live, devices }
}

/** Buses that grow by controllers of their own cannot grow while the guest runs. */
function checkPluggable(one: AnyDevice): void {
  if (one.kind === 'controller' && one.device.type !== 'pci') return
  const what =
    one.kind === 'controller' && one.device.model !== 'pci-bridge'
      ? `every PCI Express port that can be plugged into is taken: add <controller type='pci' model='${one.device.model ?? 'pcie-root-port'}'/> to the definition (--config) and start the guest anew`
      : `the device needs a further ${one.kind} that cannot be plugged into a guest that runs: add it to the definition (--config) and start the guest anew`
  throw domainError('ERR_OPERATION_UNSUPPORTED', what)
}
