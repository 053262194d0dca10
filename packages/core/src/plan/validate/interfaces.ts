import type { Interface, InterfaceType, VirtualPort } from '../../domain/devices/interface.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** What each type's host side cannot do without. */
const needed: { readonly [K in InterfaceType]?: readonly (readonly [keyof Interface, string])[] } =
  {
    bridge: [['bridge', 'source/@bridge']],
    network: [['network', 'source/@network']],
    direct: [['sourceDev', 'source/@dev']],
    vhostuser: [['sourcePath', 'source/@path']],
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
    ],
    internal: [['sourceName', 'source/@name']],
    hostdev: [['hostAddress', 'source/address']],
    vdpa: [['sourceDev', 'source/@dev']],
  }

/**
 * A name that Linux gives a network device: IFNAMSIZ (include/uapi/linux/if.h) less its NUL, and
 * no slash, colon or blank (net/core/dev.c, dev_valid_name).
 */
const deviceName = /^[^\s/:\p{C}]{1,15}$/u

/** What each kind of switch must be told about a port. */
const portNeeds: Readonly<Record<string, readonly (readonly [keyof VirtualPort, string])[]>> = {
  '802.1Qbg': [
    ['managerId', 'managerid'],
    ['typeId', 'typeid'],
    ['typeIdVersion', 'typeidversion'],
  ],
  '802.1Qbh': [['profileId', 'profileid']],
}

export function checkInterfaces(domain: AddressedDomain, _context: PlanContext): Problem[] {
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
          `an interface of type '${nic.type}' needs a ${below.replace('/@', ' ')}`,
          'ERR_XML_ERROR',
        )
    }
    if (
      nic.mtu !== undefined &&
      (nic.type === 'direct' || nic.type === 'vdpa' || nic.type === 'hostdev')
    )
      add('mtu/@size', `an interface of type '${nic.type}' takes the MTU of its device`)
    for (const [key, below] of portNeeds[nic.virtualport?.type ?? ''] ?? [])
      if (nic.virtualport?.[key] === undefined)
        add(
          `virtualport/parameters/@${below}`,
          `a port of type '${nic.virtualport?.type ?? ''}' needs a ${below}`,
          'ERR_XML_ERROR',
        )
    for (const [below, name] of [
      ['source/@bridge', nic.bridge],
      ['target/@dev', nic.target],
    ] as const) {
      if (name !== undefined && (!deviceName.test(name) || name === '.' || name === '..')) {
        add(
          below,
          `${quote(name)} is not a network device's name: at most 15 characters, no slash, colon or blank`,
          'ERR_XML_ERROR',
        )
      }
    }
  }
  return problems
}
