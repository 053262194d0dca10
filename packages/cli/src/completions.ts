import type { Command, Context, OptionSpec } from './command.ts'
import { allCommands, commandOf, secondWords } from './command-index.ts'
import { offeredOptions } from './format-help.ts'

/**
 * What could stand in place of the last of these words: a command's name, then its options and
 * their values. Asking must never fail or change anything: whatever goes wrong, nothing fits.
 */
export async function completions(
  context: Context,
  words: readonly string[],
): Promise<readonly string[]> {
  const current = words.at(-1)
  if (current === undefined) return []
  const before = words.slice(0, -1)
  const found = before.length === 0 ? await firstWords() : await after(context, before, current)
  return found.filter((candidate) => candidate.startsWith(current))
}

async function firstWords(): Promise<readonly string[]> {
  const commands = await allCommands()
  const names = commands.filter((command) => command.hidden !== true).map(({ name }) => name)
  return [...new Set(names.map((name) => name.split(' ')[0] ?? name))]
}

async function after(
  context: Context,
  before: readonly string[],
  current: string,
): Promise<readonly string[]> {
  const found = await commandOf(before)
  if (found === undefined) return before.length === 1 ? secondWords(before[0] ?? '') : []
  const { unused, awaiting, domain } = bind(found.command, found.words)
  if (awaiting !== undefined) return valuesOf(context, awaiting, domain)
  const options = [...unused.map((option) => `--${option.name}`)]
  if (current.startsWith('-')) return options
  const next = unused.find((option) => option.kind !== 'bool' && option.named !== true)
  const values = next === undefined ? [] : await valuesOf(context, next, domain)
  return [...values, ...options]
}

interface Bound {
  readonly unused: readonly OptionSpec[]
  readonly awaiting?: OptionSpec | undefined
  /** What was given as `domain`. */
  readonly domain?: string | undefined
}

/** Which options are still free after these words, and whether the last one awaits its value. */
function bind(command: Command, given: readonly string[]): Bound {
  let unused = offeredOptions(command)
  let awaiting: OptionSpec | undefined
  let domain: string | undefined
  for (const word of given) {
    if (awaiting !== undefined) {
      if (awaiting.name === 'domain') domain = word
      awaiting = undefined
      continue
    }
    const name = word.startsWith('--') ? word.slice(2).split('=')[0] : undefined
    const option: OptionSpec | undefined =
      name === undefined
        ? unused.find((each) => each.kind !== 'bool' && each.named !== true)
        : unused.find((each) => each.name === name)
    if (name !== undefined && option?.kind !== 'bool' && !word.includes('=')) awaiting = option
    if (option?.name === 'domain' && awaiting === undefined) {
      domain = word.startsWith('--') ? word.slice('--domain='.length) : word
    }
    if (option?.kind !== 'argv') unused = unused.filter((each) => each !== option)
  }
  return { unused, awaiting, domain }
}

/** `domain`: the one whose snapshots or checkpoints are meant. */
async function valuesOf(
  context: Context,
  option: OptionSpec,
  domain: string | undefined,
): Promise<readonly string[]> {
  const source = option.complete
  try {
    switch (source) {
      case undefined:
        return []
      case 'arch':
        return context.arches.registry.guests()
      case 'command':
        return await firstWords()
      case 'console':
        return await consoleNames(context)
      case 'scenario':
        return await scenarioNames(context)
      case 'network':
        return (await (await context.hypervisor()).networkListAll()).map(({ name }) => name)
      case 'node-device':
        return (await (await context.hypervisor()).nodeDeviceListAll()).map(({ name }) => name)
      case 'secret':
        return (await (await context.hypervisor()).secretListAll()).map(({ uuid }) => uuid)
      case 'pool':
        return (await (await context.hypervisor()).storagePoolListAll()).map(({ name }) => name)
      case 'volume':
        return await volumePaths(context)
      case 'snapshot':
      case 'checkpoint':
        return domain === undefined ? [] : await keptNames(context, source, domain)
      case 'domain':
      case 'active-domain':
      case 'inactive-domain':
        return await domainNames(context, source)
      default:
        return source
    }
  } catch {
    return []
  }
}

/** Chapters and ids of the suite, where it is installed. */
async function scenarioNames(context: Context): Promise<readonly string[]> {
  const { loadSuite } = await import('./conformance/suite.ts')
  const { selectSubjects } = await import('./conformance/select-subjects.ts')
  const { listScenarios } = await loadSuite(context.arches)
  const scenarios = listScenarios(await selectSubjects(context, {}, () => undefined))
  return [...new Set(scenarios.flatMap(({ id, chapter }) => [chapter, id]))]
}

/** Of all active pools: a path names a volume without its pool. */
async function volumePaths(context: Context): Promise<readonly string[]> {
  const hypervisor = await context.hypervisor()
  const pools = await hypervisor.storagePoolListAll({ active: true })
  const volumes = await Promise.all(pools.map(({ uuid }) => hypervisor.storageVolListAll(uuid)))
  return volumes.flat().map(({ path }) => path)
}

async function keptNames(
  context: Context,
  kind: 'snapshot' | 'checkpoint',
  domain: string,
): Promise<readonly string[]> {
  const hypervisor = await context.hypervisor()
  const kept =
    kind === 'snapshot'
      ? await hypervisor.domainListAllSnapshots(domain)
      : await hypervisor.domainListAllCheckpoints(domain)
  return kept.map(({ name }) => name)
}

async function domainNames(context: Context, source: string): Promise<readonly string[]> {
  const hypervisor = await context.hypervisor()
  const domains = await hypervisor.connectListAllDomains(
    source === 'domain' ? {} : { active: source === 'active-domain' },
  )
  return domains.map((domain) => domain.name)
}

/** Of all running domains: which one is meant is not worth finding out for a suggestion. */
async function consoleNames(context: Context): Promise<readonly string[]> {
  const hypervisor = await context.hypervisor()
  const domains = await hypervisor.connectListAllDomains({ active: true })
  const infos = await Promise.all(domains.map((domain) => hypervisor.domainGetInfo(domain.uuid)))
  return [...new Set(infos.flatMap((info) => info.consoles))]
}
