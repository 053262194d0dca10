import type { CpuProperties, QemuCpu } from '../qemu/capabilities.ts'
import type { CpuDefinitionInfo, MachineInfo } from '../qmp/commands.ts'
import type { QmpClient } from '../qmp/index.ts'
import { QmpError } from '../qmp/index.ts'
import type { ProbedMachine, QemuCapabilities, QuestionOptions } from './qemu-capabilities.ts'

type Properties = Readonly<Record<string, readonly string[]>>

/** Asks a QEMU that runs no guest for everything but KVM. */
export async function readCapabilities(
  qmp: QmpClient,
  questions: QuestionOptions = {},
): Promise<Omit<QemuCapabilities, 'kvm'>> {
  const { qemu, package: distributor } = qmp.version
  // QEMU answers one after the other; asking all at once saves the way there and back.
  const [{ arch: target }, infos, devices, accelerators, objects, options, commands, cpus] =
    await Promise.all([
      qmp.execute('query-target'),
      qmp.execute('query-machines'),
      typesOf(qmp, 'device'),
      typesOf(qmp, 'accel'),
      typesOf(qmp, 'user-creatable'),
      qmp.execute('query-command-line-options'),
      qmp.execute('query-commands'),
      readCpus(qmp),
    ])
  const machines = infos.map(readMachine).toSorted(byName)
  const [deviceProperties, machineProperties, widest] = await Promise.all([
    readDeviceProperties(qmp, devices, questions.devices ?? []),
    readMachineProperties(qmp, machines, questions.machines ?? []),
    expandCpu(qmp, 'max', cpus),
  ])
  return {
    version: { ...qemu, package: distributor },
    target,
    machines,
    cpus,
    ...(widest === undefined ? {} : { widestCpu: { qemu: widest.properties } }),
    ...(widest?.model === undefined ? {} : { widestModel: { qemu: widest.model } }),
    accelerators: accelerators.map((type) => type.replace(/-accel$/, '')),
    devices,
    objects,
    deviceProperties,
    machineProperties,
    commandLineOptions: options.map(({ option }) => option).toSorted(),
    commands: commands.map(({ name }) => name).toSorted(),
  }
}

/** CPU models as the accelerator of this QEMU sees them; some targets cannot tell. */
export async function readCpus(qmp: QmpClient): Promise<readonly QemuCpu[]> {
  try {
    return (await qmp.execute('query-cpu-definitions')).map(readCpu).toSorted(byName)
  } catch (error) {
    if (error instanceof QmpError && error.qmpClass === 'CommandNotFound') return cpuTypes(qmp)
    throw error
  }
}

/** Models by the names of their types, `MODEL-TARGET-cpu`, for a QEMU that has no list of models. */
async function cpuTypes(qmp: QmpClient): Promise<readonly QemuCpu[]> {
  const types = await typesOf(qmp, 'cpu')
  return types
    .flatMap((typename): readonly QemuCpu[] => {
      const name = /^(.+)-[a-z0-9_]+-cpu$/.exec(typename)?.[1]
      return name === undefined ? [] : [{ name, typename }]
    })
    .toSorted(byName)
}

/** A CPU with everything that QEMU says of it. */
export interface ExpandedCpu {
  readonly properties: CpuProperties
  /** The model that QEMU names in its answer, where that is not the one that was asked about. */
  readonly model?: string
}

/**
 * All properties of a CPU model as this accelerator would give it. Some targets have no such
 * question, or no such model.
 */
export async function expandCpu(
  qmp: QmpClient,
  name: string,
  cpus: readonly QemuCpu[],
): Promise<ExpandedCpu | undefined> {
  if (!cpus.some((cpu) => cpu.name === name)) return undefined
  // Some targets know only the second kind.
  return (await expandAs(qmp, 'full', name)) ?? (await expandAs(qmp, 'static', name))
}

async function expandAs(
  qmp: QmpClient,
  type: 'full' | 'static',
  name: string,
): Promise<ExpandedCpu | undefined> {
  try {
    const { model } = await qmp.execute('query-cpu-model-expansion', { type, model: { name } })
    const properties = Object.fromEntries(
      Object.entries(model.props ?? {}).flatMap(([key, value]) =>
        typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
          ? [[key, value] as const]
          : [],
      ),
    )
    return { properties, ...(model.name !== name && { model: model.name }) }
  } catch (error) {
    if (error instanceof QmpError) return undefined
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
  const types = wanted.filter((type) => known.includes(type))
  return Object.fromEntries(
    await Promise.all(
      types.toSorted().map(async (typename) => {
        const list = await qmp.execute('device-list-properties', { typename })
        return [typename, names(list)] as const
      }),
    ),
  )
}

async function readMachineProperties(
  qmp: QmpClient,
  known: readonly ProbedMachine[],
  wanted: readonly string[],
): Promise<Properties> {
  const asked = known.filter(
    ({ name, alias }) => wanted.includes(name) || (alias !== undefined && wanted.includes(alias)),
  )
  return Object.fromEntries(
    await Promise.all(
      asked.map(async ({ name }) => {
        const list = await qmp.execute('qom-list-properties', { typename: `${name}-machine` })
        return [name, names(list)] as const
      }),
    ),
  )
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
