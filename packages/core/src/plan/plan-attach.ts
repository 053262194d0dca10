import { deviceKinds } from '../domain/devices.ts'
import type { DeviceKind } from '../domain/devices.ts'
import { isUserAlias } from '../domain/devices/device-info.ts'
import type { Domain } from '../domain/domain.ts'
import { domainError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { AnyDevice, ParsedDevice } from '../xml/parse-device.ts'
import { modelOf } from './allow-list.ts'
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
    devices[one] = named.devices[one]?.map((device, i) => {
      const path = device.origin?.path ?? ''
      const known = before.get(path)
      // The first console is the first serial port once more, and bears its mark.
      if (known !== undefined)
        return path.startsWith(`devices/${one}[`) ? known : (live.devices[one]?.[i] ?? known)
      const found = { kind: one, device } as AnyDevice
      if (device.origin?.path === newPath(kind)) wanted = found
      else added.push(found)
      return device
    })
    if (devices[one] === undefined) delete devices[one]
  }
  if (wanted === undefined) throw domainError('ERR_INTERNAL_ERROR', 'the new device was lost')
  checkPluggable(added)
  for (const one of [...added, wanted]) checkTransport(one, context)
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
  const own = isUserAlias(alias) ? { alias } : {}
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

/**
 * Buses that grow by controllers of their own cannot grow while the guest runs.
 *
 * @throws DomainError that names everything that is missing, and what brings it along.
 */
function checkPluggable(added: readonly AnyDevice[]): void {
  const isBus = (one: AnyDevice): boolean => one.kind !== 'controller' || one.device.type === 'pci'
  const missing = added.filter(isBus)
  if (missing.length === 0) return
  const name = ({ kind, device }: AnyDevice): string => {
    const { type, model } = device as { readonly type?: string; readonly model?: string }
    return kind === 'controller' ? `${type ?? ''} controller '${model ?? 'default'}'` : kind
  }
  const brought = added.filter((one) => !isBus(one)).map(name)
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `no place is left that can be plugged into: the device needs a further ${missing.map(name).join(' and ')}${
      brought.length === 0 ? '' : ` for the ${brought.join(' and ')} that it brings along`
    }, which a guest that runs cannot get; add that to the definition (--config) and start the guest anew`,
  )
}

/**
 * The board's own virtio transports plug nothing (QEMU hw/virtio/virtio-mmio.c).
 *
 * @throws DomainError for a device that would stand on one.
 */
function checkTransport({ kind, device }: AnyDevice, context: PlanContext): void {
  if (modelOf(kind, device as never, context)?.bus !== 'virtio-mmio') return
  throw domainError(
    'ERR_OPERATION_UNSUPPORTED',
    `<${kind}> would be on a virtio transport of ${context.profile.name}, which plugs nothing while the guest runs; put it on another bus, or into the definition (--config) and start the guest anew`,
    { path: `devices/${kind}` },
  )
}
