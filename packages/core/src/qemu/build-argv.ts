import type { Effects } from '../arch/effects.ts'
import type { Disk } from '../domain/devices/disk.ts'
import type { CpuArgument } from '../arch/cpu-driver.ts'
import { cpuContext } from '../plan/defaults/cpu.ts'
import type { ArgvContext, Argument } from './argv-context.ts'
import { machineLoadparm } from '../plan/boot-words.ts'
import { bootArguments, withBootOrder } from './boot-order.ts'
import { rtcOption } from './clock-argv.ts'
import { collectEffects } from './effects.ts'
import {
  channelArguments,
  consoleArguments,
  parallelArguments,
  serialArguments,
} from './devices/chardev-argv.ts'
import { cardReaderArguments, controllerArguments } from './devices/controller-argv.ts'
import { diskArguments } from './devices/disk-argv.ts'
import { numberImages } from './devices/image-nodes.ts'
import { graphicsArguments, videoArguments } from './devices/display-argv.ts'
import { interfaceArguments } from './devices/network-argv.ts'
import { audioArguments } from './devices/audio-argv.ts'
import {
  hubArguments,
  inputArguments,
  memballoonArguments,
  nvramArguments,
  panicArguments,
  rngArguments,
  soundArguments,
  watchdogArguments,
} from './devices/small-argv.ts'
import { escapeComma, jsonOption, keyValueOption } from './option-string.ts'
import type { Options } from './option-string.ts'
import { endsItself } from '../plan/own-end.ts'
import { isPlainSecurity } from '../plan/launch-security.ts'
import { iothreadsOf } from '../plan/defaults/iothreads.ts'
import type { ThreadPool } from '../domain/tuning.ts'
import { firmwareArguments, flashOptions, secureFlash } from './firmware-argv.ts'
import { memoryObjects } from './memory-backend.ts'
import { hasMatrix, memoryLayout } from './memory-layout.ts'
import { withFunctionIds } from './function-ids.ts'
import { deprecationArguments, overridden } from './overrides.ts'
import { sysinfoArguments } from './smbios-argv.ts'
import { filesystemArguments } from './devices/filesystem-argv.ts'
import { hostdevArguments } from './devices/hostdev-argv.ts'
import { memoryDeviceArguments, shmemArguments } from './devices/memory-argv.ts'
import { cryptoArguments, iommuArguments, vsockArguments } from './devices/rare-argv.ts'
import { tpmArguments } from './devices/tpm-argv.ts'
import { redirdevArguments, smartcardArguments } from './devices/usb-argv.ts'

/**
 * The QEMU command line of a domain whose validity is proven: libvirt 9.0's, option for option and
 * in its order, so that one can be laid beside the other. Decides nothing and cannot fail.
 */
export function buildArgv(given: ArgvContext): readonly string[] {
  const { domain, plan } = given
  const args = domainArguments(given)
  // Where a device that is passed through stands among the others decides over its slot.
  const at = args.findIndex(([option]) => option === '-sandbox')
  return [
    plan.emulator,
    ...args.slice(0, at).flat(),
    ...(domain.qemuArgs ?? []),
    ...args.slice(at).flat(),
  ]
}

/** The same, option by option, without what the document adds as it stands. */
export function domainArguments(given: ArgvContext): readonly Argument[] {
  const context = { ...given, domain: withBootOrder(given.domain) }
  const { domain, plan } = context
  const effects = collectEffects(context)
  const cpu =
    domain.cpu === undefined
      ? undefined
      : plan.arch.cpu.argument(domain.cpu, cpuContext(domain, plan))
  const args: Argument[] = [
    ...deprecationArguments(domain),
    ...identity(context),
    ['-machine', machineOption(context, effects, cpu)],
    ['-accel', acceleratorOption(context)],
    ...cpuArguments(effects, cpu),
    ...memoryArguments(context),
    ...threadArguments(context),
    ['-uuid', domain.uuid],
    ...generationId(context),
    ...sysinfoArguments(context),
    ...displayNone(context),
    ['-no-user-config'],
    ['-nodefaults'],
    ...monitorArguments(context),
    ['-rtc', rtcOption(context)],
    ...(effects.options ?? [])
      .filter((option) => option !== '-no-acpi')
      .map((option): Argument => [option]),
    ...secureFlash(context),
    ...(effects.global ?? []).map((value): Argument => ['-global', value]),
    ['-no-shutdown'],
    ...powerManagement(context),
    ...(effects.options ?? [])
      .filter((option) => option === '-no-acpi')
      .map((option): Argument => [option]),
    ...bootArguments(context),
    ...firmwareArguments(context),
    ...deviceArguments(context, effects),
    ...(context.runtime.incoming === true ? [['-incoming', 'defer'] as const] : []),
    ['-sandbox', sandbox],
    ...panicArguments(context),
    ...shmemArguments(context),
    ...securityArguments(context),
    ...cryptoArguments(context),
    ...vsockArguments(context),
    ['-msg', 'timestamp=on'],
    ...pidFile(context),
  ]
  return withFunctionIds(overridden(args, domain), context)
}

/** The number by which a guest notices that it went back in time. */
function generationId({ domain }: ArgvContext): Argument[] {
  const { genid } = domain
  if (genid === undefined) return []
  return [['-device', jsonOption({ driver: 'vmgenid', guid: genid, id: 'vmgenid0' })]]
}

/** libvirt's id of the object that keeps the guest's memory from the host. */
const securityId = 'lsec0'

/** Launch security that is told by its name alone. */
function securityArguments({ domain }: ArgvContext): Argument[] {
  if (!isPlainSecurity(domain)) return []
  const type = `${domain.launchSecurity?.type ?? ''}-guest`
  return [['-object', jsonOption({ 'qom-type': type, id: securityId })]]
}

/** QEMU removes it whenever it ends in order, also where it says nothing and leaves its monitor. */
function pidFile({ plan, runtime }: ArgvContext): Argument[] {
  return endsItself(plan) ? [['-pidfile', `${runtime.paths.stateDir}/qemu.pid`]] : []
}

/** seccomp: what QEMU never needs once it runs (libvirt's four denials). */
const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

function identity(context: ArgvContext): Argument[] {
  const { stateDir } = context.runtime.paths
  const secret = {
    'qom-type': 'secret',
    id: 'masterKey0',
    format: 'raw',
    file: `${stateDir}/master-key.aes`,
  }
  return [
    ['-name', `guest=${escapeComma(context.domain.name)},debug-threads=on`],
    ['-S'],
    ['-object', jsonOption(secret)],
  ]
}

function machineOption(
  context: ArgvContext,
  effects: Effects,
  cpu: CpuArgument | undefined,
): string {
  const { domain, plan } = context
  const { backend } = memoryLayout(domain, plan)
  return keyValueOption(plan.machine.name, {
    usb: false,
    ...effects.machine,
    'dump-guest-core': domain.dumpCore ?? false,
    'mem-merge': domain.memoryBacking?.nosharepages === true ? false : undefined,
    'memory-backend': backend,
    loadparm: machineLoadparm(domain, plan),
    'confidential-guest-support': isPlainSecurity(domain) ? securityId : undefined,
    ...cpu?.machine,
    hmat: domain.cpu !== undefined && hasMatrix(domain.cpu) ? true : undefined,
    nvdimm: (domain.devices.memory ?? []).some((one) => one.model === 'nvdimm') ? true : undefined,
    graphics: domain.os.biosUseserial === true ? false : undefined,
    ...flashOptions(domain),
  })
}

function acceleratorOption({ domain }: ArgvContext): string {
  const cache = domain.features?.tcgTbCacheKiB
  const ring = domain.features?.kvmDirtyRing === true ? domain.features.kvmDirtyRingSize : undefined
  if (domain.type === 'kvm') return ring === undefined ? 'kvm' : `kvm,dirty-ring-size=${ring}`
  return cache === undefined ? 'tcg' : `tcg,tb-size=${Math.floor(cache / 1024)}`
}

function cpuArguments(effects: Effects, cpu: CpuArgument | undefined): Argument[] {
  const flags = [
    ...(cpu?.flags ?? []),
    ...Object.entries(effects.cpu ?? {}),
    ...(cpu?.lastFlags ?? []),
  ]
  const model = cpu?.model
  if (model === undefined) return []
  return [
    ['-cpu', [escapeComma(model), ...flags.map(([k, v]) => `${k}=${escapeComma(v)}`)].join(',')],
  ]
}

function memoryArguments(context: ArgvContext): Argument[] {
  const { domain, plan } = context
  const layout = memoryLayout(domain, plan)
  const { maxMemoryKiB, maxMemorySlots } = domain
  const most =
    maxMemoryKiB === undefined
      ? 0
      : Math.ceil(maxMemoryKiB / plan.profile.memoryStepKiB) * plan.profile.memoryStepKiB
  const amount =
    maxMemorySlots === undefined
      ? String(Math.floor(layout.totalKiB / 1024))
      : `size=${layout.totalKiB}k,slots=${maxMemorySlots},maxmem=${most}k`
  const args: Argument[] = [['-m', amount]]
  for (const block of layout.blocks) {
    for (const object of memoryObjects(context, block)) args.push(['-object', jsonOption(object)])
    const node = layout.nodes.find(({ cell }) => cell === block.cell)
    if (node !== undefined) args.push(['-numa', node.option])
  }
  // Cells without memory of their own have no block to stand beside.
  for (const { cell, option } of layout.nodes)
    if (layout.blocks.every((block) => block.cell !== cell)) args.push(['-numa', option])
  args.push(...layout.numa.map((value): Argument => ['-numa', value]))
  args.push(['-overcommit', `mem-lock=${domain.memoryBacking?.locked === true ? 'on' : 'off'}`])
  return args
}

function threadArguments({ domain }: ArgvContext): Argument[] {
  const { topology } = domain.cpu ?? {}
  // vCPUs that can be unplugged are plugged in, one by one, before the guest runs.
  const fixed = domain.vcpuList?.filter((one) => one.enabled && one.hotpluggable !== true).length
  const online = fixed ?? domain.vcpuCurrent ?? domain.vcpus
  const hotplug = online < domain.vcpus ? domain.vcpus : undefined
  const shape: Options =
    topology === undefined
      ? { sockets: domain.vcpus, cores: 1, threads: 1 }
      : {
          sockets: topology.sockets,
          dies: topology.dies ?? 1,
          cores: topology.cores,
          threads: topology.threads,
        }
  const smp: Argument = ['-smp', keyValueOption(String(online), { maxcpus: hotplug, ...shape })]
  const threads = iothreadsOf(domain).map((thread): Argument => {
    return [
      '-object',
      jsonOption({ 'qom-type': 'iothread', id: `iothread${thread.id}`, ...pool(thread) }),
    ]
  })
  const { defaultIothread } = domain
  if (defaultIothread !== undefined) {
    threads.push([
      '-object',
      jsonOption({ 'qom-type': 'main-loop', id: 'main-loop', ...pool(defaultIothread) }),
    ])
  }
  return [smp, ...threads]
}

function pool({ threadPoolMin, threadPoolMax }: ThreadPool): Options {
  return { 'thread-pool-min': threadPoolMin, 'thread-pool-max': threadPoolMax }
}

function displayNone({ domain }: ArgvContext): Argument[] {
  return (domain.devices.graphics ?? []).length === 0 ? [['-display', 'none']] : []
}

function monitorArguments(context: ArgvContext): Argument[] {
  const path = `${context.runtime.paths.stateDir}/monitor.sock`
  return [
    ['-chardev', keyValueOption('socket', { id: 'charmonitor', path, server: true, wait: false })],
    ['-mon', 'chardev=charmonitor,id=monitor,mode=control'],
  ]
}

function powerManagement(context: ArgvContext): Argument[] {
  const device = context.plan.profile.powerManagement
  if (device === undefined) return []
  const { pmSuspendToMem, pmSuspendToDisk } = context.domain
  const off = (property: string, enabled: boolean | undefined): Argument[] =>
    enabled === undefined ? [] : [['-global', `${device}.${property}=${enabled ? 0 : 1}`]]
  return [...off('disable_s3', pmSuspendToMem), ...off('disable_s4', pmSuspendToDisk)]
}

function deviceArguments(context: ArgvContext, effects: Effects): Argument[] {
  const disks = context.domain.devices.disk ?? []
  const numbers = numberImages(disks)
  return [
    ...iommuArguments(context),
    ...controllerArguments(context),
    ...memoryDeviceArguments(context),
    ...hubArguments(context),
    ...cardReaderArguments(context),
    ...reservationHelper(disks, context),
    ...disks.flatMap((disk) => diskArguments(context, disk, numbers.get(disk))),
    ...filesystemArguments(context),
    ...interfaceArguments(context),
    ...smartcardArguments(context),
    ...serialArguments(context),
    ...parallelArguments(context),
    ...channelArguments(context),
    ...consoleArguments(context),
    ...tpmArguments(context),
    ...inputArguments(context),
    ...audioArguments(context),
    ...graphicsArguments(context),
    ...videoArguments(context),
    ...soundArguments(context),
    ...watchdogArguments(context),
    ...redirdevArguments(context),
    ...hostdevArguments(context),
    ...memballoonArguments(context),
    ...rngArguments(context),
    ...nvramArguments(context),
    ...(effects.devices ?? []).map((device): Argument => [
      '-device',
      jsonOption(typeof device === 'string' ? { driver: device } : device),
    ]),
  ]
}

/** The helper that holds persistent reservations for every disk that leaves it to polyvirt. */
function reservationHelper(disks: readonly Disk[], { runtime }: ArgvContext): Argument[] {
  const all = disks.flatMap((disk) => {
    const { reservations } = disk.source ?? {}
    return reservations === undefined ? [] : [{ disk, reservations }]
  })
  const own = all
    .filter(({ reservations }) => reservations.managed === false)
    .map(({ disk, reservations }) => ({
      id: `pr-helper-${disk.alias ?? ''}`,
      path: reservations.path,
    }))
  const shared = all.some(({ reservations }) => reservations.managed !== false)
    ? [{ id: 'pr-helper0', path: `${runtime.paths.stateDir}/pr-helper0.sock` }]
    : []
  return [...shared, ...own].map((one): Argument => [
    '-object',
    jsonOption({ 'qom-type': 'pr-manager-helper', ...one }),
  ])
}
