export { QmpClient } from './client.ts'
export type { QmpConnectOptions, QmpExecuteOptions } from './client.ts'
export type { QmpTransport } from './transport.ts'
export { MonitorError, QmpError } from './qmp-error.ts'
export type { MonitorFailure } from './qmp-error.ts'
export type { QemuVersion } from './greeting.ts'
export type { QmpEvent, QmpEventMap, QmpEventName, QmpEventOf, ShutdownCause } from './events.ts'
export type {
  ActionArguments,
  QmpArguments,
  QmpCommandMap,
  QmpCommandName,
  QmpReturn,
  RunState,
} from './commands.ts'
