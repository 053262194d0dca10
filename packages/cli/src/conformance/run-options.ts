import { isAbsolute, resolve } from 'node:path'
import { tiers } from '@polyvirt/conformance-report'
import type { Tier } from '@polyvirt/conformance-report'
import type { Boots } from '@polyvirt/conformance/run'
import { UsageError } from '../command-error.ts'
import type { Options } from '../command.ts'
import { checkKnown, wordsOf } from './known-words.ts'

/** The command line of a run, understood as far as it can be without the suite. */
export interface AskedRun {
  readonly arches?: readonly string[]
  readonly guests?: readonly string[]
  readonly tiers?: readonly Tier[]
  readonly scenarios?: readonly string[]
  /** By guest architecture, absolute. */
  readonly emulator?: Readonly<Record<string, string>>
  /** libvirt's connection to ask instead. */
  readonly connect?: string
  readonly shard?: { readonly index: number; readonly of: number }
  readonly boots?: Boots
  readonly label?: string
  readonly jobs?: number
  /** Only what failed last. */
  readonly rerun: boolean
  readonly output?: string
}

const bootsWords: readonly Boots[] = ['none', 'few', 'most', 'all']

/** @throws UsageError where a word is not known or a value makes no sense. */
export function readRunOptions(options: Options, from: string): AskedRun {
  const arches = wordsOf(options, 'arch')
  const guests = wordsOf(options, 'guest')
  const scenarios = wordsOf(options, 'scenario')
  const asked = wordsOf(options, 'tier')
  if (asked !== undefined) checkKnown('tier', asked, tiers)
  const boots = options.text('boots')
  if (boots !== undefined) checkKnown('word of --boots', [boots], bootsWords)
  const rerun = options.text('rerun')
  if (rerun !== undefined) checkKnown('word of --rerun', [rerun], ['failed'])
  const emulators = wordsOf(options, 'emulator')
  const connect = options.text('connect')
  const shard = options.text('shard')
  const label = options.text('label')
  const jobs = options.integer('jobs', 1)
  const output = options.text('output')
  return {
    rerun: rerun !== undefined,
    ...(arches !== undefined && { arches }),
    ...(guests !== undefined && { guests }),
    ...(asked !== undefined && { tiers: tiers.filter((tier) => asked.includes(tier)) }),
    ...(scenarios !== undefined && { scenarios }),
    ...(emulators !== undefined && { emulator: readEmulators(emulators, from) }),
    ...(connect !== undefined && { connect }),
    ...(shard !== undefined && { shard: readShard(shard) }),
    ...(boots !== undefined && { boots: bootsWords.find((word) => word === boots) ?? 'most' }),
    ...(label !== undefined && { label }),
    ...(jobs !== undefined && { jobs }),
    ...(output !== undefined && { output: resolve(from, output) }),
  }
}

function readShard(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []
  if (index === undefined || of === undefined || Number(index) > Number(of)) {
    throw new UsageError(`'${text}' is no shard`, 'write --shard 2/5 for the second of five parts')
  }
  return { index: Number(index), of: Number(of) }
}

function readEmulators(words: readonly string[], from: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [, guest, path] = /^([^=]+)=(.+)$/.exec(word) ?? []
      if (guest === undefined || path === undefined) {
        throw new UsageError(
          `'${word}' names no emulator`,
          'write --emulator GUEST=PATH, as in ppc64le=/opt/qemu/bin/qemu-system-ppc64',
        )
      }
      return [guest, isAbsolute(path) ? path : resolve(from, path)]
    }),
  )
}
