import { DomainError, printable, quote } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'

/** QEMU refused a command. Keeps QEMU's own words beside libvirt's code. */
export class QmpError extends DomainError {
  readonly command: string
  /** QEMU's error class as sent: `GenericError`, `CommandNotFound`, `DeviceNotFound`, … */
  readonly qmpClass: string
  /** QEMU's text as sent; not safe to print, unlike {@link Error.message}. */
  readonly desc: string

  constructor(command: string, qmpClass: string, desc: string) {
    const shown = desc.length > 1024 ? `${desc.slice(0, 1024)}…` : desc
    const message = `unable to execute QEMU command '${command}': ${printable(shown)}`
    super([{ code: 'ERR_INTERNAL_ERROR', message }])
    this.command = command
    this.qmpClass = qmpClass
    this.desc = desc
  }
}

/** Why the conversation failed, as opposed to QEMU saying no. */
export type MonitorFailure =
  /** The peer is gone, or never was one. */
  | 'closed'
  /** No answer in time; the guest may be well. */
  | 'timeout'
  /** The caller's signal aborted. */
  | 'aborted'
  /** The peer broke the protocol. */
  | 'protocol'

const codes: Readonly<Record<MonitorFailure, ErrorCode>> = {
  closed: 'ERR_OPERATION_FAILED',
  timeout: 'ERR_OPERATION_TIMEOUT',
  aborted: 'ERR_OPERATION_ABORTED',
  protocol: 'ERR_INTERNAL_ERROR',
}

/** The monitor did not answer as a monitor should. Says nothing about the guest. */
export class MonitorError extends DomainError {
  readonly failure: MonitorFailure

  constructor(failure: MonitorFailure, message: string, cause?: unknown) {
    super([{ code: codes[failure], message }], cause === undefined ? undefined : { cause })
    this.failure = failure
  }
}

/** `closed` with a cause, for whatever a transport may throw. */
export function transportError(peer: string, cause: unknown): MonitorError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new MonitorError('closed', `${peer}: lost the QEMU monitor: ${quote(text, 200)}`, cause)
}
