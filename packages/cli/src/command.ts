import type { Hypervisor } from './core.ts'
import type { ArchCatalog } from './arch/arch-catalog.ts'
import type { GroupKeyword } from './command-groups.ts'
import type { Output } from './output/output.ts'
import type { Settings } from './parse/settings.ts'
import type { Terminal } from './terminal.ts'

/**
 * One command: what it is called, what it takes, and what it does. Help, the parser and completion
 * all read this declaration; nothing about a command is said twice.
 */
export interface Command {
  readonly name: string
  readonly group: GroupKeyword
  /** virsh's one-line help. */
  readonly summary: string
  readonly description?: string
  /** In virsh's order: positional arguments bind to the options in this order. */
  readonly options: readonly OptionSpec[]
  /** Exit code of an error, where 1 is an answer. */
  readonly troubleCode?: number
  /** How long it may take to end after an interrupt, before it is ended; 3 s. */
  readonly graceMs?: number
  /** Kept out of help and completion. */
  readonly hidden?: boolean
  /** Prints its own results as they come; then the answer is only the end of them. */
  readonly run: (context: Context, options: Options) => Answer | Promise<Answer>
}

/**
 * `data` takes part in the synopsis without its name (`<domain>`), `string` and `int` with it
 * (`--mode <string>`); both also bind to a bare argument, in order, as virsh binds them. `argv`
 * takes all that is left.
 */
export type OptionKind = 'bool' | 'int' | 'string' | 'data' | 'argv'

export interface OptionSpec {
  readonly name: string
  readonly kind: OptionKind
  readonly help: string
  readonly required?: boolean
  /** Only by name: a bare argument never binds to it. */
  readonly named?: boolean
  /** Present in virsh, not yet here: refused by name, and left out of help and completion. */
  readonly offered?: false
  /** What completion suggests as a value. */
  readonly complete?: ValueSource
}

export type ValueSource =
  | 'domain'
  | 'active-domain'
  | 'inactive-domain'
  | 'arch'
  | 'console'
  | 'command'
  | 'scenario'
  | 'network'
  | 'node-device'
  | 'secret'
  | 'pool'
  | 'volume'
  | 'snapshot'
  | 'checkpoint'
  | readonly string[]

/** The options of one call, checked against the declaration. */
export interface Options {
  flag(name: string): boolean
  /** @throws CommandError where the value is empty, as virsh does. */
  text(name: string): string | undefined
  /** A required option's value. */
  need(name: string): string
  integer(name: string, minimum: number): number | undefined
  list(name: string): readonly string[]
}

/** What a command has to say when it is done. */
export interface Answer {
  /** Printed as it stands, also with `-q`. */
  readonly text?: string
  /** A remark for people, which `-q` leaves out. */
  readonly remark?: string
  /** The same for programs: what `--json` prints. */
  readonly json?: unknown
  /** Not an error to report, yet exit code 1. */
  readonly failed?: boolean
  /** Exit code, where it says more than done or failed. */
  readonly code?: number
  /** Ends the shell. */
  readonly quit?: boolean
}

/** What a running command may use. */
export interface Context {
  readonly settings: Settings
  readonly output: Output
  readonly terminal: Terminal
  readonly environment: NodeJS.ProcessEnv
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal
  /** True in the shell and where commands come from standard input. */
  readonly interactive: boolean
  readonly arches: ArchCatalog
  /** The connection; opened by the first command that needs one. */
  hypervisor(): Promise<Hypervisor>
  /** Replaces the connection. */
  connect(uri: string | undefined, readonly: boolean): Promise<void>
  /** Prints `warning: …` on standard error. */
  warn(message: string): void
}
