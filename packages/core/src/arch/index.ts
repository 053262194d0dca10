/**
 * The seam: everything a package needs to be an architecture, and nothing else. See
 * docs/adding-an-arch.md.
 */
export type { Arch, CapabilityFeature, GuestArch } from './arch.ts'
export type {
  BaselineOptions,
  CpuArgument,
  CpuBaseline,
  CpuComparison,
  CpuContext,
  CpuData,
  CpuDriver,
  CpuModel,
  CpuVerdict,
} from './cpu-driver.ts'
export type {
  BusType,
  DeviceAllowList,
  DeviceModel,
  DeviceRow,
  DeviceRowName,
} from './device-allow-list.ts'
export type { DeviceEffect, Effects } from './effects.ts'
export type { FeatureCondition, FeaturePolicy, FeatureRow, TimerRow } from './feature-policy.ts'
export type {
  HostCache,
  HostCell,
  HostCpu,
  HostFiles,
  HostFinding,
  HostFirmware,
  HostInfo,
  HostInfoReader,
  HostSysinfo,
  HostThread,
  HostTopology,
  HostVirtualization,
  SysinfoBlock,
} from './host-info.ts'
export type {
  BoardWord,
  ImplicitDevice,
  MachineBuilder,
  MachineCapability,
  MachineGrant,
  MachineGrants,
  MachineProfile,
  PciLayout,
  PciPlace,
  PlatformOffer,
  RegisterBus,
  Rule,
  RuleContext,
} from './machine-builder.ts'
export { boardRows, displayRows, pciModels, pciRows, portRows, usbRows } from './common-rows.ts'
export { absentCpuWords } from './absent-cpu-words.ts'
export type { AbsentCpuWords } from './absent-cpu-words.ts'
export { acpiSwitch } from './acpi-switch.ts'
export { alsoOnMmio, onChannels, transportVersion } from './virtio-transports.ts'
export { defineArch } from './define-arch.ts'
export { kernelPageKiB } from './kernel-page.ts'
export { linuxTopology } from './linux-topology.ts'
export type { LinuxTopology, LinuxTopologyOptions } from './linux-topology.ts'
export { deviceTree, sysText, treeNumber, treeStrings, treeText } from './device-tree.ts'
export { treeFirmware, treeSysinfo } from './tree-firmware.ts'
export { hostMemoryKiB, hostPageSizesKiB, hostText } from './read-linux.ts'
export { smbiosFirmware } from './smbios/smbios-firmware.ts'
export type { ProcessorId, SmbiosOptions } from './smbios/smbios-options.ts'
export { anonymizeSmbios, smbiosPaths } from './smbios/smbios-recording.ts'
export { smbiosSysinfo } from './smbios/smbios-sysinfo.ts'
export { dmiEntryPoint, dmiTable } from './smbios/smbios-table.ts'
export { createRegistry } from './registry.ts'
export type { ArchRegistry } from './registry.ts'
export type { Problem, ErrorCode } from '../errors.ts'
export { nearest } from '../nearest.ts'
export { quote, unsupported } from '../errors.ts'
export { hasDevice, isSince, versionText } from '../qemu/capabilities.ts'
export type { Address, AddressType, PciAddress } from '../domain/address.ts'
export type { Clock, Timer, TimerName } from '../domain/clock.ts'
export type { Cpu, CpuFeature, CpuMode, CpuTopology, NumaCell } from '../domain/cpu.ts'
export type { DeviceKind, DeviceOf, Devices } from '../domain/devices.ts'
export type { Domain, VirtType } from '../domain/domain.ts'
export type { FeatureName, Features, Switch } from '../domain/features.ts'
export type { Os } from '../domain/os.ts'
export type { CpuProperties, QemuCapabilities, QemuCpu, QemuMachine } from '../qemu/capabilities.ts'
