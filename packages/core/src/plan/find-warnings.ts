import { hasQueues, isOnMacvtap, isOnTap, isVirtioCard } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import { namesVariables } from '../domain/firmware-variables.ts'
import { quote } from '../errors.ts'
import type { Problem } from '../errors.ts'

/** What is accepted because libvirt accepts it, and is still worth a word: `written` is the document. */
export function findWarnings(written: Domain): readonly Problem[] {
  return [
    ...tuning(written),
    ...limits(written),
    ...pins(written),
    ...variables(written),
    ...memory(written),
    ...macs(written),
    ...dumps(written),
    ...taints(written),
    ...folders(written),
    ...withoutEffect(written),
  ]
}

/** Words that libvirt reads and that change nothing. */
function withoutEffect({ clock, devices }: Domain): Problem[] {
  const found: [path: string, message: string][] = []
  for (const [i, { name, tickpolicy }] of (clock?.timers ?? []).entries()) {
    const [path, has] = [`clock/timer[${i + 1}]/@tickpolicy`, tickpolicy !== undefined]
    if (name === 'tsc' && has) found.push([path, 'a counter has no ticks to miss'])
    if (name === 'hpet' && has && tickpolicy !== 'delay')
      found.push([path, 'QEMU has the HPET delay the ticks that a guest missed'])
  }
  for (const [i, one] of (devices.interface ?? []).entries()) {
    // Without a name the model is the architecture's, and what is said of a virtio card may be of one.
    if (one.type !== 'hostdev' && (one.model === undefined || isVirtioCard(one))) {
      if (isOnMacvtap(one) && hasQueues(one))
        found.push([
          `devices/interface[${i + 1}]/driver/@queues`,
          'a macvtap is opened for one queue; a tap on a bridge has several',
        ])
      continue
    }
    for (const [key, below] of [
      ['queues', 'queues'],
      ['txmode', 'txmode'],
      ['rxQueueSize', 'rx_queue_size'],
      ['txQueueSize', 'tx_queue_size'],
    ] as const)
      if (one[key] !== undefined)
        found.push([
          `devices/interface[${i + 1}]/driver/@${below}`,
          `only virtio cards know '${below}'`,
        ])
  }
  for (const [i, one] of (devices.hostdev ?? []).entries())
    if (one.type === 'mdev' && (one.romFile ?? one.romBar ?? one.romEnabled) !== undefined)
      found.push([`devices/hostdev[${i + 1}]/rom`, 'a mediated device has no ROM to choose'])
  for (const [i, one] of (devices.tpm ?? []).entries())
    if (one.backend === 'emulator' && (one.device ?? one.sourcePath) !== undefined)
      found.push([`devices/tpm[${i + 1}]/backend`, 'an emulated TPM is at a socket of its own'])
  return found.map(([path, message]) => ({
    code: 'ERR_CONFIG_UNSUPPORTED',
    path,
    message: `${message}: this has no effect`,
  }))
}

/** Folders whose files are the host's own affair. */
const ownFolders = /^\/(?:etc|root|proc|sys|dev|boot|run|usr|var|home)?\/*$/

/** A guest that is shown the host itself is its own administrator's wish, and worth a word. */
function folders({ devices }: Domain): Problem[] {
  return (devices.filesystem ?? []).flatMap(({ sourceDir }, i): Problem[] =>
    sourceDir === undefined || !ownFolders.test(sourceDir)
      ? []
      : [
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: `devices/filesystem[${i + 1}]/source/@dir`,
            message: `the guest sees all of the host's files in ${quote(sourceDir)} that QEMU can open; name the folder that it needs`,
          },
        ],
  )
}

/** What the host would have to do for the guest, and nobody does yet: kept, and said. */
function tuning(domain: Domain): Problem[] {
  const labels = (domain.seclabels ?? []).some(
    ({ type }) => type === 'static' || type === 'dynamic',
  )
  const nics = domain.devices.interface ?? []
  const found: readonly (readonly [string, boolean, string])[] = [
    ['cputune/cachetune', (domain.cputune?.cachetunes ?? []).length > 0, 'shares of caches'],
    [
      'cputune/memorytune',
      (domain.cputune?.memorytunes ?? []).length > 0,
      'shares of memory bandwidth',
    ],
    [
      'memtune/min_guarantee',
      domain.memtune?.minGuaranteeKiB !== undefined,
      'guarantees of memory',
    ],
    ['resource', domain.resource !== undefined, 'the cgroup partition'],
    ['perf', domain.perf !== undefined, 'performance events'],
    ['idmap', domain.idmap !== undefined, 'maps of user ids, which are for containers,'],
    ['seclabel', labels, 'labels of security drivers'],
    ['devices/lease', domain.devices.lease !== undefined, 'leases of a lock manager'],
    [
      'qemu:capabilities',
      domain.qemuCapabilitiesAdd !== undefined || domain.qemuCapabilitiesDel !== undefined,
      'capabilities that QEMU is to be believed to have',
    ],
    [
      'devices/interface/source/ip',
      nics.some((one) => one.hostIps ?? one.hostRoutes),
      "addresses of a tap on the host's side",
    ],
    ['devices/interface/filterref', nics.some((one) => one.filterref), 'packet filters'],
  ].map(([path, there, what]) => [
    String(path),
    there === true || typeof there === 'object',
    String(what),
  ])
  return found
    .filter(([, there]) => there)
    .map(([path, , what]) => ({
      code: 'ERR_CONFIG_UNSUPPORTED',
      path,
      message: `${what} are kept in the definition and not applied yet`,
    }))
}

/** Limits of cards are those of a tap that is made for the guest. */
function limits({ devices }: Domain): Problem[] {
  return (devices.interface ?? []).flatMap((nic, i): Problem[] => {
    const { bandwidth, type, targetManaged } = nic
    if (bandwidth === undefined) return []
    const warning = (below: string, message: string): Problem => ({
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: `devices/interface[${i + 1}]/bandwidth${below}`,
      message,
    })
    const floor =
      bandwidth.inbound?.floor === undefined
        ? []
        : [warning('/inbound/@floor', 'no network here keeps a floor: this has no effect')]
    if (type === 'network') {
      const message = `limits hold where the network is a bridge or a device of the host; one of QEMU's own has none`
      return [...floor, warning('', message)]
    }
    if (!isOnTap(nic))
      return [warning('', `a card of type '${type}' has no tap to limit: this has no effect`)]
    if (targetManaged === false)
      return [warning('', `the tap is not the guest's own, and is left as it is: limit it with tc`)]
    return floor
  })
}

/** Guides for older guests name variables beside read-only memory, where libvirt keeps and does not use them. */
function variables({ os }: Domain): Problem[] {
  const { loader, loaderType } = os
  if (loader === undefined || loaderType === 'pflash' || !namesVariables(os)) return []
  const message = `only firmware in flash keeps variables: this has no effect; use <loader type='pflash'>`
  return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'os/nvram', message }]
}

/** Pins of vCPUs that cannot be are left out, as libvirt leaves them out without a word. */
function pins({ vcpus, cputune }: Domain): Problem[] {
  return (cputune?.vcpupins ?? []).flatMap(({ vcpu }, i): Problem[] =>
    vcpu < vcpus
      ? []
      : [
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: `cputune/vcpupin[${i + 1}]/@vcpu`,
            message: `the guest has vCPUs 0 to ${vcpus - 1}, and no ${vcpu}: the pin is left out`,
          },
        ],
  )
}

function memory({ memoryKiB, currentMemoryKiB, cpu }: Domain): Problem[] {
  if (memoryKiB === undefined || currentMemoryKiB === undefined || (cpu?.numa ?? []).length > 0)
    return []
  if (currentMemoryKiB <= memoryKiB) return []
  const message = `${currentMemoryKiB} KiB is more than the ${memoryKiB} KiB of <memory>; the guest gets ${memoryKiB} KiB`
  return [{ code: 'ERR_XML_ERROR', path: 'currentMemory', message }]
}

/** Two cards with one address: on two networks it works, on one it does not. */
function macs({ devices }: Domain): Problem[] {
  const seen = new Map<string, string>()
  return (devices.interface ?? []).flatMap(({ mac }, i): Problem[] => {
    if (mac === undefined) return []
    const path = `devices/interface[${i + 1}]`
    const other = seen.get(mac)
    seen.set(mac, path)
    if (other === undefined) return []
    return [
      {
        code: 'ERR_XML_ERROR',
        path: `${path}/mac/@address`,
        message: `MAC address ${mac} is already used by ${other}`,
      },
    ]
  })
}

function dumps({ onCrash }: Domain): Problem[] {
  if (onCrash !== 'coredump-destroy' && onCrash !== 'coredump-restart') return []
  const message = `no core is dumped: a guest that crashes is treated as by '${onCrash.slice('coredump-'.length)}'`
  return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'on_crash', message }]
}

/** libvirt's taints: from here on, what the guest does is not polyvirt's to promise. */
function taints({ qemuArgs = [], qemuEnvironment = [], qemuOverrides = [] }: Domain): Problem[] {
  const path = 'qemu:commandline'
  const found: Problem[] = []
  const add = (message: string): void =>
    void found.push({ code: 'ERR_CONFIG_UNSUPPORTED', path, message })
  if (qemuArgs.length > 0)
    add(
      `tainted (custom-argv): QEMU gets ${qemuArgs
        .map((one) => quote(one))
        .join(' ')
        .slice(0, 500)} as well`,
    )
  if (qemuOverrides.length > 0)
    found.push({
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'qemu:override',
      message: `tainted (custom-device): QEMU gets properties of its own for ${qemuOverrides
        .map(({ alias }) => quote(alias))
        .join(' ')
        .slice(0, 500)}`,
    })
  if (qemuEnvironment.length > 0) {
    add(
      `tainted (custom-env): QEMU gets ${qemuEnvironment
        .map(({ name }) => quote(name))
        .join(' ')
        .slice(0, 500)} in its environment`,
    )
  }
  return found
}
