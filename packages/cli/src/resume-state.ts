import type { Options } from './command.ts'
import type { ResumeState } from './core.ts'
import { exclude } from './parse/option-pairs.ts'

/** What a saved guest goes on as, where `--running` or `--paused` says so; else as it was saved. */
export function resumeState(options: Options): ResumeState {
  exclude(options, 'running', 'paused')
  if (options.flag('running')) return { running: true }
  return options.flag('paused') ? { paused: true } : {}
}
