import { forwardedPorts, isVirtioCard } from '../../domain/devices/interface.ts'
import type { Interface, InterfaceType } from '../../domain/devices/interface.ts'
import type { Problem } from '../../errors.ts'
import { quote, unsupported } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { interfaceWords } from './interface-words.ts'
import { pathProblem } from './paths.ts'
import type { PlanContext } from '../plan-context.ts'

/** What each type's host side cannot do without. */
const needed: { readonly [K in InterfaceType]?: readonly (readonly [keyof Interface, string])[] } =
  {
    bridge: [['bridge', 'source/@bridge']],
    network: [['network', 'source/@network']],
    direct: [['sourceDev', 'source/@dev']],
    vhostuser: [
      ['sourceType', 'source/@type'],
      ['sourcePath', 'source/@path'],
      ['sourceMode', 'source/@mode'],
    ],
    server: [['sourcePort', 'source/@port']],
    client: [
      ['sourceAddress', 'source/@address'],
      ['sourcePort', 'source/@port'],
    ],
    mcast: [
      ['sourceAddress', 'source/@address'],
      ['sourcePort', 'source/@port'],
    ],
    udp: [
      ['sourceAddress', 'source/@address'],
      ['sourcePort', 'source/@port'],
      ['local', 'source/local'],
    ],
    internal: [['sourceName', 'source/@name']],
    hostdev: [['hostAddress', 'source/address']],
    vdpa: [['sourceDev', 'source/@dev']],
    vds: [
      ['switchId', 'source/@switchid'],
      ['portid', 'source/@portid'],
      ['portgroupId', 'source/@portgroupid'],
      ['connectionId', 'source/@connectionid'],
    ],
  }

/**
 * A name that somebody gives a network device: IFNAMSIZ (include/uapi/linux/if.h) less its NUL. The
 * kernel takes more characters (net/core/dev.c, dev_valid_name), which nobody uses and a shell reads.
 */
const deviceName = /^[A-Za-z0-9._@+-]{1,15}$/

/** What QEMU may be given before a colon and a port. */
const hostAddress = /^[A-Za-z0-9_.:-]*$/

export function checkInterfaces(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = []
  for (const [i, nic] of (domain.devices.interface ?? []).entries()) {
    const path = `devices/interface[${i + 1}]`
    const add = (
      below: string,
      message: string,
      code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED',
    ): void => {
      problems.push({ code, path: `${path}/${below}`, message })
    }
    for (const [key, below] of needed[nic.type] ?? []) {
      if (nic[key] === undefined)
        add(
          below,
          `an interface of type '${nic.type}' needs a ${below.replace(/\/@?/, ' ')}`,
          'ERR_XML_ERROR',
        )
    }
    problems.push(
      ...hostSide(nic, path),
      ...interfaceWords(nic, path),
      ...driverWords(nic, path),
      ...passt(nic, path, context),
      ...forwards(nic, path),
    )
    for (const [key, below] of [
      ['rxQueueSize', 'rx_queue_size'],
      ['txQueueSize', 'tx_queue_size'],
    ] as const) {
      const size = nic[key] ?? 1
      if ((size & (size - 1)) !== 0) add(`driver/@${below}`, `${size} is no power of two`)
    }
    for (const [below, name] of [
      ['source/@bridge', nic.bridge],
      ['target/@dev', nic.target],
    ] as const) {
      if (name !== undefined && (!deviceName.test(name) || name === '.' || name === '..')) {
        add(
          below,
          `${quote(name)} is not a network device's name: at most 15 letters, digits, and . _ - @ +`,
          'ERR_XML_ERROR',
        )
      }
    }
  }
  return problems
}

/** Words of `<driver>` that are for some cards only, and would change nothing in silence of others. */
function driverWords(nic: Interface, path: string): Problem[] {
  const { type, driverName } = nic
  const problems: Problem[] = []
  if (driverName !== undefined && (driverName === 'vfio') !== (type === 'hostdev'))
    problems.push({
      code: 'ERR_XML_ERROR',
      path: `${path}/driver/@name`,
      message: `driver ${quote(driverName)} is not for an interface of type '${type}'`,
    })
  if (type !== 'hostdev' && isVirtioCard(nic)) return problems
  for (const [key, below] of [
    ['iommu', 'iommu'],
    ['ats', 'ats'],
    ['packed', 'packed'],
    ['pagePerVq', 'page_per_vq'],
  ] as const)
    if (nic[key] !== undefined)
      problems.push(unsupported(`${path}/driver/@${below}`, `only virtio cards know '${below}'`))
  return problems
}

/** passt is a network of a user's own, at the other end of a socket that QEMU has had since 7.2. */
function passt(
  { type, backendType }: Interface,
  path: string,
  { capabilities }: PlanContext,
): Problem[] {
  if (backendType !== 'passt') return []
  const at = `${path}/backend/@type`
  if (type !== 'user')
    return [
      unsupported(at, `passt is offered for an interface of type 'user'; this one is '${type}'`),
    ]
  const { major, minor } = capabilities.version
  if (major > 7 || (major === 7 && minor >= 2)) return []
  return [
    unsupported(
      at,
      `passt needs QEMU 7.2 or newer, this one is ${major}.${minor}; leave <backend> out`,
    ),
  ]
}

/** A command line is not for whole ranges of ports: each is a socket that QEMU opens at its start. */
const maxForwards = 1024

/** What QEMU's own network can forward; passt can more. */
function forwards({ type, backendType, portForwards = [] }: Interface, path: string): Problem[] {
  return portForwards.flatMap((forward, n): Problem[] => {
    const at = `${path}/portForward[${n + 1}]`
    if (type !== 'user') return [unsupported(at, `only an interface of type 'user' forwards ports`)]
    const { ranges = [], address, dev } = forward
    const found = ranges.flatMap(({ start, end = start, to, exclude }, i): Problem[] => {
      const range = `${at}/range[${i + 1}]`
      const wrong = (message: string): Problem[] => [
        { code: 'ERR_XML_ERROR', path: range, message },
      ]
      if (end < start) return wrong(`the range ends at ${end}, before its start ${start}`)
      if (exclude === true && to !== undefined)
        return wrong(`what is excluded leads nowhere: leave 'to' out`)
      if (to !== undefined && to + end - start > 65_535)
        return wrong(`the guest's ports would end at ${to + end - start}, behind 65535`)
      return []
    })
    if (backendType === 'passt' && (address ?? dev) !== undefined && ranges.length === 0)
      found.push(
        unsupported(
          at,
          `passt forwards ports of an address that are named: add a <range start='…'/>`,
        ),
      )
    if (found.length > 0 || backendType === 'passt') return found
    const passt = `or use <backend type='passt'/>`
    const ports = forwardedPorts(forward).length
    if (dev !== undefined)
      found.push(
        unsupported(`${at}/@dev`, `QEMU's own network listens on an address: name it, ${passt}`),
      )
    if (address?.includes(':') === true)
      found.push(
        unsupported(
          `${at}/@address`,
          `QEMU's own network forwards IPv4 only; use an IPv4 address, ${passt}`,
        ),
      )
    if (ports === 0)
      found.push(
        unsupported(
          at,
          `QEMU's own network forwards ports that are named: add a <range start='…'/>, ${passt}`,
        ),
      )
    if (ports > maxForwards)
      found.push(
        unsupported(
          at,
          `${ports} ports are too many for QEMU's own network; at most ${maxForwards}, ${passt}`,
        ),
      )
    return found
  })
}

/** Addresses and paths of the host that QEMU is handed as they are. */
function hostSide(nic: Interface, path: string): Problem[] {
  const listening = (nic.portForwards ?? []).map(
    (one, n): readonly [string, string | undefined] => [
      `portForward[${n + 1}]/@address`,
      one.address,
    ],
  )
  const addresses: readonly (readonly [string, string | undefined])[] = [
    ['source/@address', nic.sourceAddress],
    ['source/local/@address', nic.local?.address],
    ...listening,
  ]
  const paths: readonly (readonly [string, string | undefined])[] = [
    ['source/@path', nic.sourcePath],
    ['source/@dev', nic.type === 'vdpa' ? nic.sourceDev : undefined],
    ['rom/@file', nic.romFile === '' ? undefined : nic.romFile],
  ]
  const wrong = (below: string, message: string): Problem => {
    return { code: 'ERR_XML_ERROR', path: `${path}/${below}`, message }
  }
  return [
    ...addresses.flatMap(([below, host]) =>
      host === undefined || hostAddress.test(host)
        ? []
        : [wrong(below, `${quote(host)} is not an address or host name`)],
    ),
    ...paths.flatMap(([below, file]) => {
      const problem = file === undefined ? undefined : pathProblem(file)
      return problem === undefined ? [] : [wrong(below, problem)]
    }),
  ]
}
