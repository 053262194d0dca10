import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { PrivateLibvirt } from '../scripts/lib/private-libvirt.ts'

/** One shell, virsh's or ours, that is asked again and again, so that its start does not count. */
export interface Shell extends AsyncDisposable {
  /** What it says to one line. @throws Error where it says `error:`, or ended. */
  ask(line: string): Promise<string>
}

/** What `echo` says marks the end of an answer; a shell shows its input, too. */
const mark = 'bench-end'
const answered = /(?<!echo )bench-end/

export function openShell({ argv, options }: PrivateLibvirt['shell']): Shell {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  const gone = once(child, 'exit')
  let said = ''
  let wake: () => void = () => {}
  const take = (text: string): void => {
    said += text
    wake()
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  child.once('exit', () => wake())
  return {
    async ask(line) {
      said = ''
      child.stdin.write(`${line}\necho ${mark}\n`)
      while (!answered.test(said)) {
        if (child.exitCode !== null) throw new Error(`the shell ended: ${said}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
      const error = /^error: .*/m.exec(said)
      if (error !== null) throw new Error(`${line}: ${error[0]}`)
      return said
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end('quit\n')
      await gone
    },
  }
}
