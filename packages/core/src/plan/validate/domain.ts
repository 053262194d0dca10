import type { Problem } from '../../errors.ts'
import { quote, unsupported } from '../../errors.ts'
import { bootKinds } from '../boot-words.ts'
import { pathProblem } from './paths.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { mostVcpus } from '../most-vcpus.ts'
import type { PlanContext } from '../plan-context.ts'
import { lifecycleProblems } from './lifecycle.ts'

/** Longest single argument Linux passes on (MAX_ARG_STRLEN, include/uapi/linux/binfmts.h), in bytes. */
const maxArgumentBytes = 131_072

/** What concerns the domain as a whole. */
export function checkDomain(domain: AddressedDomain, context: PlanContext): Problem[] {
  return [
    ...checkType(domain, context),
    ...checkMemory(domain, context),
    ...checkVcpus(domain, context),
    ...checkBoot(domain),
    ...lifecycleProblems(domain),
    ...checkPassthrough(domain),
    ...checkClock(domain),
  ]
}

function wrong(path: string, message: string): Problem {
  return { code: 'ERR_XML_ERROR', path, message }
}

function checkClock({ clock }: AddressedDomain): Problem[] {
  if (clock?.offset === 'absolute' && clock.start === undefined)
    return [
      wrong('clock/@start', `a clock with offset='absolute' needs the second that it starts at`),
    ]
  if (clock?.offset !== 'timezone' || clock.timezone !== undefined) return []
  return [
    wrong(
      'clock/@timezone',
      `a clock with offset='timezone' needs a time zone: timezone='Europe/Berlin'`,
    ),
  ]
}

function checkType(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = []
  if (domain.os.type !== 'hvm') {
    problems.push(
      unsupported('os/type', `type ${quote(domain.os.type)} is not offered; polyvirt runs 'hvm'`),
    )
  }
  const { kvm } = context.capabilities
  if (domain.type === 'kvm') {
    const native = context.guest.kvmHosts.includes(context.host.arch)
    if (!native) {
      problems.push(
        unsupported(
          '@type',
          `KVM runs ${context.guest.name} only on ${context.guest.kvmHosts.join(' or ')} hosts, and this one is ${context.host.arch}; use type='qemu'`,
        ),
      )
    } else if (!kvm.present) {
      problems.push(
        unsupported(
          '@type',
          `KVM is not there: ${kvm.reason ?? 'this QEMU was built without it'}; use type='qemu'`,
        ),
      )
    }
  }
  return problems
}

function checkMemory(domain: AddressedDomain, context: PlanContext): Problem[] {
  const { profile } = context
  if (domain.memoryKiB === undefined || domain.memoryKiB === 0) {
    return [wrong('memory', 'the amount of memory is missing or 0')]
  }
  if (domain.memoryKiB < profile.minimumMemoryKiB) {
    return [
      unsupported(
        'memory',
        `${domain.memoryKiB} KiB is less than the ${profile.minimumMemoryKiB} KiB that ${profile.name} needs to reach its firmware`,
      ),
    ]
  }
  const { maximumMemoryKiB = Number.POSITIVE_INFINITY } = profile
  if (domain.memoryKiB > maximumMemoryKiB) {
    return [
      unsupported(
        'memory',
        `${domain.memoryKiB} KiB is more than the ${maximumMemoryKiB} KiB that ${profile.name} has addresses for`,
      ),
    ]
  }
  return []
}

function checkVcpus(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = []
  const { name } = context.machine
  const most = mostVcpus(context.machine, context.profile)
  if (domain.vcpus > most) {
    problems.push(
      unsupported(
        'vcpu',
        `${domain.vcpus} is more vCPUs than machine ${name} takes: ${most === 1 ? 'one' : `1 to ${most}`}`,
      ),
    )
  }
  const ids = new Set<number>()
  for (const [i, { id }] of (domain.iothreadIds ?? []).entries()) {
    if (ids.has(id))
      problems.push(
        wrong(`iothreadids/iothread[${i + 1}]/@id`, `I/O thread ${id} is already described`),
      )
    ids.add(id)
  }
  const numbers = new Set<number>()
  for (const [i, { id }] of (domain.vcpuList ?? []).entries()) {
    const path = `vcpus/vcpu[${i + 1}]/@id`
    if (id >= domain.vcpus)
      problems.push(wrong(path, `vCPU ${id} does not exist: <vcpu> says ${domain.vcpus}`))
    if (numbers.has(id)) problems.push(wrong(path, `vCPU ${id} is already described`))
    numbers.add(id)
  }
  if (domain.vcpuList?.some(({ id, enabled }) => id === 0 && !enabled) === true)
    problems.push(unsupported('vcpus/vcpu[1]/@enabled', 'a guest starts on vCPU 0'))
  if ((domain.vcpuCurrent ?? 0) > domain.vcpus) {
    problems.push(
      wrong('vcpu/@current', `${domain.vcpuCurrent} vCPUs cannot be online of ${domain.vcpus}`),
    )
  }
  return problems
}

function checkBoot(domain: AddressedDomain): Problem[] {
  const orders = bootKinds.flatMap((kind) =>
    (domain.devices[kind] ?? []).flatMap(({ bootOrder: order }, i) =>
      order === undefined ? [] : [{ order, path: `devices/${kind}[${i + 1}]/boot/@order` }],
    ),
  )
  const problems: Problem[] = []
  if (orders.length > 0 && (domain.os.boot ?? []).length > 0) {
    problems.push(
      unsupported(
        'os/boot',
        'a boot order on devices and <os><boot> exclude each other; keep one of them',
      ),
    )
  }
  const seen = new Map<number, string>()
  for (const { order, path } of orders) {
    const other = seen.get(order)
    if (other !== undefined)
      problems.push(wrong(path, `boot order ${order} is already used at ${other}`))
    seen.set(order, path)
  }
  for (const [key, value] of [
    ['kernel', domain.os.kernel],
    ['initrd', domain.os.initrd],
    ['dtb', domain.os.dtb],
    ['acpi/table', domain.os.acpiTable],
    ['loader', domain.os.loader],
    ['nvram', domain.os.nvram],
  ] as const) {
    const problem = value === undefined ? undefined : pathProblem(value)
    if (problem !== undefined) problems.push(wrong(`os/${key}`, problem))
  }
  if (
    domain.os.kernel === undefined &&
    (domain.os.initrd !== undefined || (domain.os.cmdline ?? '') !== '')
  ) {
    problems.push(wrong('os/kernel', 'an initrd or a command line needs a <kernel>'))
  }
  if (Buffer.byteLength(domain.os.cmdline ?? '') >= maxArgumentBytes) {
    problems.push(
      wrong('os/cmdline', `longer than the ${maxArgumentBytes} bytes that one argument may have`),
    )
  }
  return problems
}

/** Arguments that would take the guest out of our hands. */
const ownArguments =
  /^--?(?:daemonize|sandbox|qmp|qmp-pretty|monitor|mon|pidfile|S|incoming|chroot|runas|readconfig|writeconfig|name|uuid|run-with|action|no-shutdown|no-reboot|preconfig|plugin|dump-vmstate|version|help|h)(?:$|=)/

/** A monitor on a character device of the user's own is one more, as guides have them. */
function isOtherMonitor(argument: string, value = ''): boolean {
  const chardev = /^(?:chardev=)?([A-Za-z][\w.-]*)(?:,|$)/.exec(value)?.[1]
  return argument === '-mon' && chardev !== undefined && !/^char(?:monitor|events)$/.test(chardev)
}

/** What the value of a property of each type looks like. */
const values: Readonly<Record<string, RegExp>> = {
  unsigned: /^\d{1,15}$/,
  signed: /^-?\d{1,15}$/,
  bool: /^(?:true|false)$/,
}

function checkPassthrough(domain: AddressedDomain): Problem[] {
  const problems: Problem[] = []
  for (const [i, argument] of (domain.qemuArgs ?? []).entries()) {
    const path = `qemu:commandline/qemu:arg[${i + 1}]/@value`
    if (ownArguments.test(argument) && !isOtherMonitor(argument, domain.qemuArgs?.[i + 1]))
      problems.push(
        unsupported(path, `${quote(argument)} belongs to polyvirt and cannot be passed through`),
      )
    if (argument.includes('\0'))
      problems.push(wrong(path, 'an argument cannot hold a NUL character'))
    if (Buffer.byteLength(argument) >= maxArgumentBytes)
      problems.push(
        wrong(path, `longer than the ${maxArgumentBytes} bytes that one argument may have`),
      )
  }
  for (const [i, one] of (domain.qemuOverrides ?? []).entries())
    for (const [n, { name, type, value = '' }] of (one.properties ?? []).entries()) {
      const path = `qemu:override/qemu:device[${i + 1}]/qemu:frontend/qemu:property[${n + 1}]`
      if (name === 'id')
        problems.push(
          unsupported(`${path}/@name`, `'id' belongs to polyvirt: it is how it finds the device`),
        )
      if (type !== 'remove' && !(values[type ?? 'string'] ?? /^/).test(value))
        problems.push(wrong(`${path}/@value`, `${quote(value)} is not of type '${type ?? ''}'`))
    }
  for (const [i, { name }] of (domain.qemuEnvironment ?? []).entries()) {
    const path = `qemu:commandline/qemu:env[${i + 1}]/@name`
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      problems.push(wrong(path, `${quote(name)} is not the name of an environment variable`))
    else if (name.startsWith('LD_'))
      problems.push(unsupported(path, `${name} would load code into QEMU and is refused`))
  }
  return problems
}
