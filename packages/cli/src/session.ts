import type { ArchCatalog } from './arch/arch-catalog.ts'
import type { Context } from './command.ts'
import { connectionDrivers } from './arch/connection-drivers.ts'
import { CommandError } from './command-error.ts'
import type { Hypervisor } from './core.ts'
import { printable } from './core.ts'
import type { OpenHypervisor } from './open-hypervisor.ts'
import type { Output } from './output/output.ts'
import { safeJson } from './output/safe-json.ts'
import type { Settings } from './parse/settings.ts'
import type { Terminal } from './terminal.ts'

export interface SessionOptions {
  readonly settings: Settings
  readonly output: Output
  readonly terminal: Terminal
  readonly environment: NodeJS.ProcessEnv
  readonly arches: ArchCatalog
  readonly open: OpenHypervisor
}

/** What lasts from one command to the next: the connection, and where things are printed. */
export class Session {
  readonly settings: Settings
  readonly output: Output
  readonly environment: NodeJS.ProcessEnv
  readonly arches: ArchCatalog
  terminal: Terminal
  interactive = false
  readonly #open: OpenHypervisor
  #uri: string | undefined
  #readonly: boolean
  #hypervisor: Promise<Hypervisor> | undefined

  constructor(options: SessionOptions) {
    this.settings = options.settings
    this.output = options.output
    this.environment = options.environment
    this.arches = options.arches
    this.terminal = options.terminal
    this.#open = options.open
    this.#uri = options.settings.uri
    this.#readonly = options.settings.readonly
  }

  /** Whether commands may change anything: the shell's prompt tells. */
  get readonly(): boolean {
    return this.#readonly
  }

  /** What one command may use. */
  context(signal: AbortSignal, settings: Settings): Context {
    const { output, environment, arches, terminal, interactive } = this
    return {
      ...{ settings, output, environment, arches, terminal, interactive, signal },
      hypervisor: () => this.hypervisor(),
      connect: (uri, readonly) => this.connect(uri, readonly),
      warn: (message) => this.warn(message),
    }
  }

  hypervisor(): Promise<Hypervisor> {
    this.#hypervisor ??= this.#connect(this.#uri, this.#readonly).catch((error: unknown) => {
      this.#hypervisor = undefined
      throw error
    })
    return this.#hypervisor
  }

  /** Replaces the connection; where that fails the old one stays, as in virsh. */
  async connect(uri: string | undefined, readonly: boolean): Promise<void> {
    const next = await this.#connect(uri, readonly)
    await this.close()
    this.#uri = uri
    this.#readonly = readonly
    this.#hypervisor = Promise.resolve(next)
  }

  async close(): Promise<void> {
    const opened = this.#hypervisor
    this.#hypervisor = undefined
    await (await opened?.catch(() => undefined))?.close()
  }

  warn(message: string): void {
    const { output, settings } = this
    if (settings.json) output.writeError(`${safeJson({ warning: { message } })}\n`)
    else output.writeError(`${output.errorStyles.mild('warning:')} ${printable(message)}\n`)
  }

  async #connect(uri: string | undefined, readonly: boolean): Promise<Hypervisor> {
    const { registry } = this.arches
    const drivers = connectionDrivers(this.arches)
    try {
      const hypervisor = await this.#open(uri, { registry, drivers, environment: this.environment })
      if (!readonly) return hypervisor
      const { readOnlyHypervisor } = await import('./read-only-hypervisor.ts')
      return readOnlyHypervisor(hypervisor)
    } catch (cause) {
      throw new CommandError('failed to connect to the hypervisor', { cause })
    }
  }
}
