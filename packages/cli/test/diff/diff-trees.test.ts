import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadXmlReader } from '../../src/core.ts'
import { diffTrees } from '../../src/diff/diff-trees.ts'
import { createFingerprint, formatTree } from '../../src/diff/tree.ts'
import type { Tree } from '../../src/diff/tree.ts'

const readXml = await loadXmlReader()
const diff = (left: string, right: string): readonly string[] =>
  diffTrees(readXml(left), readXml(right)).map(
    ({ kind, path, otherPath, left, right }) =>
      `${kind} ${path}${otherPath === undefined ? '' : ` (${otherPath})`}: ${left} | ${right}`,
  )
const domain = (...devices: readonly string[]): string =>
  `<domain><devices>${devices.join('')}</devices></domain>`
const disk = (target: string, bus = 'virtio'): string =>
  `<disk><source file='/${target}.img'/><target dev='${target}' bus='${bus}'/><shareable/></disk>`

describe('documents', () => {
  it('differ in values, each with its path', () => {
    expect(diff(domain(disk('a'), disk('b')), domain(disk('a', 'scsi'), disk('b')))).toEqual([
      'changed devices/disk[1]/target/@bus: virtio | scsi',
    ])
    expect(diff('<a><b>1</b></a>', "<a><b x='2'/></a>")).toEqual([
      'added b/@x: undefined | 2',
      'removed b: 1 | undefined',
    ])
    expect(diff('<a/>', '<b/>')).toEqual(['changed .: <a> | <b>'])
    expect(diff('<a>1</a>', '<a>2</a>')).toEqual(['changed .: 1 | 2'])
  })

  it('tell what came in between and what is gone, not what followed it', () => {
    const all = [disk('a'), disk('b'), disk('c')]
    expect(diff(domain(disk('a'), disk('c')), domain(...all))).toEqual([
      `added devices/disk[2]: undefined | ${disk('b')}`,
    ])
    expect(diff(domain(...all), domain(disk('a'), disk('c', 'sata')))).toEqual([
      `removed devices/disk[2]: ${disk('b')} | undefined`,
      'changed devices/disk[3]/target/@bus (devices/disk[2]/target/@bus): virtio | sata',
    ])
    expect(diff(domain(disk('a')), domain())).toEqual([
      `removed devices/disk: ${disk('a')} | undefined`,
    ])
  })

  it('tell what has only moved', () => {
    expect(
      diff(domain(disk('a'), disk('b'), disk('c')), domain(disk('b'), disk('c'), disk('a'))),
    ).toEqual([`moved devices/disk[1] (devices/disk[3]): ${disk('a')} | ${disk('a')}`])
  })

  it('tell that passwords differ, and not which they are', () => {
    const display = (passwd: string): string => `<graphics passwd='${passwd}'/>`
    expect(diff(domain(display('a')), domain(display('b')))).toEqual([
      'changed devices/graphics/@passwd: (not shown) | (not shown)',
    ])
    expect(diff(domain(), domain(display('b')))).toEqual([
      "added devices/graphics: undefined | <graphics passwd='(not shown)'/>",
    ])
  })

  it('are equal however they are laid out', () => {
    const neat =
      "<domain type='kvm' id='1'>\n  <name>a</name>\n  <os>\n    <boot dev='hd'/>\n  </os>\n</domain>"
    const dense =
      '<domain id="1" type="kvm"><!-- x --><os><boot dev="hd"></boot></os><name> a\n</name></domain>'
    expect(diff(neat, dense)).toEqual([])
  })

  it('with hundreds of devices or deep inside are compared in no time', () => {
    const many = Array.from({ length: 1000 }, (_, at) => disk(`d${at}`))
    const others = many.map((each, at) => (at % 3 === 0 ? each.replace('virtio', 'sata') : each))
    expect(diff(domain(...many), domain(...others))).toHaveLength(334)
    const deep = (text: string): string => `${'<a>'.repeat(200)}${text}${'</a>'.repeat(200)}`
    expect(diff(deep('1'), deep('2'))).toEqual([`changed ${Array(199).fill('a').join('/')}: 1 | 2`])
  })
})

const word = fc.constantFrom('a', 'b', 'c', 'd')
const treesOf = (depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    name: word,
    attributes: fc
      .dictionary(word, word, { maxKeys: 2 })
      .map((each) => new Map(Object.entries(each))),
    text: fc.constantFrom('', 'a', 'b'),
    children: depth === 0 ? fc.constant([]) : fc.array(treesOf(depth - 1), { maxLength: 4 }),
  })
const trees = treesOf(3)

/** All elements with a function that puts another one in the place of each. */
function places(tree: Tree): readonly { tree: Tree; replace: (by: readonly Tree[]) => Tree }[] {
  return tree.children.flatMap((child, at) => {
    const put = (by: readonly Tree[]): Tree => ({
      ...tree,
      children: [...tree.children.slice(0, at), ...by, ...tree.children.slice(at + 1)],
    })
    const below = places(child).map((place) => ({
      tree: place.tree,
      replace: (by: readonly Tree[]) => put([place.replace(by)]),
    }))
    return [{ tree: child, replace: put }, ...below]
  })
}

const mutations: Readonly<Record<string, (tree: Tree) => readonly Tree[]>> = {
  'is gone': () => [],
  'is there twice': (tree) => [tree, tree],
  'has another name': (tree) => [{ ...tree, name: `${tree.name}x` }],
  'has another text': (tree) => [{ ...tree, text: `${tree.text}x` }],
  'has another attribute': (tree) => [
    { ...tree, attributes: new Map([...tree.attributes, ['x', '1']]) },
  ],
  'has no attributes': (tree) => [{ ...tree, attributes: new Map() }],
  'has another value': (tree) => [
    {
      ...tree,
      attributes: new Map([...tree.attributes].map(([name, value]) => [name, `${value}x`])),
    },
  ],
  'has its elements turned round': (tree) => [{ ...tree, children: tree.children.toReversed() }],
}

describe('any document', () => {
  it('is equal to itself, whatever the order of attributes and of different elements', () => {
    const shuffled = (tree: Tree): Tree => ({
      ...tree,
      text: ` ${tree.text}\n`,
      attributes: new Map([...tree.attributes].toReversed()),
      children: [...Map.groupBy(tree.children, ({ name }) => name).values()]
        .toReversed()
        .flat()
        .map(shuffled),
    })
    fc.assert(
      fc.property(trees, (tree) => {
        expect(diffTrees(tree, structuredClone(tree))).toEqual([])
        expect(diffTrees(tree, shuffled(tree))).toEqual([])
        expect(diffTrees(readXml(formatTree(tree)), tree)).toEqual([])
      }),
    )
  })

  it.each(Object.entries(mutations))('differs where an element %s', (_, mutate) => {
    fc.assert(
      fc.property(trees, fc.nat(), (tree, seed) => {
        const all = places(tree)
        fc.pre(all.length > 0)
        const place = all[seed % all.length]
        const mutant = place?.replace(mutate(place.tree)) ?? tree
        const fingerprint = createFingerprint()
        const found = diffTrees(tree, mutant)
        expect(found.length > 0).toBe(fingerprint(tree) !== fingerprint(mutant))
        // The other way round everything is the other way round.
        expect(diffTrees(mutant, tree).length > 0).toBe(found.length > 0)
      }),
    )
  })
})
