import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/diff/command-line.ts'
import { diffCommandLines } from '../../src/diff/diff-command-lines.ts'
import { splitShellWords } from '../../src/diff/split-shell-words.ts'

const diff = (left: readonly string[], right: readonly string[]): readonly string[] =>
  diffCommandLines(parseCommandLine(['qemu', ...left]), parseCommandLine(['qemu', ...right])).map(
    ({ kind, path, left, right }) => `${kind} ${path}: ${left} | ${right}`,
  )

describe('command lines', () => {
  it('are equal in JSON and in keys and values, in any order of keys', () => {
    expect(
      diff(
        [
          '-device',
          '{"driver":"virtio-blk-pci","id":"a","share-rw":true,"addr":"0x2","n":{"x":[1]}}',
        ],
        ['-device', 'virtio-blk-pci,addr=0x2,share-rw=on,id=a,n.x.0=1'],
      ),
    ).toEqual([])
    expect(diff(['-m', 'size=1,slots=2'], ['-m', '1,slots=2'])).toEqual([])
    expect(diff(['-name', 'guest=a,,b,x=on'], ['-name', 'a,,b,x'])).toEqual([])
  })

  it('match options by their ids, and tell what each has else', () => {
    expect(
      diff(
        ['-object', 'rng-builtin,id=a', '-object', 'secret,id=b', '-netdev', 'user,id=n'],
        ['-object', 'secret,id=b', '-object', 'rng-random,id=a', '-netdev', 'user,id=n,x=on'],
      ),
    ).toEqual([
      'changed -object a qom-type: rng-builtin | rng-random',
      'added -netdev n x: undefined | on',
    ])
    expect(diff(['-device', 'a,id=x'], ['-device', 'b,id=y'])).toEqual([
      'removed -device x: -device driver=a,id=x | undefined',
      'added -device y: undefined | -device driver=b,id=y',
    ])
  })

  it('mind the order of devices and of options without id', () => {
    const [a, b] = [
      ['-device', 'x,id=a'],
      ['-device', 'x,id=b'],
    ] as const
    expect(diff([...a, ...b], [...b, ...a])).toEqual(['moved -device order: a b | b a'])
    expect(diff(['-usb', '-smp', '1', '-S'], ['-S', '-smp', '2', '-usb'])).toEqual([
      'changed -smp cpus: 1 | 2',
    ])
    expect(diff(['-fw_cfg', 'a', '-fw_cfg', 'b'], ['-fw_cfg', 'b'])).toEqual([
      'removed -fw_cfg[1]: -fw_cfg name=a | undefined',
    ])
  })

  it('differ by program, by flag and by bare argument', () => {
    expect(
      diffCommandLines(parseCommandLine(['A=1', 'a']), parseCommandLine(['b', '-S', 'x'])),
    ).toEqual([
      { kind: 'changed', path: 'program', left: 'a', right: 'b' },
      { kind: 'added', path: '-S', right: '-S' },
      { kind: 'added', path: 'argument', right: 'x' },
    ])
  })

  it('come as one shell command with quotes, escapes and lines that go on', () => {
    expect(splitShellWords(`A=b /bin/q \\\n-name 'a b'\\''c' -x "d\\"e\\f" \\$g ''\n`)).toEqual([
      'A=b',
      '/bin/q',
      '-name',
      "a b'c",
      '-x',
      'd"e\\f',
      '$g',
      '',
    ])
    expect(() => splitShellWords("a 'b")).toThrow('ends inside a quote')
  })
})

const value = fc.stringMatching(/^[a-z0-9,=/.]{1,6}$/)
const key = fc.constantFrom('driver', 'id', 'bus', 'addr', 'path')
const options = fc.array(
  fc.tuple(
    fc.constantFrom('device', 'object', 'chardev', 'smp', 'global'),
    fc.dictionary(key, value, { minKeys: 1 }),
  ),
  { minLength: 1, maxLength: 8 },
)
const words = (
  list: readonly (readonly [string, Readonly<Record<string, string>>])[],
  json = false,
): string[] =>
  list.flatMap(([name, pairs]) => [
    `-${name}`,
    json
      ? JSON.stringify(pairs)
      : Object.entries(pairs)
          .map(([at, text]) => `${at}=${text.replaceAll(',', ',,')}`)
          .join(','),
  ])

describe('any command line', () => {
  it('is equal to itself in either form', () => {
    fc.assert(
      fc.property(options, (list) => {
        expect(diff(words(list), words(list, true))).toEqual([])
        const turned = list.map(
          ([name, pairs]) =>
            [name, Object.fromEntries(Object.entries(pairs).toReversed())] as const,
        )
        expect(diff(words(list), words(turned))).toEqual([])
      }),
    )
  })

  it('differs where one value does, an option is gone or there is one more', () => {
    fc.assert(
      fc.property(options, fc.nat(), (list, seed) => {
        const at = seed % list.length
        const changed = list.map(([name, pairs], index) => {
          const [first = ''] = Object.keys(pairs)
          return [name, index === at ? { ...pairs, [first]: `${pairs[first]}x` } : pairs] as const
        })
        expect(diff(words(list), words(changed))).not.toEqual([])
        const fewer = list.filter((_, index) => index !== at)
        expect(diff(words(list), words(fewer))).not.toEqual([])
        expect(diff(words(fewer), words(list))).not.toEqual([])
      }),
    )
  })
})
