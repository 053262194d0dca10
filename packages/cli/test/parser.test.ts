import { describe, expect, it } from 'vitest'
import type { Command } from '../src/command.ts'
import { allCommands } from '../src/command-index.ts'
import { parseCommand } from '../src/parse/parse-command.ts'
import { parseGlobalOptions } from '../src/parse/global-options.ts'
import { splitCommands } from '../src/parse/split-commands.ts'

const command: Command = {
  name: 'try',
  group: 'domain',
  summary: '',
  options: [
    { name: 'domain', kind: 'data', required: true, help: '' },
    { name: 'all', kind: 'bool', help: '' },
    { name: 'arch', kind: 'string', named: true, help: '' },
    { name: 'count', kind: 'int', help: '' },
    { name: 'later', kind: 'bool', help: '', offered: false },
    { name: 'rest', kind: 'argv', help: '' },
  ],
  run: () => ({}),
}

const parse = (...words: readonly string[]): unknown => {
  const { options, help, json } = parseCommand(command, words)
  return {
    domain: options.text('domain'),
    all: options.flag('all'),
    arch: options.text('arch'),
    count: options.integer('count', 0),
    rest: options.list('rest'),
    ...(help ? { help } : {}),
    ...(json ? { json } : {}),
  }
}

const nothing = { domain: undefined, all: false, arch: undefined, count: undefined, rest: [] }

describe('the options of a command', () => {
  it.each([
    [['web'], { domain: 'web' }],
    [['--domain', 'web'], { domain: 'web' }],
    [['--domain=a=b'], { domain: 'a=b' }],
    [['--all', 'web', '3', 'x', 'y'], { domain: 'web', all: true, count: 3, rest: ['x', 'y'] }],
    [['--count', '3', 'web', 'x'], { domain: 'web', count: 3, rest: ['x'] }],
    [['--arch', 's390x', 'web'], { domain: 'web', arch: 's390x' }],
    [['--', '--all', '7', '--'], { domain: '--all', count: 7, rest: ['--'] }],
    [['-x'], { domain: '-x' }],
    [['--domain', '--all'], { domain: '--all' }],
    [['--rest', 'a', '--rest', 'b', 'web'], { domain: 'web', rest: ['a', 'b'] }],
    [['--json', 'web'], { domain: 'web', json: true }],
    [['--help'], { help: true }],
    [['web', '--', '--json'], { domain: 'web' }, true],
  ])('binds %j', (words, expected, countIsBad = false) => {
    if (countIsBad) expect(() => parse(...words)).toThrow(/Numeric value '--json'/)
    else expect(parse(...words)).toEqual({ ...nothing, ...expected })
  })

  it.each([
    [[], "command 'try' requires <domain> option"],
    [['--bogus'], "command 'try' doesn't support option --bogus"],
    [['--bogus=1'], "command 'try' doesn't support option --bogus"],
    [['--__proto__', 'web'], "command 'try' doesn't support option --__proto__"],
    [['--all=1', 'web'], "invalid '=' after option --all"],
    [['--arch'], 'expected syntax: --arch <string>'],
    [['web', '--count'], 'expected syntax: --count <number>'],
    [['web', '--all', '--all'], 'option --all already seen'],
    [['web', '--domain', 'web'], 'option --domain already seen'],
    [['web', '--later'], "option --later of command 'try' is known to virsh but not offered yet"],
    [['--domain', ''], "Failed to get option 'domain': Option argument is empty"],
    [['web', 'x'], "Numeric value 'x' for <count> option is malformed or out of range"],
    [['web', '-1'], "Numeric value '-1' for <count> option is malformed or out of range"],
    [['web', '1e3'], "Numeric value '1e3' for <count> option is malformed or out of range"],
  ])('refuses %j', (words, message) => {
    expect(() => parse(...words)).toThrow(expect.objectContaining({ message }))
  })
})

describe('options that had another name once', () => {
  it.each([
    ['attach-disk', ['d', 'f', 'vdb', '--shareable'], 'mode', 'shareable'],
    ['blkdeviotune', ['d', 'vda', '--total_bytes_sec', '7'], 'total-bytes-sec', '7'],
    ['blkdeviotune', ['d', 'vda', '--read_iops_sec_max_length=7'], 'read-iops-sec-max-length', '7'],
    ['blkdeviotune', ['d', 'vda', '--group_name', 'g'], 'group-name', 'g'],
    ['setmem', ['d', '--kilobytes', '1024'], 'size', '1024'],
  ])('of %s are understood: %j', async (name, words, option, value) => {
    const found = (await allCommands()).find((one) => one.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    expect(parseCommand(found, words).options.text(option)).toBe(value)
  })

  it('bear no value where they never had one, and belong to their command alone', async () => {
    const link = (await allCommands()).find((one) => one.name === 'domif-setlink')
    if (link === undefined) throw new Error('there is no domif-setlink')
    const { options } = parseCommand(link, ['d', 'net0', 'up', '--persistent'])
    expect(options.flag('config')).toBe(true)
    expect(() => parse('web', '--kilobytes', '1')).toThrow("doesn't support option --kilobytes")
  })
})

describe('a line of commands', () => {
  it.each([
    ['', []],
    ['  ;; \t; ', []],
    ['list --all', [['list', '--all']]],
    ['a;b ; c\nd', [['a'], ['b'], ['c'], ['d']]],
    [`a 'b c' "d e" f\\ g`, [['a', 'b c', 'd e', 'f g']]],
    [`a '' ""`, [['a', '', '']]],
    [`a 'x;y' "x;\ny" x\\;y`, [['a', 'x;y', 'x;\ny', 'x;y']]],
    [`a 'it\\' "q\\"q"`, [['a', 'it\\', 'q"q']]],
    ['a # b; c\nd', [['a'], ['d']]],
    ['a b#c', [['a', 'b#c']]],
    [`a 'open`, [['a', 'open']]],
  ])('splits %j', (line, expected) => {
    expect(splitCommands(line)).toEqual(expected)
  })

  it.each([
    ['a "b', 'missing "'],
    ['a b\\', 'dangling \\'],
  ])('refuses %j', (line, message) => {
    expect(() => splitCommands(line)).toThrow(message)
  })
})

describe('the options before the command', () => {
  it.each([
    [['-c', 'u', 'list', '-q'], { uri: 'u' }, ['list', '-q']],
    [['-cu', '-qrt', 'list'], { uri: 'u', quiet: true, readonly: true, timing: true }, ['list']],
    [['--connect=u', '--quiet'], { uri: 'u', quiet: true }, []],
    [['--conn', 'u'], { uri: 'u' }, []],
    [['-qc', 'u'], { quiet: true, uri: 'u' }, []],
    [
      ['--json', '--no-color', '-d0', '-l', '/f'],
      { json: true, noColor: true, debug: 0, logFile: '/f' },
      [],
    ],
    [['-e', '^x', '-k5', '-K', '3', '--', '-x'], { escape: '^x' }, ['-x']],
  ])('reads %j', (words, settings, rest) => {
    const read = parseGlobalOptions(words)
    expect(read.settings).toMatchObject(settings)
    expect(read.rest).toEqual(rest)
  })

  it('stops at what only shows something', () => {
    expect(parseGlobalOptions(['-q', '-h', '--bogus']).show).toBe('help')
    expect(parseGlobalOptions(['-V', '-X']).show).toBe('long-version')
    expect(parseGlobalOptions(['--version=long']).show).toBe('long-version')
    expect(parseGlobalOptions(['--version']).show).toBe('short-version')
  })
})
