import { readCache, writeCache } from './capabilities-cache.ts'
import { checkEmulator } from './check-emulator.ts'
import { identifyEmulator } from './emulator-identity.ts'
import { probeKvm } from './kvm-status.ts'
import type { KvmProbeOptions } from './kvm-status.ts'
import { tryKvmOnce } from './kvm-verdict.ts'
import { askUnlessFailed } from './probe-failure.ts'
import { withProbe } from './probe-session.ts'
import type { QemuCapabilities, QuestionOptions } from './qemu-capabilities.ts'
import { readCapabilities } from './read-capabilities.ts'

export interface ProbeOptions extends KvmProbeOptions, QuestionOptions {
  /** Where answers are kept; without it every call probes. */
  readonly cacheDir?: string
}

export interface ProbeResult {
  readonly capabilities: QemuCapabilities
  /** The emulator behind all links: what was asked, and what is to be executed. */
  readonly emulator: string
  readonly cached: boolean
}

/**
 * What this emulator can do: from the cache while nothing it depends on has changed, else by
 * asking it. Only this emulator is executed, once, and once more where KVM is worth a trial.
 *
 * A cache that cannot be read or written costs time, never the answer.
 */
export async function probeCapabilities(options: ProbeOptions): Promise<ProbeResult> {
  const { cacheDir } = options
  const emulator = await checkEmulator(options.emulator, options)
  const identity = identifyEmulator(emulator, options)
  const entry = cacheDir === undefined ? undefined : await readCache(cacheDir, identity)
  const questions = union(entry?.questions, options)
  if (entry && sizeOf(questions) === sizeOf(entry.questions)) {
    return { capabilities: entry.capabilities, emulator, cached: true }
  }
  // What was asked before is asked again, so that two users of a cache do not take turns probing.
  const told = await askUnlessFailed(identity, cacheDir, () =>
    withProbe(options, ['-machine', 'none', '-accel', 'tcg', '-accel', 'kvm'], (session) =>
      readCapabilities(session.qmp, questions),
    ),
  )
  const kvm =
    entry?.capabilities.kvm ??
    (await tryKvmOnce(identity, cacheDir, () => probeKvm(options, told, identity.kvm)))
  const widestCpu = { ...told.widestCpu, ...(kvm.widest && { kvm: kvm.widest }) }
  const widestModel = {
    ...told.widestModel,
    ...(kvm.widestModel !== undefined && { kvm: kvm.widestModel }),
  }
  const capabilities: QemuCapabilities = {
    ...told,
    kvm,
    ...(Object.keys(widestCpu).length > 0 && { widestCpu }),
    ...(Object.keys(widestModel).length > 0 && { widestModel }),
  }
  if (cacheDir !== undefined) await writeCache(cacheDir, { identity, questions, capabilities })
  return { capabilities, emulator, cached: false }
}

function union(
  first: QuestionOptions | undefined,
  second: QuestionOptions,
): Required<QuestionOptions> {
  const merge = (a: readonly string[] = [], b: readonly string[] = []): readonly string[] =>
    [...new Set([...a, ...b])].toSorted()
  return {
    machines: merge(first?.machines, second.machines),
    devices: merge(first?.devices, second.devices),
  }
}

function sizeOf(questions: QuestionOptions): number {
  return (questions.machines?.length ?? 0) + (questions.devices?.length ?? 0)
}
