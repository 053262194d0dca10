/**
 * Rooms that no door leads to, entered here only: the CLI as it runs in a process, and how core
 * finds processes, so that what is left of one can be looked for.
 */
export { runCli } from '../../../packages/cli/src/run-cli.ts'
export type { Interrupts } from '../../../packages/cli/src/interrupts.ts'
export {
  bootId,
  findProcesses,
  identify,
  isAlive,
  stopProcess,
} from '../../../packages/core/src/run/index.ts'
export type { FoundProcess, ProcessIdentity } from '../../../packages/core/src/run/index.ts'
