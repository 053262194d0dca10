import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, printable } from '../../errors.ts'
import { MonitorError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { number, object, optional, string } from '../../qmp/shape.ts'
import type { JobProgress, LongWorkOptions } from '../interface/saving.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { tellSent } from './job-completed.ts'

/** What matters of QAPI's `MigrationInfo`. */
export interface MigrationStatus {
  readonly status: string
  readonly error?: string
  readonly transferred: number
  readonly remaining: number
  readonly total: number
  readonly mbps: number
  /** How often all of memory has been gone through. */
  readonly passes: number
}

interface MigrationInfo {
  readonly status?: string
  readonly 'error-desc'?: string
  readonly ram?: {
    readonly transferred?: number
    readonly remaining?: number
    readonly total?: number
    readonly mbps?: number
    readonly 'dirty-sync-count'?: number
  }
}

const migrationInfo = object<MigrationInfo>({
  status: optional(string),
  'error-desc': optional(string),
  ram: optional(
    object<NonNullable<MigrationInfo['ram']>>({
      transferred: optional(number),
      remaining: optional(number),
      total: optional(number),
      mbps: optional(number),
      'dirty-sync-count': optional(number),
    }),
  ),
})

/**
 * Has QEMU send its guest.
 *
 * @throws DomainError `ERR_OPERATION_INVALID` where it has sent all of it before, and has not gone on since.
 */
export async function beginSending(qmp: QmpClient, uri: string): Promise<void> {
  if ((await qmp.execute('query-status')).status === 'postmigrate')
    throw domainError(
      'ERR_OPERATION_INVALID',
      'an earlier migration has handed the guest over, and it may have gone on there: see that it runs nowhere else and resume it here (it may be suspended at once), or destroy it here',
    )
  // Each pass over the memory is told to whoever watches.
  const capabilities = [{ capability: 'events', state: true }]
  await qmp.executeUnchecked('migrate-set-capabilities', { capabilities })
  await qmp.executeUnchecked('migrate', { uri })
}

export async function migrationStatus(qmp: QmpClient): Promise<MigrationStatus> {
  const info = await qmp.ask('query-migrate', migrationInfo)
  const ram = info.ram ?? {}
  const error = info['error-desc']
  return {
    status: info.status ?? 'none',
    ...(error !== undefined && { error }),
    transferred: ram['transferred'] ?? 0,
    remaining: ram['remaining'] ?? 0,
    total: ram['total'] ?? 0,
    mbps: ram['mbps'] ?? 0,
    passes: ram['dirty-sync-count'] ?? 0,
  }
}

/** Between two looks nobody holds the monitor, so that others can ask. */
const pollMs = 100

/** A QEMU that sends nothing for so long never will, in milliseconds. */
const stallMs = 60_000

/**
 * One that answers nothing for so long is given up, in milliseconds, where each question waits for 10 s;
 * one that cannot even be asked, after so many questions.
 */
const silenceMs = 30_000
const mostSilences = 30

export interface WatchOptions extends LongWorkOptions {
  readonly kind: string
  /** The guest stands still, and QEMU waits for a word before the last of it goes. */
  readonly onSwitchover?: () => Promise<void>
  /** At each look. */
  readonly onLook?: (now: MigrationStatus) => Promise<void>
}

/** QEMU is sending, or about to. */
export function isSending({ status }: MigrationStatus): boolean {
  return ['setup', 'active', 'pre-switchover', 'device'].includes(status)
}

/** The guest is there already, and what is left of its memory is here. */
export function isPostCopy({ status }: MigrationStatus): boolean {
  return status.startsWith('postcopy-')
}

/**
 * Waits until QEMU has sent all of the guest.
 *
 * @throws DomainError where it fails or is given up; QEMU has stopped sending then.
 */
export async function watchMigration(
  rooms: Rooms,
  running: Running,
  { kind, signal, onProgress, onSwitchover, onLook }: WatchOptions,
): Promise<void> {
  const start = performance.now()
  let silences = 0
  let answeredAtMs = start
  let sent = { bytes: -1, atMs: start }
  for (;;) {
    const now = await rooms.ask(running, migrationStatus).catch((error: unknown) => {
      if (!(error instanceof MonitorError) || ++silences > mostSilences) throw error
      if (performance.now() - answeredAtMs > silenceMs) throw error
      return undefined
    })
    if (now !== undefined) {
      silences = 0
      answeredAtMs = performance.now()
      onProgress?.(progressOf(kind, now, performance.now() - start))
      if (now.status === 'completed') return tellSent(rooms, running, kind)
      if (now.status === 'pre-switchover') await onSwitchover?.()
      await onLook?.(now)
      if (now.status === 'postcopy-paused')
        throw domainError('ERR_OPERATION_FAILED', `${kind}: the two QEMUs lost each other`)
      if (now.status === 'failed' || now.status === 'cancelled') {
        throw domainError(
          now.status === 'failed' ? 'ERR_OPERATION_FAILED' : 'ERR_OPERATION_ABORTED',
          `${kind}: ${now.status === 'failed' ? printable(now.error ?? 'QEMU does not say why') : 'canceled by client'}`,
        )
      }
    }
    if (now !== undefined && now.transferred !== sent.bytes)
      sent = { bytes: now.transferred, atMs: performance.now() }
    if (performance.now() - sent.atMs > stallMs && (now === undefined || !isPostCopy(now))) {
      await rooms.ask(running, cancelMigration)
      throw domainError(
        'ERR_OPERATION_TIMEOUT',
        `${kind}: QEMU has sent nothing for ${stallMs / 1000} s`,
      )
    }
    if (signal?.aborted === true && (now === undefined || !isPostCopy(now))) {
      await rooms.ask(running, cancelMigration)
      throw domainError('ERR_OPERATION_ABORTED', `${kind}: canceled by client`)
    }
    await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
  }
}

export function progressOf(kind: string, now: MigrationStatus, elapsedMs: number): JobProgress {
  return {
    kind: isPostCopy(now) ? 'post-copy' : kind,
    processedBytes: now.transferred,
    remainingBytes: now.remaining,
    totalBytes: now.total,
    elapsedMs,
    ...(now.mbps > 0 && { rateBytes: Math.round((now.mbps * 1e6) / 8) }),
  }
}

/** Stops sending, and waits until QEMU has. */
export async function cancelMigration(qmp: QmpClient): Promise<void> {
  await qmp.executeUnchecked('migrate_cancel').catch(() => undefined)
  const deadline = performance.now() + 5000
  while (performance.now() < deadline) {
    const now = await migrationStatus(qmp)
    if (now.status !== 'cancelling' && !isSending(now)) return
    await sleep(pollMs)
  }
}

/** As fast as it goes: QEMU's own limit is for networks. */
export const unlimited: Readonly<Record<string, number>> = {
  'max-bandwidth': Number.MAX_SAFE_INTEGER,
}
