import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probeCapabilities } from '@polyvirt/core'
import type { QemuCapabilities } from '@polyvirt/core/arch'

const asked = new Map<string, Promise<QemuCapabilities>>()

/**
 * What the emulator at hand can do, asked once a process. KVM stays out of it: the suite must say
 * the same on every machine.
 */
export function liveCapabilities(emulator: string): Promise<QemuCapabilities> {
  const known = asked.get(emulator)
  if (known !== undefined) return known
  const answer = probe(emulator)
  asked.set(emulator, answer)
  return answer
}

async function probe(emulator: string): Promise<QemuCapabilities> {
  const workDir = await mkdtemp(join(tmpdir(), 'pv-'))
  try {
    const { capabilities } = await probeCapabilities({ emulator, workDir })
    const kvm = { present: false, usable: false, reason: 'the suite runs under TCG' }
    return { ...capabilities, kvm }
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}
