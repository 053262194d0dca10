import { readFile, rm } from 'node:fs/promises'
import type { Lab } from '../engine/lab.ts'
import { runProgram } from '../engine/run-program.ts'
import type { Outcome } from '../engine/run-program.ts'
import type { Fault, Point } from './point.ts'
import { tracedCalls } from './trace-line.ts'

/**
 * The command with its chance taken from it, so that a second run makes the same calls: temporary names
 * come from a fixed seed, and file work is done by one thread, because strace counts calls for each.
 */
const steady = {
  env: { UV_THREADPOOL_SIZE: '1' },
  command: (lab: Lab, args: readonly string[]): readonly string[] => {
    const [node = '', ...rest] = lab.program
    return [node, '--random-seed=1', ...rest, '-c', lab.uri(), ...args]
  },
}

export interface Traced {
  readonly outcome: Outcome
  readonly trace: string
  readonly pid: string
}

/** Runs a command and takes down the system calls that matter. */
export function traceCommand(lab: Lab, args: readonly string[]): Promise<Traced> {
  return strace(lab, args, ['-y', '-e', `trace=${tracedCalls.join()}`])
}

/** Runs a command and lets it die, or one of its calls fail, at one moment. */
export async function injectFault(
  lab: Lab,
  args: readonly string[],
  { point, fault }: { readonly point: Point; readonly fault: Fault },
): Promise<Traced & { readonly reached: boolean }> {
  const { call, path, nth } = point
  const what = fault === 'SIGKILL' ? 'signal=SIGKILL' : `error=${fault}`
  const traced = await strace(lab, args, [
    ...(path === undefined ? [] : ['-P', path === '.' ? lab.folder : lab.path(path)]),
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:${what}:when=${nth}`,
  ])
  const died = traced.outcome.signal === 'SIGKILL' && !traced.outcome.hung
  return { ...traced, reached: died || traced.trace.includes('(INJECTED)') }
}

async function strace(
  lab: Lab,
  args: readonly string[],
  options: readonly string[],
): Promise<Traced> {
  const log = lab.path('strace.trace')
  await rm(log, { force: true })
  // -D: the tracer is the grandchild, so that the command keeps the pid of the shell, which puts it
  // where a path has "$$". -b execve: QEMU is let go when it begins.
  const words = ['-D', '-f', '-b', 'execve', '-o', log, ...options].map(quoted)
  const command = steady.command(lab, args).map((word) => quoted(word).replaceAll('$$', '\\$\\$'))
  const line = `exec strace ${words.join(' ')} ${command.join(' ')}`
  let pid = ''
  const outcome = await runProgram(['/bin/sh', '-c', line], {
    env: steady.env,
    onStart: (child) => (pid = String(child.pid)),
  })
  return { outcome, trace: await settled(log), pid }
}

/** A word for the shell, in which only `$$` means something. */
function quoted(word: string): string {
  return `"${word.replaceAll(/["\\`]|\$(?!\$)/g, (one) => `\\${one}`)}"`
}

/** The tracer writes its last lines after the command has ended. */
async function settled(log: string): Promise<string> {
  let text = ''
  for (let tries = 0; tries < 50; tries++) {
    const next = await readFile(log, 'utf8').catch(() => '')
    if (next !== '' && next === text && /^\d+ +\+\+\+ /m.test(next)) return next
    text = next
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return text
}
