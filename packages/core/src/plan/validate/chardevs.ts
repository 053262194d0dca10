import type { CharBackend } from '../../domain/devices/chardev.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import { lookUp } from '../allow-list.ts'
import type { PlanContext } from '../plan-context.ts'
import { outputProblem, pathProblem } from './paths.ts'
import type { AddressedDomain } from '../assign-addresses.ts'

/** Longest path of a unix socket: `sun_path` less its NUL (unix(7)). */
export const maxSocketPathBytes = 107

/** Kinds of host ends that QEMU has on Linux. */
const chardevTypes: readonly string[] = [
  'pty',
  'file',
  'unix',
  'tcp',
  'udp',
  'null',
  'dev',
  'pipe',
  'stdio',
  'spicevmc',
  'spiceport',
  'vc',
  'qemu-vdagent',
  'dbus',
]

/** The host's ends of character devices. */
export function checkChardevs(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = [
    ...serialModels(domain, context),
    ...serialConsoles(domain),
    ...serialPorts(domain),
    ...otherBackends(domain),
  ]
  const names = new Map<string, string>()
  for (const kind of ['serial', 'parallel', 'console', 'channel'] as const) {
    for (const [i, device] of (domain.devices[kind] ?? []).entries()) {
      const path = `devices/${kind}[${i + 1}]`
      if (
        kind === 'console' &&
        i === 0 &&
        (domain.devices.serial ?? []).length > 0 &&
        (device as { targetType?: string }).targetType === 'serial'
      )
        continue
      problems.push(...checkBackend(device, path))
      if (kind === 'channel') {
        const { name, targetType } = device as { name?: string; targetType?: string }
        if (targetType === 'virtio' && name !== undefined) {
          if (!/^[A-Za-z0-9_.-]+$/.test(name) || name === '.' || name === '..') {
            problems.push({
              code: 'ERR_XML_ERROR',
              path: `${path}/target/@name`,
              message: `${quote(name)} is not a channel name: letters, digits and _ . -`,
            })
          }
          const other = names.get(name)
          if (other !== undefined)
            problems.push({
              code: 'ERR_XML_ERROR',
              path: `${path}/target/@name`,
              message: `channel ${quote(name)} is already given at ${other}`,
            })
          names.set(name, path)
        }
        if (
          targetType === 'guestfwd' &&
          ((device as { guestAddress?: string }).guestAddress === undefined ||
            (device as { guestPort?: number }).guestPort === undefined)
        ) {
          problems.push({
            code: 'ERR_XML_ERROR',
            path: `${path}/target`,
            message: 'guestfwd needs an address and a port',
          })
        } else if (targetType === 'guestfwd') {
          const { guestAddress = '' } = device as { guestAddress?: string }
          if (!/^10\.0\.2\.(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/.test(guestAddress))
            problems.push({
              code: 'ERR_CONFIG_UNSUPPORTED',
              path: `${path}/target/@address`,
              message: `${quote(guestAddress)} is not an address of QEMU's user network, 10.0.2.0/24`,
            })
        }
      }
    }
  }
  return problems
}

/** Devices that are no character devices and have the end of one on the host. */
function otherBackends({ devices }: AddressedDomain): Problem[] {
  return [
    ...(devices.redirdev ?? []).flatMap((one, i) =>
      checkBackend(one, `devices/redirdev[${i + 1}]`),
    ),
    ...(devices.smartcard ?? []).flatMap((one, i) =>
      one.type === undefined
        ? []
        : checkBackend({ ...one, type: one.type }, `devices/smartcard[${i + 1}]`),
    ),
    ...(devices.rng ?? []).flatMap(({ backend, egdType, egdSources }, i): Problem[] => {
      const path = `devices/rng[${i + 1}]/backend`
      if (backend !== 'egd') return []
      if (egdType !== undefined)
        return checkBackend({ type: egdType, ...(egdSources && { sources: egdSources }) }, path)
      const message = `how the daemon is reached is not said: type='udp', 'tcp' or 'unix'`
      return [{ code: 'ERR_XML_ERROR', path: `${path}/@type`, message }]
    }),
  ]
}

/** Each kind of serial port is one device of QEMU's. */
function serialModels(domain: AddressedDomain, context: PlanContext): Problem[] {
  return (domain.devices.serial ?? []).flatMap(({ targetType = '', targetModel }, i): Problem[] => {
    const model = lookUp('serial', targetType, context)
    const name = model?.modelName ?? model?.driver
    if (name === undefined || targetModel === undefined) return []
    const names = [name, ...(model?.forms ?? [])]
    if (names.includes(targetModel)) return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `devices/serial[${i + 1}]/target/model/@name`,
        message: `the model of a '${targetType}' port is ${names.map((one) => `'${one}'`).join(' or ')}, not ${quote(targetModel)}`,
      },
    ]
  })
}

/** Each port of a PC's is one place. */
function serialPorts({ devices }: AddressedDomain): Problem[] {
  const seen = new Map<number, string>()
  return (devices.serial ?? []).flatMap(({ targetType, port }, i): Problem[] => {
    if (targetType !== 'isa-serial' || port === undefined) return []
    const path = `devices/serial[${i + 1}]`
    const other = seen.get(port)
    seen.set(port, path)
    if (other === undefined) return []
    const message = `serial port ${port} is already given at ${other}`
    return [{ code: 'ERR_XML_ERROR', path: `${path}/target/@port`, message }]
  })
}

function serialConsoles(domain: AddressedDomain): Problem[] {
  return (domain.devices.console ?? []).flatMap(({ targetType }, i): Problem[] =>
    i > 0 && targetType === 'serial'
      ? [
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: `devices/console[${i + 1}]/target/@type`,
            message: `only the first console is a serial port; use type='virtio', or a <serial>`,
          },
        ]
      : [],
  )
}

function checkBackend(backend: CharBackend, path: string): Problem[] {
  const problems: Problem[] = []
  const add = (below: string, message: string, code: Problem['code'] = 'ERR_XML_ERROR'): void => {
    problems.push({ code, path: `${path}/${below}`, message })
  }
  if (!chardevTypes.includes(backend.type)) {
    add(
      '@type',
      `type '${backend.type}' is not offered; offered: ${chardevTypes.join(', ')}`,
      'ERR_CONFIG_UNSUPPORTED',
    )
    return problems
  }
  const [source] = backend.sources ?? []
  const channel = path.startsWith('devices/channel')
  const wantsPath =
    backend.type === 'file' ||
    backend.type === 'dev' ||
    backend.type === 'pipe' ||
    (backend.type === 'unix' && !channel)
  if (wantsPath && source?.path === undefined)
    add('source/@path', `type '${backend.type}' needs a <source path='…'/>`)
  if (source?.path !== undefined && backend.type !== 'pty') {
    const problem = backend.type === 'file' ? outputProblem(source.path) : pathProblem(source.path)
    if (problem !== undefined) add('source/@path', problem)
    if (backend.type === 'unix' && Buffer.byteLength(source.path) > maxSocketPathBytes) {
      add(
        'source/@path',
        `a socket path has at most ${maxSocketPathBytes} bytes; this one has ${Buffer.byteLength(source.path)}`,
      )
    }
  }
  const log = backend.logFile === undefined ? undefined : outputProblem(backend.logFile)
  if (log !== undefined) add('log/@file', log)
  for (const one of backend.sources ?? []) {
    if (one.reconnectEnabled === true && one.mode === 'bind')
      add('source/reconnect', `who listens does not call again; use mode='connect'`)
    if (one.reconnectEnabled === true && one.reconnectTimeout === 0)
      add(
        'source/reconnect/@timeout',
        `0 seconds are no time to wait; use enabled='no', or 1 and more`,
      )
    if (one.service !== undefined && !isPort(one.service)) {
      add('source/@service', `${quote(one.service)} is not a port from 0 to 65535`)
    }
  }
  if (backend.type === 'tcp' && (source?.host === undefined || source.service === undefined)) {
    add('source', `type 'tcp' needs <source host='…' service='…'/>`)
  }
  if (backend.type === 'udp') {
    const to = backend.sources?.find(({ mode }) => mode !== 'bind')
    if (to?.service === undefined)
      add('source/@service', `type 'udp' needs <source mode='connect' host='…' service='…'/>`)
  }
  if (backend.type === 'spiceport' && source?.channel === undefined)
    add('source/@channel', `type 'spiceport' needs a channel`)
  return problems
}

function isPort(service: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(service) && Number(service) <= 65535
}
