import { join } from 'node:path'
import { isRecord } from '../qmp/shape.ts'
import type { EmulatorIdentity } from './emulator-identity.ts'
import { makePrivateDir, readOwnFile, writePrivateFile } from './private-dir.ts'
import type { ProbedKvm } from './qemu-capabilities.ts'

/**
 * A KVM that opens but cannot run a guest is the machine's fault, not the emulator's: the trial that
 * found it out stands for all emulators of this user, until the machine, its kernel or its KVM
 * modules change. A KVM that works is tried for each emulator, for each has its own CPU models.
 */
interface Verdict {
  readonly key: string
  readonly reason: string
  /** When it was found, in milliseconds since the epoch. */
  readonly sinceMs: number
}

const fileName = 'kvm.json'

/** Trials that are under way in this process, by what they depend on. */
const running = new Map<string, Promise<ProbedKvm>>()

/** Runs the trial, unless one for the same machine has failed before. */
export async function tryKvmOnce(
  identity: EmulatorIdentity,
  cacheDir: string | undefined,
  trial: () => Promise<ProbedKvm>,
): Promise<ProbedKvm> {
  if (!identity.kvm.present || identity.kvm.openError !== undefined) return trial()
  const key = keyOf(identity)
  const pending = running.get(key)
  const before = pending === undefined ? undefined : await pending.catch(() => undefined)
  if (before !== undefined && before.present && !before.usable) return before
  const promise = tryUnlessKnown(key, cacheDir, trial)
  // Nothing is awaited between the look above and this, so two that ask at once share one trial.
  running.set(key, promise)
  try {
    return await promise
  } finally {
    if (running.get(key) === promise) running.delete(key)
  }
}

async function tryUnlessKnown(
  key: string,
  cacheDir: string | undefined,
  trial: () => Promise<ProbedKvm>,
): Promise<ProbedKvm> {
  const known = cacheDir === undefined ? undefined : await readVerdict(cacheDir, key)
  if (known !== undefined) {
    return { present: true, usable: false, reason: known.reason, sinceMs: known.sinceMs }
  }
  const found = await trial()
  if (!found.present || found.usable) return found
  const verdict = { key, reason: found.reason ?? '', sinceMs: Date.now() }
  if (cacheDir !== undefined) await writeVerdict(cacheDir, verdict)
  return { ...found, sinceMs: verdict.sinceMs }
}

function keyOf({ uid, gid, launcher, kernel, bootId, kvm, kvmModules }: EmulatorIdentity): string {
  return JSON.stringify([uid, gid, launcher, kernel, bootId, kvm, kvmModules])
}

async function readVerdict(dir: string, key: string): Promise<Verdict | undefined> {
  try {
    const entry: unknown = JSON.parse(await readOwnFile(join(dir, fileName), 64 * 1024))
    if (!isRecord(entry) || entry['key'] !== key) return undefined
    const { reason, sinceMs } = entry
    if (typeof reason !== 'string' || typeof sinceMs !== 'number') return undefined
    return { key, reason, sinceMs }
  } catch {
    return undefined
  }
}

async function writeVerdict(dir: string, verdict: Verdict): Promise<void> {
  try {
    await makePrivateDir(dir)
    await writePrivateFile(join(dir, fileName), JSON.stringify(verdict), { durable: false })
  } catch {
    // It costs the next one a trial.
  }
}
