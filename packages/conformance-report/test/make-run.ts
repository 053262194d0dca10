import type { CaseResult, ConformanceRun } from '../src/results.ts'

/** A case that passed, with what a test cares about laid over it. */
export function makeCase(changes: Partial<CaseResult> = {}): CaseResult {
  const head = {
    guest: 'ppc64le',
    machine: 'pseries',
    tier: 'model',
    scenario: 'disk/two-on-virtio',
    ...changes,
  }
  return {
    id: `${head.guest}/${head.machine}/${head.tier}/${head.scenario}`,
    arch: 'ppc64',
    title: 'two disks keep their order',
    face: 'offered',
    outcome: 'passed',
    durationMs: 3,
    ...head,
    tier: changes.tier ?? 'model',
  }
}

export const makeFailed = (changes: Partial<CaseResult> = {}): CaseResult =>
  makeCase({ outcome: 'failed', failure: { message: 'vda came second' }, ...changes })

export const makeNotRun = (changes: Partial<CaseResult> = {}): CaseResult =>
  makeCase({ outcome: 'not-run', reason: 'qemu-system-ppc64 is not installed', ...changes })

export const makeRun = (
  cases: readonly CaseResult[],
  changes: Partial<ConformanceRun> = {},
): ConformanceRun => ({
  format: 1,
  label: 'QEMU 7.2',
  subject: 'polyvirt 0.1.0',
  startedAt: '2026-11-25T21:04:11.000Z',
  durationMs: 62_000,
  host: 'Linux 6.1 x86_64, 2 CPUs',
  emulators: [{ guest: 'ppc64le', path: '/usr/bin/qemu-system-ppc64', version: '7.2.22' }],
  cases,
  coverage: [],
  ...changes,
})
