import { closeSync, constants, openSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { QmpClient } from '../qmp/index.ts'
import { isOfEmulator } from './probe-failure.ts'
import { withProbe } from './probe-session.ts'
import type { ProbeSessionOptions } from './probe-session.ts'
import type { ProbedKvm, QemuCapabilities } from './qemu-capabilities.ts'
import { expandCpu, readCpus } from './read-capabilities.ts'

/** The KVM device as this process sees it; a part of what the probe's answer depends on. */
export type KvmDevice =
  | { readonly present: false }
  | {
      readonly present: true
      readonly rdev: number
      readonly mode: number
      readonly uid: number
      readonly gid: number
      /** Why this process cannot open it: `EACCES`; absent where it can. */
      readonly openError?: string
    }

export interface KvmProbeOptions extends ProbeSessionOptions {
  /**
   * The `-machine` value of the trial guest, without the accelerator; the emulator's default
   * machine. Give one where KVM needs machine options to start at all.
   */
  readonly kvmMachine?: string
}

/** How long a trial guest may take to move, and how long it is watched at least. */
const moveLimitMs = 2000
const watchMs = 250
const pollMs = 20

/** Looks at the device; opening it has no effect. */
export function lookAtKvmDevice(path = '/dev/kvm'): KvmDevice {
  try {
    const { rdev, mode, uid, gid } = statSync(path)
    const openError = openErrorOf(path)
    return {
      present: true,
      rdev,
      mode,
      uid,
      gid,
      ...(openError === undefined ? {} : { openError }),
    }
  } catch {
    return { present: false }
  }
}

/**
 * Whether KVM really works with this emulator, for this user.
 *
 * A device that opens proves nothing: a vCPU may die on its first instruction. So a trial guest
 * with the host's CPU is started stopped, let go, and believed only when its registers change and
 * it still runs a moment later. That takes about 0.4 s where KVM works.
 */
export async function probeKvm(
  options: KvmProbeOptions,
  known: Pick<QemuCapabilities, 'accelerators' | 'machines' | 'cpus'>,
  device: KvmDevice = lookAtKvmDevice(),
): Promise<ProbedKvm> {
  if (!known.accelerators.includes('kvm')) {
    return { present: false, usable: false, reason: 'this emulator is built without KVM' }
  }
  if (!device.present) {
    const reason = '/dev/kvm does not exist: the kernel offers no KVM here'
    return { present: false, usable: false, reason }
  }
  if (device.openError !== undefined && options.launcher === undefined) {
    return { present: true, usable: false, reason: openReason(device.openError) }
  }
  const machine = options.kvmMachine ?? known.machines.find((one) => one.isDefault)?.name
  const cpu = known.cpus.some(({ name }) => name === 'host') ? ['-cpu', 'host'] : []
  // Without a machine there is no vCPU to try; that the VM can be made must do.
  const args = machine === undefined ? ['-machine', 'none'] : ['-machine', machine, ...cpu]
  try {
    return await withProbe(options, [...args, '-accel', 'kvm'], async ({ qmp }) => {
      if (machine !== undefined) await watchGuest(qmp)
      const cpus = await readCpus(qmp)
      const widest = await expandCpu(qmp, 'host', cpus)
      return {
        present: true,
        usable: true,
        cpus,
        ...(widest && { widest: widest.properties }),
        ...(widest?.model !== undefined && { widestModel: widest.model }),
      }
    })
  } catch (error) {
    if (!isOfEmulator(error)) throw error
    return { present: true, usable: false, reason: trialReason(error, device) }
  }
}

/** Lets the guest go; throws unless it moves and goes on running. */
async function watchGuest(qmp: QmpClient): Promise<void> {
  const before = await registers(qmp)
  await qmp.execute('cont')
  const start = performance.now()
  let moved = false
  for (;;) {
    await sleep(pollMs)
    const { status } = await qmp.execute('query-status')
    if (status !== 'running') throw new Error(`the vCPU stopped: QEMU's state is '${status}'`)
    moved ||= (await registers(qmp)) !== before
    const elapsedMs = performance.now() - start
    if (moved && elapsedMs >= watchMs) return
    if (elapsedMs > moveLimitMs) {
      throw new Error(`the vCPU did not execute anything within ${moveLimitMs / 1000} s`)
    }
  }
}

function registers(qmp: QmpClient): Promise<string> {
  return qmp.execute('human-monitor-command', { 'command-line': 'info registers' })
}

function openErrorOf(path: string): string | undefined {
  try {
    closeSync(openSync(path, constants.O_RDWR))
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  }
}

function openReason(code: string): string {
  const who = `uid ${process.geteuid?.() ?? 0}`
  if (code === 'EACCES' || code === 'EPERM') {
    return `${who} may not open /dev/kvm (${code}): join the group that owns it`
  }
  return `/dev/kvm cannot be opened: ${code}`
}

function trialReason(error: unknown, { mode, uid, gid }: KvmDevice & { present: true }): string {
  const text = error instanceof Error ? error.message : String(error)
  // QEMU's words, of which there are more.
  if (/Could not access KVM kernel module: Permission denied/.test(text)) {
    const permissions = `0${(mode & 0o777).toString(8)}, of uid ${uid} and gid ${gid}`
    return `the user that QEMU runs as may not open /dev/kvm (${permissions}): give it to a group, as with chgrp kvm /dev/kvm && chmod 0660 /dev/kvm`
  }
  const line = text.replace(/^internal error: /, '').replaceAll('\n', '; ')
  return `/dev/kvm is there, but a trial guest failed: ${line.slice(0, 500)}`
}
