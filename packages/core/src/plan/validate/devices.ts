import type { Problem } from '../../errors.ts'
import { printable, quote } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import { hasDriver, offered, virtioSuffix } from '../allow-list.ts'
import { isSince } from '../../qemu/capabilities.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'
import { pciWish } from '../addresses/pci-wish.ts'
import { checkChardevs } from './chardevs.ts'
import { checkControllers } from './controllers.ts'
import { checkDisks } from './disks.ts'
import { checkDisplays } from './displays.ts'
import { checkInterfaces } from './interfaces.ts'
import type { Placed } from './placed.ts'

/** Every device in the allow-list and in this QEMU, and each kind's own rules. */
export function checkDevices(
  placed: readonly Placed[],
  domain: AddressedDomain,
  context: PlanContext,
): Problem[] {
  return [
    ...placed.flatMap((one) => checkModel(one, context)),
    ...checkControllers(domain, context),
    ...checkDisks(domain, context),
    ...checkInterfaces(domain, context),
    ...checkChardevs(domain, context),
    ...checkDisplays(domain),
    ...transitional(domain),
    ...singles(domain),
    ...panics(domain),
    ...rngs(domain),
  ]
}

function checkModel(
  { kind, device, path, at, model }: Placed,
  context: PlanContext,
): readonly Problem[] {
  if (at === undefined) return none
  const where = at.path === '' ? path : `${path}/${at.path}`
  if (model === undefined) {
    const choices = offered(at.row, context)
    const shown = at.row === 'input' ? at.key.split(':').toReversed().join(' on bus ') : at.key
    const near = nearest(at.key, choices)
    const list = choices.filter((choice) => choice !== '').map((choice) => printable(choice))
    const what = at.key === '' ? `${kind} of this kind` : `${at.what} ${quote(shown)}`
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: where,
        message: `${what} is not offered on ${context.guest.name} machine ${context.machine.name}; offered: ${
          list.length === 0 ? 'none' : list.join(', ')
        }${near === undefined || near === '' ? '' : `; did you mean '${near}'?`}`,
      },
    ]
  }
  if (!isSince(context.capabilities, model.since)) {
    const [major, minor] = model.since ?? []
    const own = context.capabilities.version
    const others = offered(at.row, context).filter((choice) => choice !== '')
    const what = at.key === '' ? `a ${kind}` : `${at.what} ${quote(at.key)}`
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: where,
        message: `${what} needs QEMU ${major}.${minor} on ${context.profile.name}, and this is ${own.major}.${own.minor}; offered: ${
          others.length === 0 ? 'none' : others.join(', ')
        }`,
      },
    ]
  }
  const form = (device as { readonly model?: string }).model
  const { iommu } = device as { readonly iommu?: boolean }
  if (
    iommu === true &&
    model.driver?.includes('virtio') === true &&
    pciWish(kind, device, context)?.connect === 'pci' &&
    form?.endsWith('-non-transitional') !== true
  ) {
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/driver/@iommu`,
        message: `a virtio device that may be of the older kind goes through no IOMMU; use model='virtio-non-transitional'`,
      },
    ]
  }
  const suffix = kind === 'input' || kind === 'video' ? '' : virtioSuffix(form)
  const driver = model.type ?? (model.driver === undefined ? undefined : `${model.driver}${suffix}`)
  if (hasDriver(driver, context)) return none
  const { major, minor, micro } = context.capabilities.version
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: where,
      message: `QEMU ${major}.${minor}.${micro} at ${context.emulator} was built without '${driver ?? ''}'`,
    },
  ]
}

/** Most devices are as they should be. */
const none: readonly Problem[] = []

/** Sources of randomness that QEMU can read without help. */
function rngs(domain: AddressedDomain): Problem[] {
  return (domain.devices.rng ?? []).flatMap((rng, i): Problem[] => {
    const path = `devices/rng[${i + 1}]/backend`
    const source = rng.source ?? '/dev/urandom'
    if (rng.backend !== 'random' || /^\/dev\/(?:random|urandom|hwrng)$/.test(source)) return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path,
        message: `${quote(source)} is not a source of randomness; offered: /dev/urandom, /dev/random, /dev/hwrng`,
      },
    ]
  })
}

/** Which inputs QEMU has in the older form of virtio. */
function transitional(domain: AddressedDomain): Problem[] {
  return (domain.devices.input ?? []).flatMap(({ model, type, bus }, i): Problem[] => {
    if (model !== undefined && bus !== 'virtio')
      return [
        {
          code: 'ERR_CONFIG_UNSUPPORTED',
          path: `devices/input[${i + 1}]/@model`,
          message: `only an input on bus 'virtio' has a model; this one is on '${bus ?? ''}'`,
        },
      ]
    if (model === undefined || model === 'virtio' || type === 'passthrough') return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `devices/input[${i + 1}]/@model`,
        message: `a ${type} is 'virtio' only; '${model}' is offered for passthrough`,
      },
    ]
  })
}

/** Each way to report a crash is there once. */
function panics({ devices }: AddressedDomain): Problem[] {
  const models = (devices.panic ?? []).map(({ model }) => model)
  return models.flatMap((model, i): Problem[] =>
    models.indexOf(model) === i
      ? []
      : [
          {
            code: 'ERR_XML_ERROR',
            path: `devices/panic[${i + 1}]`,
            message: `a domain has at most one <panic> of model '${model ?? ''}'`,
          },
        ],
  )
}

/** Kinds of which a machine has one. */
function singles(domain: AddressedDomain): Problem[] {
  return (['memballoon', 'nvram'] as const).flatMap((kind): Problem[] => {
    const list = domain.devices[kind] ?? []
    if (list.length < 2) return []
    return [
      {
        code: 'ERR_XML_ERROR',
        path: `devices/${kind}[2]`,
        message: `a domain has at most one <${kind}>`,
      },
    ]
  })
}
