import { align } from './align.ts'
import type { Costs } from './align.ts'
import type { Difference } from './difference.ts'
import { childrenByName, createFingerprint, formatTree, showValue } from './tree.ts'
import type { Fingerprint, Tree } from './tree.ts'

/**
 * How two documents differ, element by element.
 *
 * The order of attributes, white space around texts and the order of elements of different names
 * mean nothing; the order of elements of one name does (it decides addresses). Elements of one name
 * are paired so that the least is left to tell.
 */
export function diffTrees(left: Tree, right: Tree): readonly Difference[] {
  if (left.name !== right.name) {
    return [{ kind: 'changed', path: '.', left: `<${left.name}>`, right: `<${right.name}>` }]
  }
  return diffPair({ left, right, path: '', otherPath: '' }, createCosts())
}

interface TreeCosts extends Costs<Tree> {
  readonly fingerprint: Fingerprint
}

/** Two elements taken for the same one, and where each of them stands. */
interface Match {
  readonly left: Tree
  readonly right: Tree
  readonly path: string
  readonly otherPath: string
}

function diffPair(match: Match, costs: TreeCosts): readonly Difference[] {
  const { left, right } = match
  if (costs.isSame(left, right)) return []
  const groups = childrenByName(left)
  const others = childrenByName(right)
  return [
    ...diffValues(match),
    // The right side's order: a stored definition's is the one that people know.
    ...namesOf(others, groups).flatMap((name) =>
      diffSiblings(match, groups.get(name) ?? [], others.get(name) ?? [], costs),
    ),
  ]
}

function diffValues({ left, right, path, otherPath }: Match): readonly Difference[] {
  const own = (name: string, a: string | undefined, b: string | undefined): Difference[] => {
    if (a === b) return []
    const show = (value: string | undefined): string | undefined =>
      value === undefined ? undefined : showValue(name.slice(1), value)
    const paths = { path: join(path, name), otherPath: join(otherPath, name) }
    return [difference(paths, show(a), show(b))]
  }
  return [
    ...namesOf(left.attributes, right.attributes).flatMap((name) =>
      own(`@${name}`, left.attributes.get(name), right.attributes.get(name)),
    ),
    ...own('', left.text.trim() || undefined, right.text.trim() || undefined),
  ]
}

function diffSiblings(
  { path, otherPath }: Match,
  left: readonly Tree[],
  right: readonly Tree[],
  costs: TreeCosts,
): readonly Difference[] {
  const many = left.length > 1 || right.length > 1
  const place = (parent: string, { name }: Tree, at: number): string =>
    join(parent, many ? `${name}[${at}]` : name)
  // The only one of its name on either side is the same one, however little is left of it.
  const pairs = many
    ? align(left, right, keepTwins(left, right, costs))
    : [[left[0], right[0]] as const]
  let [at, other] = [0, 0]
  const found: (Difference & { readonly element?: Tree })[] = []
  for (const [a, b] of pairs) {
    const paths = {
      path: a === undefined ? '' : place(path, a, ++at),
      otherPath: b === undefined ? '' : place(otherPath, b, ++other),
    }
    if (a !== undefined && b !== undefined) {
      found.push(...diffPair({ left: a, right: b, ...paths }, costs))
    } else if (a !== undefined) {
      found.push({ kind: 'removed', path: paths.path, left: formatTree(a), element: a })
    } else if (b !== undefined) {
      found.push({ kind: 'added', path: paths.otherPath, right: formatTree(b), element: b })
    }
  }
  return withMoves(found, costs)
}

/** What has its like on the other side is paired with it or has moved, and never turned into another. */
function keepTwins(left: readonly Tree[], right: readonly Tree[], costs: TreeCosts): TreeCosts {
  const here = new Set(left.map(costs.fingerprint))
  const there = new Set(right.map(costs.fingerprint))
  return {
    ...costs,
    change: (a, b) => {
      const hasTwin = there.has(costs.fingerprint(a)) || here.has(costs.fingerprint(b))
      return hasTwin && !costs.isSame(a, b) ? Number.POSITIVE_INFINITY : costs.change(a, b)
    },
  }
}

/** What is gone here and new there has only moved. */
function withMoves(
  found: readonly (Difference & { readonly element?: Tree })[],
  { isSame }: TreeCosts,
): readonly Difference[] {
  const added = found.filter(({ kind, element }) => kind === 'added' && element !== undefined)
  const result = found.flatMap(({ element, ...each }): Difference[] => {
    if (element === undefined || each.kind !== 'removed') return [each]
    const at = added.findIndex((one) => one.element !== undefined && isSame(one.element, element))
    const [target] = at < 0 ? [] : added.splice(at, 1)
    return [
      target === undefined
        ? each
        : { ...each, kind: 'moved', otherPath: target.path, right: each.left ?? '' },
    ]
  })
  const arrived = new Set(
    result.flatMap(({ kind, otherPath }) => (kind === 'moved' ? [otherPath] : [])),
  )
  return result.filter(({ kind, path }) => kind !== 'added' || !arrived.has(path))
}

function difference(
  { path, otherPath }: Pick<Match, 'path' | 'otherPath'>,
  left: string | undefined,
  right: string | undefined,
): Difference {
  const kind = left === undefined ? 'added' : right === undefined ? 'removed' : 'changed'
  return {
    kind,
    path,
    ...(otherPath === path ? {} : { otherPath }),
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
  }
}

function namesOf(
  left: ReadonlyMap<string, unknown>,
  right: ReadonlyMap<string, unknown>,
): readonly string[] {
  return [...new Set([...left.keys(), ...right.keys()])]
}

function join(parent: string, name: string): string {
  return parent === '' || name === '' ? parent || name || '.' : `${parent}/${name}`
}

/** How much two elements differ, counted in elements, attributes and texts. */
function createCosts(): TreeCosts {
  const fingerprint = createFingerprint()
  const sizes = new WeakMap<Tree, number>()
  const isSame = (left: Tree, right: Tree): boolean => fingerprint(left) === fingerprint(right)
  const size = (tree: Tree): number => {
    const known = sizes.get(tree)
    if (known !== undefined) return known
    const own = 1 + tree.attributes.size + (tree.text.trim() === '' ? 0 : 1)
    const all = tree.children.reduce((sum, child) => sum + size(child), own)
    sizes.set(tree, all)
    return all
  }
  const distances = new Map<string, number>()
  const distance = (left: Tree, right: Tree): number => {
    const key = `${fingerprint(left)} ${fingerprint(right)}`
    const known = distances.get(key)
    if (known !== undefined) return known
    const values = diffValues({ left, right, path: '', otherPath: '' }).length
    const [groups, others] = [childrenByName(left), childrenByName(right)]
    const all = namesOf(groups, others).reduce(
      (sum, name) => sum + listDistance(groups.get(name) ?? [], others.get(name) ?? []),
      values,
    )
    distances.set(key, all)
    return all
  }
  const listDistance = (left: readonly Tree[], right: readonly Tree[]): number =>
    align(left, right, costs).reduce(
      (sum, [a, b]) => sum + (a && b ? distance(a, b) : size(a ?? b)),
      0,
    )
  // Two elements with less than about half in common are told apart rather than compared.
  const change = (left: Tree, right: Tree): number => {
    const found = distance(left, right)
    return found <= 0.55 * (size(left) + size(right)) ? found : Number.POSITIVE_INFINITY
  }
  const costs: TreeCosts = { isSame, change, size, fingerprint }
  return costs
}
