import { deepStrictEqual, match, ok, strictEqual } from 'node:assert'
import type { Arch, HostFiles, HostInfo } from '@polyvirt/core/arch'
import {
  fileDamages,
  hostsWithDamage,
  openedFiles,
  randomFiles,
  replacedBy,
  type FileDamage,
} from './damaged-files.ts'
import type { TestRunner } from './test-arch.ts'

/** A machine as its documentation shows it, and what is read of it. */
export interface KnownHost {
  readonly name: string
  readonly files: HostFiles
  readonly expected: HostInfo
  /** Topics and levels of what `doctor` says. */
  readonly findings: readonly (readonly [topic: string, level: string])[]
}

export interface TestHostsOptions extends TestRunner {
  readonly arch: Arch
  readonly hosts: readonly KnownHost[]
  /** What may become of a file in the words of this architecture, beside what may become of any. */
  readonly damages?: readonly FileDamage[]
  /** Names in folders that its reader might take for something. */
  readonly names?: readonly string[]
  /** What else holds of a host, whatever its files are. */
  readonly check?: (info: HostInfo) => void
}

/** Names that are nearly those of nodes and CPUs. */
const oddNames = ['..', '', 'node', 'node-1', 'node99999999', 'cpu9999999', '\u001b[0m']

/**
 * Registers what must hold of an architecture's host reader on machines that are known: each is read as it
 * is described; and with any of its files damaged, or all of them, it is still a host, in which
 * nothing stands that a terminal would obey.
 */
export function testHosts(options: TestHostsOptions): void {
  const { arch, hosts, damages = [], names = [], describe, it } = options
  const { host } = arch
  const all: readonly FileDamage[] = [
    ...fileDamages,
    replacedBy('names of objects', '__proto__\0constructor\0'),
    ...damages,
  ]
  for (const { name, files, expected, findings } of hosts) {
    describe(name, () => {
      it('is read', () => deepStrictEqual(host.read(files), expected))

      it('is told what guests will miss', () => {
        const found = host.diagnose?.(host.read(files), files) ?? []
        deepStrictEqual(
          found.map(({ topic, level }) => [topic, level]),
          findings,
        )
        for (const { message } of found) match(message, /^\S.*\.$/)
      })

      const paths = openedFiles(host, files)
      for (const damage of all) {
        it(`with any file ${damage[0]} is still a host`, () => {
          for (const [path, damaged] of hostsWithDamage(files, paths, damage, name.length))
            checkSaneHost(options, damaged, path)
        })
      }

      it('with all files random at once is still a host', () => {
        for (let seed = 0; seed < 20; seed++)
          checkSaneHost(options, randomFiles(files, seed), `seed ${seed}`)
      })
    })
  }

  describe('hostile names in folders', () => {
    it('are not mistaken for nodes, CPUs or modules', () => {
      const listed = [...oddNames, ...names]
      const { cells, virtualization } = host.read({ list: () => listed, read: () => undefined })
      deepStrictEqual(cells, [])
      const modules = virtualization?.modules ?? []
      deepStrictEqual(
        modules.filter((name) => listed.includes(name)),
        [],
      )
    })
  })
}

/**
 * What holds of a host whatever its files are: numbers are numbers, and texts can be printed.
 *
 * @param what of the files is odd; the error names it
 */
export function checkSaneHost(
  { arch: { host, cpu }, check }: Pick<TestHostsOptions, 'arch' | 'check'>,
  files: HostFiles,
  what: string,
): void {
  try {
    const info = host.read(files)
    host.diagnose?.(info, files)
    cpu.host?.(info)
    ok(info.topology.cpus >= 0, `${info.topology.cpus} CPUs`)
    strictEqual(leaves(info).find(isOddNumber), undefined, 'is no number that can be relied on')
    const { facts, firmware, sysinfo, virtualization } = info
    const plain = leaves({ firmware, sysinfo, virtualization }).find((leaf) => has(leaf, notAscii))
    strictEqual(plain, undefined, `a text that cannot be printed: ${JSON.stringify(plain)}`)
    const fact = leaves(facts).find((leaf) => has(leaf, unprintable))
    strictEqual(fact, undefined, `a fact that cannot be printed: ${JSON.stringify(fact)}`)
    check?.(info)
  } catch (error) {
    if (error instanceof Error) error.message = `${what}: ${error.message}`
    throw error
  }
}

const isOddNumber = (leaf: unknown): boolean =>
  typeof leaf === 'number' && !Number.isSafeInteger(leaf)

const notAscii = /[^\x20-\x7e]/

/** Control characters, and those that only tell how others are shown. */
const unprintable = /[\p{Cc}\p{Cf}]/u

const has = (leaf: unknown, pattern: RegExp): boolean =>
  typeof leaf === 'string' && pattern.test(leaf)

/** All numbers and texts of a value, wherever they stand. */
function leaves(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(leaves)
    : [value]
}
