import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileDigest } from './file-digest.ts'
import { GuestError } from './guest-error.ts'
import { runProgram, type ProgramResult, type RunOptions } from './run-program.ts'
import { suiteSources } from './suite-sources.ts'

/** One exact version of a package, as the archive's signed index describes it. */
export interface DebianPackage {
  readonly name: string
  readonly version: string
  /** `all` where it is the same for every architecture. */
  readonly architecture: string
  readonly sha256: string
  readonly bytes: number
}

export interface DebianArchiveOptions {
  /** As `dpkg --print-architecture` prints it; need not be the machine's own. */
  readonly debianArch: string
  /** Private to this architecture: apt's lists and cache, and the packages fetched. */
  readonly directory: string
  /** A sources list to use instead of the machine's own. */
  readonly sourcesFile?: string
  /** Another suite than the machine's own sources name, from the machine's mirror; see {@link suiteSources}. */
  readonly suite?: string
  /** Percent of the package being fetched. */
  readonly onPercent?: (percent: number) => void
  /** Ends what apt is doing. */
  readonly signal?: AbortSignal
}

/**
 * apt with lists, cache and status of its own, so that any architecture's packages can be fetched
 * by any user, and the machine's apt never knows. Sources, keys, proxies and pins stay the
 * machine's, and so do apt's signature checks.
 */
export class DebianArchive {
  readonly #options: DebianArchiveOptions
  readonly #config: string

  constructor(options: DebianArchiveOptions) {
    this.#options = options
    this.#config = join(options.directory, 'apt.conf')
  }

  /**
   * To be called first. Reading the indexes may fail in part, which is enough: `find` says if
   * something is missing.
   */
  async open({ update }: { readonly update: boolean }): Promise<void> {
    const { directory } = this.#options
    for (const child of ['lists/partial', 'cache/archives/partial', 'packages']) {
      await mkdir(join(directory, child), { recursive: true })
    }
    // Empty, for nothing is installed; apt's lock stands beside it, so each archive has its own.
    await writeFile(join(directory, 'status'), '')
    await writeFile(this.#config, aptConfig(this.#options, await this.#sourcesFile()))
    if (!update) return
    const result = await this.#apt('apt-get', ['update'])
    if (result.outcome === 'failed' && !(await this.#hasLists())) {
      throw new GuestError(`apt could not read any package index:\n${lastLines(result.stderr)}`)
    }
  }

  /** The newest version of a package, or undefined where no source offers it. */
  async find(name: string): Promise<DebianPackage | undefined> {
    const fields = await this.#show(name)
    if (fields === undefined) return undefined
    const field = (key: string): string => {
      const value = fields.get(key)
      if (value === undefined) throw new GuestError(`package '${name}' has no ${key} in the index`)
      return value
    }
    return {
      name: field('Package'),
      version: field('Version'),
      architecture: field('Architecture'),
      sha256: field('SHA256'),
      bytes: Number(field('Size')),
    }
  }

  /** Names the package depends on, alternatives and versions left out. */
  async depends(name: string): Promise<readonly string[]> {
    const depends = (await this.#show(name))?.get('Depends') ?? ''
    return depends.split(',').map((entry) => entry.trim().replace(/[\s(|].*$/, ''))
  }

  /** Fetches a package, unless an intact copy is here already, and returns its path. */
  async fetch(wanted: DebianPackage): Promise<string> {
    const folder = join(this.#options.directory, 'packages')
    const file = join(folder, fileName(wanted))
    if ((await fileDigest(file, 'sha256', 'hex')) === wanted.sha256) return file
    const what = `${wanted.name}=${wanted.version}`
    const result = await this.#apt('apt-get', ['-oAPT::Status-Fd=1', 'download', what], {
      cwd: folder,
      onLine: (line) => {
        const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1]
        if (percent !== undefined) this.#options.onPercent?.(Number(percent))
      },
    })
    const found = await fileDigest(file, 'sha256', 'hex')
    if (found === wanted.sha256) return file
    throw new GuestError(
      found === undefined
        ? `apt could not fetch ${what}:\n${lastLines(result.stderr)}`
        : `${file} is damaged: its SHA-256 is ${found}, the archive says ${wanted.sha256}`,
    )
  }

  /**
   * Files of these packages and of everything they depend on, recommendations left out, by apt's own
   * choice of versions. Those that are here already are not fetched again.
   */
  async fetchWithDependencies(names: readonly string[]): Promise<readonly string[]> {
    const install = ['-y', '--no-install-recommends', 'install', ...names]
    const chosen = await this.#apt('apt-get', ['--simulate', ...install])
    if (chosen.outcome !== 'succeeded')
      throw new GuestError(`apt cannot install ${names.join(', ')}:\n${lastLines(chosen.stderr)}`)
    const fetched = await this.#apt('apt-get', ['--download-only', ...install])
    if (fetched.outcome !== 'succeeded')
      throw new GuestError(`apt cannot fetch ${names.join(', ')}:\n${lastLines(fetched.stderr)}`)
    const folder = join(this.#options.directory, 'cache/archives')
    // Older versions of other runs may lie beside those that were chosen.
    const wanted = new Set(
      [...chosen.stdout.matchAll(/^Inst (\S+) \((\S+) /gm)].map(
        ([, name, version]) => `${name}_${version?.replaceAll(':', '%3a')}`,
      ),
    )
    const files = await readdir(folder)
    return files
      .filter((file) => wanted.has(file.replace(/_[^_]+\.deb$/, '')))
      .toSorted()
      .map((file) => join(folder, file))
  }

  async #show(name: string): Promise<ReadonlyMap<string, string> | undefined> {
    const result = await this.#apt('apt-cache', ['show', '--no-all-versions', name])
    if (result.outcome === 'failed') return undefined
    const fields = new Map<string, string>()
    for (const line of result.stdout.split('\n')) {
      const [, key, value] = /^([\w-]+): (.*)$/.exec(line) ?? []
      if (key !== undefined && value !== undefined && !fields.has(key)) fields.set(key, value)
    }
    // Of a name that packages only provide, apt prints nothing, and is content.
    return fields.size === 0 ? undefined : fields
  }

  async #sourcesFile(): Promise<string | undefined> {
    const { sourcesFile, suite, directory } = this.#options
    if (sourcesFile !== undefined || suite === undefined) return sourcesFile
    const file = join(directory, 'sources.list')
    await writeFile(file, await suiteSources(suite))
    return file
  }

  async #hasLists(): Promise<boolean> {
    const files = await readdir(join(this.#options.directory, 'lists'))
    return files.some((file) => file.includes('_Packages'))
  }

  async #apt(
    program: 'apt-get' | 'apt-cache',
    args: readonly string[],
    options: Omit<RunOptions, 'env' | 'signal'> = {},
  ): Promise<ProgramResult> {
    const result = await runProgram(program, ['-qq', '-c', this.#config, ...args], {
      ...options,
      ...(this.#options.signal === undefined ? {} : { signal: this.#options.signal }),
      env: { LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (result.outcome === 'missing') {
      throw new GuestError(
        `guest images are made of Debian packages, but '${program}' is not installed: ` +
          'install apt and dpkg',
      )
    }
    return result
  }
}

/**
 * Read after the machine's own configuration, so what the machine adds is still in force, and what
 * must not be (hooks that tell other programs of an update, other architectures) is cleared.
 */
function aptConfig(
  { debianArch, directory }: DebianArchiveOptions,
  sourcesFile: string | undefined,
): string {
  const quoted = (value: string): string => {
    if (/["\n]/.test(value)) throw new GuestError(`apt cannot use the path ${value}`)
    return `"${value}"`
  }
  const sources =
    sourcesFile === undefined
      ? []
      : [`Dir::Etc::sourcelist ${quoted(sourcesFile)};`, 'Dir::Etc::sourceparts "/dev/null";']
  return [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear APT::Architectures;',
    `APT::Architecture ${quoted(debianArch)};`,
    `APT::Architectures { ${quoted(debianArch)}; };`,
    `Dir::State::lists ${quoted(join(directory, 'lists'))};`,
    `Dir::State::status ${quoted(join(directory, 'status'))};`,
    `Dir::Cache ${quoted(join(directory, 'cache'))};`,
    'Acquire::Languages "none";',
    // A cache below a private home is out of reach for apt's own download user.
    'APT::Sandbox::User "";',
    ...sources,
    '',
  ].join('\n')
}

/** apt's file name: a colon, which an epoch brings, is escaped. */
const fileName = ({ name, version, architecture }: DebianPackage): string =>
  `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`

const lastLines = (text: string): string => text.trim().split('\n').slice(-6).join('\n')
