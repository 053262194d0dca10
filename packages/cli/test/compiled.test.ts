import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Script } from 'node:vm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { cacheFolder, cacheName } from '../src/compiled/cache-folder.ts'
import { readCompiled } from '../src/compiled/compiled-file.ts'
import { openScripts } from '../src/compiled/scripts.ts'

let folder: string
let cache: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pv-compiled-'))
  cache = join(folder, 'kept')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

const head = `(function(exports,require,module,__filename,__dirname){'use strict';`

/** A script that says a word from within a function, which V8 compiles when it is called. */
function write(word: string, name = 'one.cjs'): void {
  writeFileSync(
    join(folder, name),
    `${head}exports.say = () => { const all = []; for (const c of '${word}') all.push(c); return all.join('') }})`,
  )
}

interface Speaker {
  readonly say: () => string
}

/** One process: loads the script, lets it speak, and keeps what was compiled. */
function run(succeeded = true, kept: string | undefined = cache): string {
  const scripts = openScripts({ folder, ...(kept !== undefined && { cache: kept }), given: {} })
  const said = (scripts.load('one.cjs') as Speaker).say()
  scripts.keep(succeeded)
  return said
}

const inode = (): number => statSync(cache).ino

describe('scripts that are kept compiled', () => {
  it('are kept with the functions that ran, and read by the next process', () => {
    write('first')
    expect(run()).toBe('first')
    const data = readCompiled(cache)?.get('one.cjs')?.data
    const untouched = new Script(readFileSync(join(folder, 'one.cjs'), 'utf8')).createCachedData()
    expect(data?.length).toBeGreaterThan(untouched.length)
    const before = inode()
    expect(run()).toBe('first')
    expect(inode()).toBe(before)
    expect(statSync(cache).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).toSorted()).toEqual(['kept', 'one.cjs'])
  })

  it('are compiled anew where the script is another one, even of the same length', () => {
    write('first')
    run()
    write('other')
    const before = inode()
    expect(run()).toBe('other')
    expect(inode()).not.toBe(before)
    expect(run()).toBe('other')
  })

  it('require each other and what they are given, and run once', () => {
    writeFileSync(join(folder, 'two.cjs'), `${head}exports.word = require('given').word})`)
    writeFileSync(
      join(folder, 'one.cjs'),
      `${head}const two = require('./two.cjs');exports.same = two === require('./two.cjs');exports.word = two.word;exports.at = __filename})`,
    )
    const scripts = openScripts({ folder, cache, given: { given: { word: 'gift' } } })
    expect(scripts.load('one.cjs')).toEqual({
      same: true,
      word: 'gift',
      at: join(folder, 'one.cjs'),
    })
    scripts.keep(true)
    expect([...(readCompiled(cache)?.keys() ?? [])]).toEqual(['one.cjs', 'two.cjs'])
    expect(() => scripts.load('none.cjs')).toThrow('ENOENT')
  })

  it('are not kept of a run that failed, which may have used next to nothing', () => {
    write('first')
    expect(run(false)).toBe('first')
    expect(existsSync(cache)).toBe(false)
  })

  const damages: Readonly<Record<string, () => void>> = {
    'cut off': () => truncateSync(cache, statSync(cache).size - 8),
    empty: () => truncateSync(cache, 0),
    'of another format': () => {
      const bytes = readFileSync(cache)
      bytes[20] = (bytes[20] ?? 0) ^ 1
      writeFileSync(cache, bytes)
    },
    'without a head': () => writeFileSync(cache, 'polyvirt compiled scripts 1\nnot JSON\n'),
    'open to others': () => chmodSync(cache, 0o666),
    'a link': () => {
      rmSync(cache)
      writeFileSync(join(folder, 'elsewhere'), 'x')
      symlinkSync('elsewhere', cache)
    },
    'a folder': () => {
      rmSync(cache)
      mkdirSync(cache)
    },
  }
  it.for(Object.entries(damages))('what is %s is not believed', ([, damage]) => {
    write('first')
    run()
    damage()
    expect(readCompiled(cache)).toBeUndefined()
    expect(run()).toBe('first')
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  it('need no cache', () => {
    write('first')
    expect(run(true, undefined)).toBe('first')
    expect(run(true, join(folder, 'no/such/folder'))).toBe('first')
  })
})

describe('the folder of compiled scripts', () => {
  const of = (environment: NodeJS.ProcessEnv): string | undefined =>
    cacheFolder(environment, '/opt/polyvirt/dist')

  it('is of this user, this Node and this installation, and nobody else may enter it', () => {
    const found = of({ HOME: folder })
    expect(found).toMatch(new RegExp(`^${folder}/.cache/polyvirt/compiled/${process.version}-`))
    expect(found?.endsWith('/_opt_polyvirt_dist')).toBe(true)
    expect(statSync(found ?? '').mode & 0o777).toBe(0o700)
    expect(cacheFolder({ HOME: folder }, '/usr/lib/polyvirt/dist')).not.toBe(found)
  })

  it('stands where the environment says', () => {
    expect(of({ HOME: '/x', XDG_CACHE_HOME: folder })).toMatch(`${folder}/polyvirt/compiled/`)
    expect(of({ HOME: folder, XDG_CACHE_HOME: 'relative' })).toMatch(`${folder}/.cache/`)
    expect(of({ HOME: '/x', NODE_COMPILE_CACHE: `${folder}/node` })).toMatch(
      `${folder}/node/polyvirt/`,
    )
  })

  it('is none without a home, where it cannot be made, and where none is wanted', () => {
    expect(of({})).toBeUndefined()
    writeFileSync(join(folder, 'file'), '')
    expect(of({ HOME: join(folder, 'file') })).toBeUndefined()
    expect(of({ XDG_CACHE_HOME: '/proc/no-such' })).toBeUndefined()
    expect(of({ HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' })).toBeUndefined()
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('is not believed where others could have put something into it', () => {
    const found = of({ HOME: folder }) ?? ''
    chmodSync(found, 0o777)
    expect(of({ HOME: folder })).toBeUndefined()
    chmodSync(found, 0o700)
    expect(of({ HOME: folder })).toBe(found)
    const base = join(folder, '.cache/polyvirt/compiled')
    chmodSync(base, 0o770)
    expect(of({ HOME: folder })).toBeUndefined()
    rmSync(base, { recursive: true })
    mkdirSync(join(folder, 'theirs'))
    symlinkSync('../../theirs', base)
    expect(of({ HOME: folder })).toBeUndefined()
  })

  it('has a file for each command', () => {
    expect(cacheName(['-c', 'qemu:///session', 'start', 'web'])).toBe('start')
    expect(cacheName(['domxml-to-native', 'qemu-argv', 'x.xml'])).toBe('domxml-to-native')
    expect(cacheName(['start web; list'])).toBe('other')
    expect(cacheName(['../../x', '--version'])).toBe('other')
    expect(cacheName([])).toBe('other')
  })
})

describe('the built command', () => {
  const command = join(import.meta.dirname, '../bin/polyvirt')
  const polyvirt = async (...words: readonly string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'], HOME: folder, POLYVIRT_NODE: process.execPath }
    const { stdout } = await promisify(execFile)(command, words, { env })
    return stdout
  }
  const kept = (): readonly string[] => {
    const base = join(folder, '.cache/polyvirt/compiled')
    const files = existsSync(base) ? readdirSync(base, { recursive: true, encoding: 'utf8' }) : []
    return files.map((name) => join(base, name)).filter((path) => statSync(path).isFile())
  }

  it('keeps what a command compiled, and takes it up; what V8 refuses is made anew', async () => {
    const help = await polyvirt('help', 'start')
    const [file = '', ...others] = kept()
    expect(others).toEqual([])
    expect(file.endsWith('/help')).toBe(true)
    const { ino } = statSync(file)
    expect(await polyvirt('help', 'start')).toBe(help)
    expect(statSync(file).ino).toBe(ino)

    const bytes = readFileSync(file)
    const all = [...(readCompiled(file)?.values() ?? [])]
    const size = all.reduce((sum, { data }) => sum + Math.ceil(data.length / 8) * 8, 0)
    bytes.fill(0, bytes.length - size)
    writeFileSync(file, bytes)
    expect(await polyvirt('help', 'start')).toBe(help)
    expect(readFileSync(file).equals(bytes)).toBe(false)
    expect([...(readCompiled(file)?.keys() ?? [])]).toEqual(all.map(({ name }) => name))
  })

  it('is written for the oldest Node that it is for, which knows no `using`', () => {
    const dist = join(import.meta.dirname, '../dist')
    const files = readdirSync(dist).filter((name) => /\.c?js$/.test(name))
    expect(files.length).toBeGreaterThan(100)
    const newer = files.filter((name) =>
      /\b(?:await )?using \w+ ?=/.test(readFileSync(join(dist, name), 'utf8')),
    )
    expect(newer).toEqual([])
  })

  it('keeps nothing of a command that is none', async () => {
    await expect(polyvirt('strat', 'web')).rejects.toThrow('strat')
    expect(kept()).toEqual([])
  })
})
