import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, quote } from '../../errors.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient, QmpEvent } from '../../qmp/index.ts'
import { isPlugged } from './perform-steps.ts'

export interface UnplugOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** libvirt waits 5 s, on machines that answer slowly 10 s. */
const unplugMs = 10_000

/** Events may be lost while another client is served, so QEMU is asked as well, this often. */
const pollMs = 200

/**
 * Asks the guest to let go of a device and waits until it has.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the guest refuses, `ERR_OPERATION_TIMEOUT` where it
 * does not answer: it may still let go later.
 */
export async function unplug(
  qmp: QmpClient,
  alias: string,
  { timeoutMs = unplugMs, signal }: UnplugOptions = {},
): Promise<void> {
  const refused = watchRefusal(qmp, alias)
  try {
    await request(qmp, alias)
    const deadline = performance.now() + timeoutMs
    while (await isPlugged(qmp, alias)) {
      if (refused.why !== undefined) {
        throw domainError('ERR_OPERATION_FAILED', `the guest keeps ${quote(alias)}: ${refused.why}`)
      }
      if (performance.now() > deadline || signal?.aborted === true) {
        throw domainError(
          'ERR_OPERATION_TIMEOUT',
          `the guest has not let go of ${quote(alias)} within ${timeoutMs / 1000} s; it still has the device, and the definition as well, until it does`,
        )
      }
      await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
    }
  } finally {
    refused.stop()
  }
}

/** A request that is under way already is not made twice. */
async function request(qmp: QmpClient, alias: string): Promise<void> {
  try {
    await qmp.execute('device_del', { id: alias })
  } catch (error) {
    if (!(error instanceof QmpError)) throw error
    if (/in the process of unplug/.test(error.desc)) return
    if (error.qmpClass === 'DeviceNotFound') return
    throw error
  }
}

interface Refusal {
  readonly why: string | undefined
  stop(): void
}

function watchRefusal(qmp: QmpClient, alias: string): Refusal {
  const ended = new AbortController()
  let why: string | undefined
  const listen = async (): Promise<void> => {
    for await (const event of qmp.events({ signal: ended.signal })) why ??= refusalIn(event, alias)
  }
  void listen()
  return {
    get why() {
      return why
    },
    stop: () => ended.abort(),
  }
}

function refusalIn(event: QmpEvent, alias: string): string | undefined {
  if (event.name === 'DEVICE_UNPLUG_GUEST_ERROR' && event.data.device === alias)
    return 'it refused to let go of it'
  if (event.name === 'MEM_UNPLUG_ERROR' && event.data.device === alias) return event.data.msg
  return undefined
}
