import { QmpClient } from '../qmp/index.ts'
import { connectUnix } from '../run/connect-unix.ts'
import { isAlive } from '../run/process-identity.ts'
import type { ActiveGlance } from '../store/index.ts'
import { domainError, quote } from '../errors.ts'
import type { DomainState } from './hypervisor.ts'

export interface MonitorOptions {
  /** Limit of the whole conversation; without it each part of it has 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * Talks to a running guest's QEMU and hangs up again. QEMU serves one client at a time, so nobody
 * keeps the line.
 */
export async function withMonitor<T>(
  active: ActiveGlance,
  name: string,
  talk: (qmp: QmpClient) => Promise<T>,
  options: MonitorOptions = {},
): Promise<T> {
  const { timeoutMs = 10_000, signal } = options
  const start = performance.now()
  const peer = `domain ${quote(name, 200)}`
  const transport = await connectUnix({
    path: active.monitor,
    timeoutMs,
    peer,
    ...(signal && { signal }),
    gone: () =>
      isAlive(active.process)
        ? undefined
        : domainError('ERR_OPERATION_INVALID', `${peer} is not running any more`),
  })
  const left = Math.max(1, Math.ceil(timeoutMs - (performance.now() - start)))
  await using qmp = await QmpClient.connect({
    transport,
    timeoutMs: left,
    ...(options.timeoutMs !== undefined && { conversationMs: left }),
    peer,
    ...(signal && { signal }),
  })
  await checkIdentity(qmp, active, peer)
  return await talk(qmp)
}

/** A socket may outlive its guest and be another's: nothing is said before the UUID agrees. */
async function checkIdentity(qmp: QmpClient, active: ActiveGlance, peer: string): Promise<void> {
  const { UUID } = await qmp.execute('query-uuid')
  if (UUID.toLowerCase() === active.uuid) return
  throw domainError(
    'ERR_INTERNAL_ERROR',
    `the monitor of ${peer} belongs to another guest (${UUID})`,
  )
}

/** QEMU's run state in libvirt's words; reasons as libvirt gives them. */
export function stateOf(status: string, before: DomainState): DomainState {
  const keep = (state: DomainState['state'], reason: string): DomainState =>
    before.state === state ? before : { state, reason }
  switch (status) {
    case 'running':
      return keep('running', 'unknown')
    case 'paused':
    case 'prelaunch':
      return keep('paused', status === 'prelaunch' ? 'starting up' : 'unknown')
    case 'io-error':
      return { state: 'paused', reason: 'I/O error' }
    case 'watchdog':
      return { state: 'paused', reason: 'watchdog' }
    case 'guest-panicked':
      return { state: 'crashed', reason: 'panicked' }
    case 'shutdown':
      return { state: 'paused', reason: 'shutting down' }
    case 'suspended':
      return { state: 'pmsuspended', reason: 'unknown' }
    case 'inmigrate':
    case 'postmigrate':
    case 'finish-migrate':
      return { state: 'paused', reason: 'migrating' }
    case 'save-vm':
      return { state: 'paused', reason: 'saving' }
    default:
      return keep('paused', 'unknown')
  }
}
