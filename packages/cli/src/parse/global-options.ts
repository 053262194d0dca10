import { UsageError } from '../command-error.ts'
import { defaultSettings } from './settings.ts'
import type { Settings } from './settings.ts'

/** What the words before the command ask for. */
export interface GlobalOptions {
  readonly settings: Settings
  /** Where one of these stands, it is all that is done. */
  readonly show?: 'help' | 'short-version' | 'long-version'
  /** Remarks such as virsh's on a debug level out of range. */
  readonly remarks: readonly string[]
  /** The command and its arguments. */
  readonly rest: readonly string[]
}

interface GlobalOption {
  readonly short?: string
  readonly long?: string
  readonly argument: 'none' | 'required' | 'optional'
}

const known: readonly GlobalOption[] = [
  { short: 'c', long: 'connect', argument: 'required' },
  { short: 'd', long: 'debug', argument: 'required' },
  { short: 'e', long: 'escape', argument: 'required' },
  { short: 'h', long: 'help', argument: 'none' },
  { short: 'k', long: 'keepalive-interval', argument: 'required' },
  { short: 'K', long: 'keepalive-count', argument: 'required' },
  { short: 'l', long: 'log', argument: 'required' },
  { short: 'q', long: 'quiet', argument: 'none' },
  { short: 'r', long: 'readonly', argument: 'none' },
  { short: 't', long: 'timing', argument: 'none' },
  { short: 'v', argument: 'none' },
  { short: 'V', argument: 'none' },
  { long: 'version', argument: 'optional' },
  { long: 'json', argument: 'none' },
  { long: 'no-color', argument: 'none' },
]

/** Reads the options before the command as getopt_long does for virsh; the first other word ends them. */
export function parseGlobalOptions(words: readonly string[]): GlobalOptions {
  let settings = defaultSettings
  const remarks: string[] = []
  let index = 0
  while (index < words.length) {
    const word = words[index] ?? ''
    if (word === '--') {
      index++
      break
    }
    if (!word.startsWith('-') || word === '-') break
    index++
    for (const { option, value, show } of readWord(word, () => words[index++])) {
      if (show !== undefined) return { settings, show, remarks, rest: [] }
      settings = apply(settings, option, value, remarks)
    }
  }
  return { settings, remarks, rest: words.slice(index) }
}

interface Found {
  readonly option: GlobalOption
  readonly value: string
  readonly show?: NonNullable<GlobalOptions['show']>
}

/** The options in one word: one long option, or short ones in a row, the last with its argument. */
function* readWord(word: string, next: () => string | undefined): Generator<Found> {
  if (word.startsWith('--')) {
    const [name = '', ...values] = word.slice(2).split('=')
    const option = findLong(name)
    const attached = values.length > 0 ? values.join('=') : undefined
    if (option === undefined || (option.argument === 'none' && attached !== undefined)) {
      throw unsupported(word)
    }
    yield found(option, attached, next)
    return
  }
  for (let at = 1; at < word.length; at++) {
    const option = known.find((candidate) => candidate.short === word[at])
    if (option === undefined) throw unsupported(`-${word[at]}`)
    const attached = option.argument === 'required' ? word.slice(at + 1) || undefined : undefined
    yield found(option, attached, next)
    if (option.argument === 'required') return
  }
}

function found(
  option: GlobalOption,
  attached: string | undefined,
  next: () => string | undefined,
): Found {
  const value = attached ?? (option.argument === 'required' ? next() : '')
  if (value === undefined) {
    throw new UsageError(`option '-${option.short}'/'--${option.long}' requires an argument`)
  }
  const show = showOf(option, value)
  return show === undefined ? { option, value } : { option, value, show }
}

function showOf(option: GlobalOption, value: string): Found['show'] {
  if (option.long === 'help') return 'help'
  if (option.short === 'V' || (option.long === 'version' && value === 'long')) return 'long-version'
  return option.short === 'v' || option.long === 'version' ? 'short-version' : undefined
}

/** A long option by its name or an unambiguous beginning of it, as getopt_long allows. */
function findLong(name: string): GlobalOption | undefined {
  const exact = known.find((option) => option.long === name)
  if (exact !== undefined) return exact
  const matches = known.filter((option) => name !== '' && option.long?.startsWith(name) === true)
  return matches.length === 1 ? matches[0] : undefined
}

function unsupported(word: string): UsageError {
  return new UsageError(`unsupported option '${word}'. See --help.`)
}

function apply(
  settings: Settings,
  option: GlobalOption,
  value: string,
  remarks: string[],
): Settings {
  switch (option.long) {
    case 'connect':
      return { ...settings, uri: value }
    case 'debug':
      return { ...settings, debug: debugLevel(value, settings.debug, remarks) }
    case 'escape':
      if (!/^(\^.|[^^])$/su.test(value)) {
        throw new UsageError(`Invalid string '${value}' for escape sequence`)
      }
      return { ...settings, escape: value }
    case 'keepalive-interval':
    case 'keepalive-count':
      checkKeepalive(option, value)
      return settings
    case 'log':
      return { ...settings, logFile: value }
    case 'quiet':
      return { ...settings, quiet: true }
    case 'readonly':
      return { ...settings, readonly: true }
    case 'timing':
      return { ...settings, timing: true }
    case 'json':
      return { ...settings, json: true }
    case 'no-color':
      return { ...settings, noColor: true }
    default:
      return settings
  }
}

function debugLevel(value: string, before: number, remarks: string[]): number {
  if (!/^[+-]?\d+$/.test(value)) throw new UsageError('option -d takes a numeric argument')
  const level = Number(value)
  if (level >= 0 && level <= 4) return level
  remarks.push(`ignoring debug level ${value} out of range [0-4]`)
  return before
}

/** Nothing is kept alive while the hypervisor lives in this process, but bad values are refused. */
function checkKeepalive(option: GlobalOption, value: string): void {
  if (!/^[+-]?\d+$/.test(value)) throw new UsageError(`Invalid value for option -${option.short}`)
  if (Number(value) < 0) {
    throw new UsageError(`option -${option.short} requires a positive integer argument`)
  }
}
