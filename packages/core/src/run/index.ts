export { checkEmulator } from './check-emulator.ts'
export type { CheckEmulatorOptions } from './check-emulator.ts'
export { checkSocketPath, connectUnix, maxSocketPathBytes } from './connect-unix.ts'
export type { ConnectUnixOptions } from './connect-unix.ts'
export { identifyEmulator } from './emulator-identity.ts'
export type { EmulatorIdentity } from './emulator-identity.ts'
export { realHostFiles, recordedHostFiles } from './host-files.ts'
export { lookAtKvmDevice, probeKvm } from './kvm-status.ts'
export type { KvmDevice, KvmProbeOptions } from './kvm-status.ts'
export { logTail } from './log-file.ts'
export { checkPrivateDir, makePrivateDir, removeTree, writePrivateFile } from './private-dir.ts'
export { probeCapabilities } from './probe-capabilities.ts'
export type { ProbeOptions, ProbeResult } from './probe-capabilities.ts'
export {
  bootId,
  findProcesses,
  identify,
  isAlive,
  ownIdentity,
  processState,
  readCmdline,
} from './process-identity.ts'
export type { FoundProcess, ProcessIdentity, ProcessState } from './process-identity.ts'
export type {
  ProbedKvm,
  ProbedMachine,
  QemuCapabilities,
  QuestionOptions,
} from './qemu-capabilities.ts'
export { spawnQemu } from './spawn-qemu.ts'
export type { ProcessExit, SpawnedQemu, SpawnQemuOptions } from './spawn-qemu.ts'
export { signalProcess, stopProcess } from './stop-process.ts'
export type { StopOptions, StopResult } from './stop-process.ts'
