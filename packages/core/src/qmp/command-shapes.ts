import type {
  BlockInfo,
  BlockStatsInfo,
  ChardevInfo,
  CommandLineOptionInfo,
  CpuDefinitionInfo,
  CpuInfoFast,
  CpuModelInfo,
  DirtyBitmapInfo,
  HotpluggableCpu,
  ImageInfo,
  IoThreadInfo,
  MachineInfo,
  MemoryDeviceInfo,
  ObjectPropertyInfo,
  ObjectTypeInfo,
  PciBusInfo,
  PciDeviceInfo,
  QmpCommandName,
  QmpReturn,
  RxFilterInfo,
  SpiceInfo,
  StatusInfo,
  VncInfo,
} from './commands.ts'
import { versionShape } from './greeting.ts'
import {
  array,
  boolean,
  nothing,
  number,
  object,
  optional,
  record,
  string,
  unknownValue,
} from './shape.ts'
import type { RequiredShape, Shape } from './shape.ts'

const property = object<ObjectPropertyInfo>({
  name: string,
  type: string,
  description: optional(string),
  'default-value': optional(unknownValue),
})

const cpuModel = object<CpuModelInfo>({ name: string, props: optional(record) })

const pciDevice = object<PciDeviceInfo>({
  bus: number,
  slot: number,
  function: number,
  qdev_id: string,
  id: object<PciDeviceInfo['id']>({ vendor: number, device: number }),
  class_info: object<PciDeviceInfo['class_info']>({ class: number, desc: optional(string) }),
  pci_bridge: optional(record),
})

const image: RequiredShape<ImageInfo> = object<ImageInfo>({
  filename: string,
  format: string,
  'virtual-size': optional(number),
  'actual-size': optional(number),
  'backing-image': {
    optional: true,
    problem: (value, path) => image.problem(value, path),
  },
})

const blockStats: RequiredShape<BlockStatsInfo> = object<BlockStatsInfo>({
  qdev: optional(string),
  'node-name': optional(string),
  stats: record,
  parent: optional(object<NonNullable<BlockStatsInfo['parent']>>({ stats: record })),
  backing: {
    optional: true,
    problem: (value, path) => blockStats.problem(value, path),
  },
})

const dirtyBitmap = object<DirtyBitmapInfo>({
  name: optional(string),
  count: number,
  recording: boolean,
  persistent: boolean,
  inconsistent: optional(boolean),
})

/** What each command must return; a missing or wrong entry is a compile error. */
export const returnShapes: { readonly [Name in QmpCommandName]: Shape<QmpReturn<Name>> } = {
  qmp_capabilities: nothing,
  'query-status': object<StatusInfo>({ status: string, running: boolean }),
  'query-version': versionShape,
  'query-target': object<QmpReturn<'query-target'>>({ arch: string }),
  'query-kvm': object<QmpReturn<'query-kvm'>>({ enabled: boolean, present: boolean }),
  'query-name': object<QmpReturn<'query-name'>>({ name: optional(string) }),
  'query-uuid': object<QmpReturn<'query-uuid'>>({ UUID: string }),
  'query-commands': array(object<{ readonly name: string }>({ name: string })),
  'query-machines': array(
    object<MachineInfo>({
      name: string,
      alias: optional(string),
      'is-default': optional(boolean),
      'cpu-max': number,
      'hotpluggable-cpus': boolean,
      'numa-mem-supported': boolean,
      deprecated: boolean,
      'default-cpu-type': optional(string),
      'default-ram-id': optional(string),
      acpi: optional(boolean),
    }),
  ),
  'query-current-machine': object<QmpReturn<'query-current-machine'>>({
    'wakeup-suspend-support': boolean,
  }),
  'query-cpu-definitions': array(
    object<CpuDefinitionInfo>({
      name: string,
      typename: string,
      static: boolean,
      'migration-safe': optional(boolean),
      'unavailable-features': optional(array(string)),
      'alias-of': optional(string),
      deprecated: optional(boolean),
    }),
  ),
  'query-cpu-model-expansion': object<QmpReturn<'query-cpu-model-expansion'>>({ model: cpuModel }),
  'query-command-line-options': array(
    object<CommandLineOptionInfo>({
      option: string,
      parameters: array(
        object<CommandLineOptionInfo['parameters'][number]>({
          name: string,
          type: string,
          help: optional(string),
          default: optional(string),
        }),
      ),
    }),
  ),
  'query-qmp-schema': array(record),
  'query-chardev': array(
    object<ChardevInfo>({ label: string, filename: string, 'frontend-open': boolean }),
  ),
  'query-vnc': object<VncInfo>({
    enabled: boolean,
    host: optional(string),
    service: optional(string),
    family: optional(string),
    auth: optional(string),
  }),
  'query-spice': object<SpiceInfo>({
    enabled: boolean,
    host: optional(string),
    port: optional(number),
    'tls-port': optional(number),
  }),
  'query-balloon': object<QmpReturn<'query-balloon'>>({ actual: number }),
  'query-block': array(
    object<BlockInfo>({
      device: string,
      qdev: optional(string),
      removable: boolean,
      locked: boolean,
      tray_open: optional(boolean),
      'io-status': optional(string),
      inserted: optional(
        object<NonNullable<BlockInfo['inserted']>>({
          file: string,
          'node-name': optional(string),
          ro: boolean,
          drv: string,
          image: optional(image),
          'dirty-bitmaps': optional(array(dirtyBitmap)),
        }),
      ),
    }),
  ),
  'query-blockstats': array(blockStats),
  'query-pci': array(object<PciBusInfo>({ bus: number, devices: array(pciDevice) })),
  'query-cpus-fast': array(
    object<CpuInfoFast>({
      'cpu-index': number,
      'qom-path': string,
      'thread-id': number,
      target: string,
      props: optional(record),
    }),
  ),
  'query-hotpluggable-cpus': array(
    object<HotpluggableCpu>({
      type: string,
      'vcpus-count': number,
      props: record,
      'qom-path': optional(string),
    }),
  ),
  'query-memory-size-summary': object<QmpReturn<'query-memory-size-summary'>>({
    'base-memory': number,
    'plugged-memory': optional(number),
  }),
  'query-memory-devices': array(object<MemoryDeviceInfo>({ type: string, data: record })),
  'query-iothreads': array(
    object<IoThreadInfo>({
      id: string,
      'thread-id': number,
      'poll-max-ns': optional(number),
      'poll-grow': optional(number),
      'poll-shrink': optional(number),
    }),
  ),
  'query-rx-filter': array(
    object<RxFilterInfo>({ name: string, promiscuous: boolean, 'main-mac': string }),
  ),
  'qom-list': array(property),
  'qom-get': unknownValue,
  'qom-set': nothing,
  'qom-list-types': array(
    object<ObjectTypeInfo>({ name: string, abstract: optional(boolean), parent: optional(string) }),
  ),
  'qom-list-properties': array(property),
  'device-list-properties': array(property),
  cont: nothing,
  stop: nothing,
  quit: nothing,
  system_powerdown: nothing,
  system_reset: nothing,
  system_wakeup: nothing,
  'inject-nmi': nothing,
  'set-action': nothing,
  balloon: nothing,
  device_add: nothing,
  device_del: nothing,
  'object-add': nothing,
  'object-del': nothing,
  netdev_add: nothing,
  netdev_del: nothing,
  'blockdev-add': nothing,
  'blockdev-del': nothing,
  'chardev-add': object<QmpReturn<'chardev-add'>>({ pty: optional(string) }),
  'chardev-remove': nothing,
  block_set_io_throttle: nothing,
  set_link: nothing,
  set_password: nothing,
  expire_password: nothing,
  screendump: nothing,
  'human-monitor-command': string,
}
