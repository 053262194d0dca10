import { CommandError } from '../command-error.ts'
import { DomainError, errorNumber, formatProblem, printable } from '../core.ts'
import type { Problem } from '../core.ts'
import type { Output } from './output.ts'
import { safeJson } from './safe-json.ts'
import { systemErrorText } from './system-error-text.ts'

export interface ReportOptions {
  readonly output: Output
  readonly json: boolean
  /** 0 also shows where in polyvirt an error arose. */
  readonly debug: number
}

/** Tells about an error on standard error: lines as virsh's, or one JSON document. */
export function reportError(error: unknown, options: ReportOptions): void {
  const { output, json, debug } = options
  if (json) {
    output.writeError(`${safeJson({ error: describeError(error) })}\n`)
    return
  }
  const { bad, faint } = output.errorStyles
  for (const line of errorLines(error)) output.writeError(`${bad('error:')} ${line}\n`)
  if (error instanceof CommandError && error.hint !== undefined) {
    output.writeError(`${faint('hint:')} ${printable(error.hint)}\n`)
  }
  if (debug === 0 && error instanceof Error) output.writeError(`${faint(stackOf(error))}\n`)
}

/** What a program learns of an error. */
export interface ErrorDescription {
  readonly code: string
  readonly number: number
  readonly message: string
  /** The way out, where it is known. */
  readonly hint?: string
  readonly problems: readonly Problem[]
}

function describeError(error: unknown): ErrorDescription {
  const domainError = findDomainError(error)
  const code = findCode(error) ?? domainError?.code ?? 'ERR_INTERNAL_ERROR'
  return {
    code,
    // Only the CLI itself raises it, for `--readonly`; the number is libvirt's.
    number: code === 'ERR_OPERATION_DENIED' ? 29 : errorNumber(code),
    message: errorLines(error).join('\n'),
    ...(error instanceof CommandError && error.hint !== undefined && { hint: error.hint }),
    problems: domainError?.problems ?? [],
  }
}

/** One entry a line of virsh's `error: …`; an entry may go on over further, indented lines. */
export function errorLines(error: unknown): readonly string[] {
  if (!(error instanceof CommandError)) return causeLines(error, undefined)
  const own = error.message === '' ? [] : [multiline(shortened(error.message))]
  return error.cause === undefined ? own : [...own, ...causeLines(error.cause, error.file)]
}

function causeLines(cause: unknown, file: string | undefined): readonly string[] {
  if (cause instanceof CommandError) return errorLines(cause)
  if (!isDomainError(cause)) return [multiline(systemMessage(cause))]
  const [first, ...others] = cause.problems
  const shown = file === undefined ? undefined : printable(file)
  return [
    multiline(`${prefixOf(cause)}${formatProblem(first, shown)}`),
    ...others.map((problem) => multiline(formatProblem(problem, shown))),
  ]
}

/** What somebody typed comes back, but not kilobytes of it. */
function shortened(message: string): string {
  return message.replaceAll(/(\S{200})\S{56,}/g, '$1…')
}

/** libvirt's words before the first problem: `XML error: `. */
function prefixOf(error: DomainError): string {
  const at = error.message.indexOf(formatProblem(error.problems[0]))
  return at > 0 ? error.message.slice(0, at) : ''
}

/** Lines stay lines (QEMU's last words have several), indented so that none can pose as an error. */
function multiline(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => printable(line))
    .join('\n  ')
}

function systemMessage(cause: unknown): string {
  if (!(cause instanceof Error)) return `internal error: ${String(cause)}`
  return 'syscall' in cause || 'code' in cause
    ? systemErrorText(cause)
    : `internal error: ${cause.message}`
}

function findCode(error: unknown): CommandError['code'] {
  if (!(error instanceof CommandError)) return undefined
  return error.code ?? findCode(error.cause)
}

function findDomainError(error: unknown): DomainError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (isDomainError(at)) return at
  }
  return undefined
}

/** By shape as well as by class: an error may come from another copy of core, or over a wire. */
export function isDomainError(error: unknown): error is DomainError {
  if (error instanceof DomainError) return true
  return error instanceof Error && error.name === 'DomainError' && 'problems' in error
}

function stackOf(error: Error): string {
  const stacks: string[] = []
  for (
    let at: unknown = error, depth = 0;
    at instanceof Error && depth < 8;
    at = at.cause, depth++
  ) {
    stacks.push(multiline(at.stack ?? at.message))
  }
  return stacks.join('\n  caused by ')
}
