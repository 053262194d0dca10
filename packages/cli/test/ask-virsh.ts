import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { VirshCase } from './virsh-cases.ts'

/** What a program said. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Whether real virsh is on this machine. */
export function hasVirsh(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, 'virsh'), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Asks real virsh, in the fixtures' directory, so that file names are short and the same. */
export async function askVirsh(uri: string, { words, input }: VirshCase): Promise<Answer> {
  const child = spawn('virsh', ['-c', uri, ...words], {
    cwd: join(import.meta.dirname, 'fixtures'),
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C.UTF-8', TERM: 'dumb' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('error', reject)
  child.once('close', (code) => resolve(code ?? -1))
  const code = await promise
  return { code, stdout, stderr }
}
