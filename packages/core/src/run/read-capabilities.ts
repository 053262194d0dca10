import type { QemuCpu } from '../qemu/capabilities.ts'
import type { CpuDefinitionInfo, MachineInfo } from '../qmp/commands.ts'
import type { QmpClient } from '../qmp/index.ts'
import { QmpError } from '../qmp/index.ts'
import { askedDevices } from './qemu-capabilities.ts'
import type { ProbedMachine, QemuCapabilities, QuestionOptions } from './qemu-capabilities.ts'

type Properties = Readonly<Record<string, readonly string[]>>

/** Asks a QEMU that runs no guest for everything but KVM. */
export async function readCapabilities(
  qmp: QmpClient,
  questions: QuestionOptions = {},
): Promise<Omit<QemuCapabilities, 'kvm'>> {
  const { qemu, package: distributor } = qmp.version
  const { arch: target } = await qmp.execute('query-target')
  const machines = (await qmp.execute('query-machines')).map(readMachine).toSorted(byName)
  const devices = await typesOf(qmp, 'device')
  const accelerators = await typesOf(qmp, 'accel')
  const options = await qmp.execute('query-command-line-options')
  const commands = await qmp.execute('query-commands')
  return {
    version: { ...qemu, package: distributor },
    target,
    machines,
    cpus: await readCpus(qmp),
    accelerators: accelerators.map((type) => type.replace(/-accel$/, '')),
    devices,
    objects: await typesOf(qmp, 'user-creatable'),
    deviceProperties: await readDeviceProperties(qmp, devices, questions.devices ?? []),
    machineProperties: await readMachineProperties(qmp, machines, questions.machines ?? []),
    commandLineOptions: options.map(({ option }) => option).toSorted(),
    commands: commands.map(({ name }) => name).toSorted(),
  }
}

/** CPU models as the accelerator of this QEMU sees them; some targets cannot tell. */
export async function readCpus(qmp: QmpClient): Promise<readonly QemuCpu[]> {
  try {
    return (await qmp.execute('query-cpu-definitions')).map(readCpu).toSorted(byName)
  } catch (error) {
    if (error instanceof QmpError && error.qmpClass === 'CommandNotFound') return []
    throw error
  }
}

async function typesOf(qmp: QmpClient, type: string): Promise<readonly string[]> {
  const types = await qmp.execute('qom-list-types', { implements: type, abstract: false })
  // Older QEMUs list the abstract root itself, too.
  return types.flatMap(({ name }) => (name === type ? [] : [name])).toSorted()
}

async function readDeviceProperties(
  qmp: QmpClient,
  known: readonly string[],
  wanted: readonly string[],
): Promise<Properties> {
  const properties: Record<string, readonly string[]> = {}
  const types = new Set([...askedDevices, ...wanted])
  for (const typename of [...types].toSorted()) {
    if (!known.includes(typename)) continue
    properties[typename] = names(await qmp.execute('device-list-properties', { typename }))
  }
  return properties
}

async function readMachineProperties(
  qmp: QmpClient,
  known: readonly ProbedMachine[],
  wanted: readonly string[],
): Promise<Properties> {
  const properties: Record<string, readonly string[]> = {}
  for (const { name, alias } of known) {
    if (!wanted.includes(name) && (alias === undefined || !wanted.includes(alias))) continue
    const typename = `${name}-machine`
    properties[name] = names(await qmp.execute('qom-list-properties', { typename }))
  }
  return properties
}

function names(properties: readonly { readonly name: string }[]): readonly string[] {
  return properties.map(({ name }) => name).toSorted()
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

function readMachine(info: MachineInfo): ProbedMachine {
  const cpuType = info['default-cpu-type']
  const ramId = info['default-ram-id']
  return {
    name: info.name,
    ...(info.alias === undefined ? {} : { alias: info.alias }),
    cpuMax: info['cpu-max'],
    ...(cpuType === undefined ? {} : { defaultCpuType: cpuType }),
    ...(ramId === undefined ? {} : { defaultRamId: ramId }),
    hotpluggableCpus: info['hotpluggable-cpus'],
    numaMemSupported: info['numa-mem-supported'],
    deprecated: info.deprecated,
    isDefault: info['is-default'] === true,
    ...(info.acpi === undefined ? {} : { acpi: info.acpi }),
  }
}

function readCpu(info: CpuDefinitionInfo): QemuCpu {
  const unavailable = info['unavailable-features']
  return {
    name: info.name,
    typename: info.typename,
    ...(info.deprecated === true ? { deprecated: true } : {}),
    ...(unavailable === undefined ? {} : { unavailableFeatures: unavailable }),
  }
}
