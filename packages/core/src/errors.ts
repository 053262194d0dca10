/**
 * What goes wrong, in libvirt's words.
 *
 * Pure steps return {@link Problem}s; the boundary throws one {@link DomainError} that carries all
 * of them. Codes are libvirt's names without `VIR_`, so a caller who knows libvirt can switch on
 * them; {@link errorNumber} gives libvirt's number.
 */

/** libvirt's `virErrorNumber` (include/libvirt/virterror.h), as far as polyvirt raises them. */
export const errorNumbers = {
  ERR_INTERNAL_ERROR: 1,
  ERR_NO_SUPPORT: 3,
  ERR_INVALID_CONN: 6,
  ERR_INVALID_ARG: 8,
  ERR_OPERATION_FAILED: 9,
  ERR_XML_ERROR: 27,
  ERR_NETWORK_EXIST: 37,
  ERR_SYSTEM_ERROR: 38,
  ERR_NO_DOMAIN: 42,
  ERR_NO_NETWORK: 43,
  ERR_NO_STORAGE_POOL: 49,
  ERR_NO_STORAGE_VOL: 50,
  ERR_NO_NODE_DEVICE: 53,
  ERR_OPERATION_INVALID: 55,
  ERR_INVALID_SECRET: 65,
  ERR_NO_SECRET: 66,
  ERR_CONFIG_UNSUPPORTED: 67,
  ERR_OPERATION_TIMEOUT: 68,
  ERR_NO_DOMAIN_SNAPSHOT: 72,
  ERR_STORAGE_PROBE_FAILED: 75,
  ERR_STORAGE_POOL_BUILT: 76,
  ERR_OPERATION_ABORTED: 78,
  ERR_NO_DOMAIN_METADATA: 80,
  ERR_MIGRATE_UNSAFE: 81,
  ERR_BLOCK_COPY_ACTIVE: 83,
  ERR_OPERATION_UNSUPPORTED: 84,
  ERR_AGENT_UNRESPONSIVE: 86,
  ERR_RESOURCE_BUSY: 87,
  ERR_STORAGE_VOL_EXIST: 90,
  ERR_CPU_INCOMPATIBLE: 91,
  ERR_XML_INVALID_SCHEMA: 92,
  ERR_DEVICE_MISSING: 99,
  ERR_NO_DOMAIN_CHECKPOINT: 103,
  ERR_NO_DOMAIN_BACKUP: 104,
  ERR_CHECKPOINT_INCONSISTENT: 109,
} as const

export type ErrorCode = keyof typeof errorNumbers

/** A place in the user's document; lines and columns count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** One thing that is wrong, where it is, and the way out. */
export interface Problem {
  readonly code: ErrorCode
  /** Path inside the document, as an XPath below its root: `devices/disk[2]/source/@file`. */
  readonly path?: string
  /** Name of the document's root, where it is no `<domain>`: `network`, `pool`, … */
  readonly root?: string
  readonly place?: Place
  /** One sentence: what was found and what is offered instead. */
  readonly message: string
}

/** The commonest problem: what is asked for at this place below `domain` is not offered. */
export function unsupported(path: string, message: string): Problem {
  return { code: 'ERR_CONFIG_UNSUPPORTED', path, message }
}

/** libvirt's sentence before the colon, so that scripts that match on it go on working. */
const prefixes: Partial<Record<ErrorCode, string>> = {
  ERR_INTERNAL_ERROR: 'internal error',
  ERR_NO_SUPPORT: 'this function is not supported by the connection driver',
  ERR_INVALID_ARG: 'invalid argument',
  ERR_OPERATION_FAILED: 'operation failed',
  ERR_XML_ERROR: 'XML error',
  ERR_NO_DOMAIN: 'Domain not found',
  ERR_NO_NETWORK: 'Network not found',
  ERR_NO_STORAGE_POOL: 'Storage pool not found',
  ERR_NO_STORAGE_VOL: 'Storage volume not found',
  ERR_NO_NODE_DEVICE: 'Node device not found',
  ERR_STORAGE_PROBE_FAILED: 'Storage pool probe failed',
  ERR_OPERATION_INVALID: 'Requested operation is not valid',
  ERR_INVALID_SECRET: 'Invalid secret',
  ERR_NO_SECRET: 'Secret not found',
  ERR_CONFIG_UNSUPPORTED: 'unsupported configuration',
  ERR_OPERATION_TIMEOUT: 'Timed out during operation',
  ERR_OPERATION_ABORTED: 'operation aborted',
  ERR_OPERATION_UNSUPPORTED: 'Operation not supported',
  ERR_RESOURCE_BUSY: 'resource busy',
  ERR_CPU_INCOMPATIBLE: 'the CPU is incompatible with host CPU',
  ERR_NO_DOMAIN_SNAPSHOT: 'Domain snapshot not found',
  ERR_NO_DOMAIN_CHECKPOINT: 'Domain checkpoint not found',
  ERR_NO_DOMAIN_BACKUP: 'Domain backup job id not found',
  ERR_CHECKPOINT_INCONSISTENT: 'checkpoint inconsistent',
  ERR_NO_DOMAIN_METADATA: 'metadata not found',
  ERR_MIGRATE_UNSAFE: 'Unsafe migration',
  ERR_BLOCK_COPY_ACTIVE: 'block copy still active',
  ERR_AGENT_UNRESPONSIVE: 'Guest agent is not responding',
  ERR_DEVICE_MISSING: 'device not found',
  ERR_XML_INVALID_SCHEMA: 'XML document failed to validate against schema',
}

/** An error message longer than this tells nobody anything and may flood a log. */
const maxMessageBytes = 4096

/** No more problems than this are kept of one document. */
const maxProblems = 100

/** One problem's message is shortened to this many characters. */
const maxProblemLength = 2048

/** Control, direction-changing, zero-width and other invisible characters. */
export const invisible: RegExp =
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/

const everyInvisible = new RegExp(invisible.source, 'g')

/**
 * Makes text from a guest, from QEMU or from a hostile document safe to print: invisible characters
 * become visible escapes, so no such text can drive a terminal.
 */
export function printable(text: string): string {
  return text.toWellFormed().replace(everyInvisible, (c) => {
    const code = c.codePointAt(0) ?? 0
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** A value as found in the document, shortened and safe to print, in quotes. */
export function quote(value: string, limit = 80): string {
  const shown = value.length > limit ? `${value.slice(0, limit)}…` : value
  return `'${printable(shown)}'`
}

/** `guest.xml:14:22: /domain/vcpu: message`, leaving out what is not known. */
export function formatProblem(problem: Problem, file?: string): string {
  const place = problem.place
    ? `${file ?? 'line'}${file === undefined ? ' ' : ':'}${problem.place.line}:${problem.place.column}: `
    : ''
  const path =
    problem.path === undefined
      ? ''
      : `/${problem.root ?? 'domain'}${problem.path === '' ? '' : '/'}${problem.path}: `
  return `${place}${path}${problem.message}`
}

/** The one error type of polyvirt: a code, and every problem that was found. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  readonly problems: readonly [Problem, ...Problem[]]

  constructor(problems: readonly [Problem, ...Problem[]], options?: ErrorOptions) {
    const [first, ...rest] = problems
    const kept = [tidy(first), ...rest.slice(0, maxProblems - 1).map(tidy)] as const
    const prefix = prefixes[first.code]
    super(`${prefix === undefined ? '' : `${prefix}: `}${listed(kept, problems.length)}`, options)
    this.code = first.code
    this.problems = kept
  }
}

/** Whoever raises a problem may quote anything; here it becomes safe to print, and short. */
function tidy(problem: Problem): Problem {
  const { path, message } = problem
  const short =
    message.length > maxProblemLength ? `${message.slice(0, maxProblemLength)}…` : message
  return {
    ...problem,
    // QEMU's last words have lines of their own.
    message: short.split('\n').map(printable).join('\n'),
    ...(path !== undefined && { path: printable(path.slice(0, 256)) }),
  }
}

/** As many problems as fit, and how many there are besides. */
function listed(problems: readonly Problem[], total: number): string {
  const lines: string[] = []
  let bytes = 0
  for (const problem of problems) {
    const line = formatProblem(problem)
    bytes += Buffer.byteLength(line) + 1
    if (bytes > maxMessageBytes - 128 && lines.length > 0) break
    lines.push(shorten(line, maxMessageBytes - 128))
  }
  const more = total - lines.length
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n')
}

/** A {@link DomainError} with one problem. */
export function domainError(
  code: ErrorCode,
  message: string,
  where: { path?: string; root?: string; place?: Place; cause?: unknown } = {},
): DomainError {
  const { cause, ...rest } = where
  return new DomainError([{ code, message, ...rest }], cause === undefined ? undefined : { cause })
}

/** libvirt's number for a code. */
export function errorNumber(code: ErrorCode): number {
  return errorNumbers[code]
}

function shorten(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  return `${Buffer.from(text)
    .subarray(0, bytes - 4)
    .toString('utf8')
    .replace(/\ufffd$/, '')}…`
}
