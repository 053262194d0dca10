import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

/** How a program ended. */
export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** It was still running at its limit, and was killed. */
  readonly hung: boolean
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  /** 60 s: nothing here takes as long unless it hangs. */
  readonly limitMs?: number
  /** Is given the process, to be killed at some moment. */
  readonly onStart?: (child: ChildProcess) => void
}

const defaultLimitMs = 60_000

/** Runs a program to its end and takes what it says. Never rejects for how it ends. */
export function runProgram(
  [program = '', ...args]: readonly string[],
  { env, limitMs = defaultLimitMs, onStart }: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    })
    let stdout = ''
    let stderr = ''
    let hung = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const limit = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, limitMs)
    child.once('error', reject)
    // Not 'close': whoever inherited the pipes may keep them open for longer.
    child.once('exit', (code, signal) => {
      clearTimeout(limit)
      const done = (): void => {
        child.stdout.destroy()
        child.stderr.destroy()
        resolve({ code, signal, stdout, stderr, hung })
      }
      // What it wrote last is still in the pipe.
      if (child.stdout.readableEnded && child.stderr.readableEnded) done()
      else {
        const patience = setTimeout(done, 200)
        child.once('close', () => {
          clearTimeout(patience)
          done()
        })
      }
    })
    onStart?.(child)
  })
}

/** What is shown of an outcome in a failure. */
export function describe({ code, signal, stderr, hung }: Outcome): string {
  const how = hung ? 'hung' : signal === null ? `status ${code}` : `signal ${signal}`
  return `${how}: ${stderr.trim().slice(0, 600)}`
}
