import { spawnSync } from 'node:child_process'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findProgram } from '../../src/hypervisor/confinement/confinement.ts'
import { isAlive } from '../../src/run/process-identity.ts'
import type { ProcessIdentity } from '../../src/run/process-identity.ts'
import { stopProcess } from '../../src/run/stop-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const setpriv = findProgram('setpriv')
const notRun = setpriv === undefined ? ': not run, setpriv is not installed' : ''

test(`an emulator that is asked ends with whoever asks it, however that ends${notRun}`, async () => {
  if (setpriv === undefined) return
  const program = new URL('../support/probe-child.ts', import.meta.url).pathname
  const words = ['--conditions=@polyvirt/source', program, tempDir(), setpriv]
  const { stdout, signal } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  expect(signal).toBe('SIGKILL')
  const asked = JSON.parse(stdout) as ProcessIdentity
  onTestFinished(async () => void (await stopProcess(asked, { termMs: 0 })))
  await vi.waitFor(() => expect(isAlive(asked)).toBe(false), 10_000)
})
