import { extremeNumbers, foreignArches, foreignMachines, oddStrings } from './odd-values.ts'
import type { Random } from './random.ts'
import { everyElement } from './tree.ts'
import type { Tree } from './tree.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Damage {
  readonly root: Tree
  readonly random: Random
  readonly vocabulary: Vocabulary
}

/** One way of damaging a document in place. It may find nothing to do. */
export type Mutation = (damage: Damage) => void

/** An element with its parent; never the root. */
function anyChild({
  root,
  random,
}: Damage): { parent: Tree; index: number; child: Tree } | undefined {
  const parents = everyElement(root).filter(({ children }) => children.length > 0)
  const parent = random.pick(parents)
  if (parent === undefined) return undefined
  const index = random.below(parent.children.length)
  const child = parent.children[index]
  return child === undefined ? undefined : { parent, index, child }
}

/** An element with one of its attributes. */
function anyAttribute({ root, random }: Damage): { element: Tree; name: string } | undefined {
  const element = random.pick(everyElement(root).filter(({ attributes }) => attributes.size > 0))
  const name = random.pick([...(element?.attributes.keys() ?? [])])
  return element === undefined || name === undefined ? undefined : { element, name }
}

function copy(tree: Tree): Tree {
  return structuredClone(tree)
}

export const mutations: Readonly<Record<string, Mutation>> = {
  deleteElement(damage) {
    const at = anyChild(damage)
    at?.parent.children.splice(at.index, 1)
  },

  doubleElement(damage) {
    const at = anyChild(damage)
    at?.parent.children.splice(at.index, 0, copy(at.child))
  },

  multiplyElement(damage) {
    const at = anyChild(damage)
    if (at === undefined) return
    const copies = Array.from({ length: 3 + damage.random.below(40) }, () => copy(at.child))
    at.parent.children.splice(at.index, 0, ...copies)
  },

  swapElements(damage) {
    const at = anyChild(damage)
    if (at === undefined) return
    const { children } = at.parent
    const other = damage.random.below(children.length)
    const found = children[other]
    if (found === undefined) return
    children[other] = at.child
    children[at.index] = found
  },

  moveElement(damage) {
    const at = anyChild(damage)
    if (at === undefined) return
    at.parent.children.splice(at.index, 1)
    const home = damage.random.pick(everyElement(damage.root))
    home?.children.push(at.child)
  },

  renameElement(damage) {
    const at = anyChild(damage)
    const name = damage.random.pick(damage.vocabulary.names)
    if (at !== undefined && name !== undefined) at.child.name = name
  },

  borrowElement(damage) {
    const { root, random, vocabulary } = damage
    const parent = random.pick(
      everyElement(root).filter(({ name }) => vocabulary.children.has(name)),
    )
    const found = random.pick(vocabulary.children.get(parent?.name ?? '') ?? [])
    if (found !== undefined) parent?.children.push(copy(found))
  },

  borrowDevice({ root, random, vocabulary }) {
    const found = random.pick(vocabulary.children.get('devices') ?? [])
    if (found !== undefined) {
      root.children.find(({ name }) => name === 'devices')?.children.push(copy(found))
    }
  },

  deleteAttribute(damage) {
    const at = anyAttribute(damage)
    at?.element.attributes.delete(at.name)
  },

  addAttribute({ root, random, vocabulary }) {
    const element = random.pick(everyElement(root))
    if (element === undefined) return
    const name = random.pick(vocabulary.attributes.get(element.name) ?? [])
    const value = random.pick(vocabulary.values.get(`${element.name}@${name ?? ''}`) ?? [])
    if (name !== undefined && value !== undefined) element.attributes.set(name, value)
  },

  swapAttributes(damage) {
    const at = anyAttribute(damage)
    if (at === undefined) return
    const { attributes } = at.element
    const other = damage.random.pick([...attributes.keys()])
    if (other === undefined) return
    const [a, b] = [attributes.get(at.name) ?? '', attributes.get(other) ?? '']
    attributes.set(at.name, b).set(other, a)
  },

  exchangeValue(damage) {
    const at = anyAttribute(damage)
    if (at === undefined) return
    const { values } = damage.vocabulary
    const value = damage.random.pick(values.get(`${at.element.name}@${at.name}`) ?? [])
    if (value !== undefined) at.element.attributes.set(at.name, value)
  },

  foreignValue(damage) {
    const at = anyAttribute(damage)
    const value = damage.random.pick(damage.vocabulary.words)
    if (at !== undefined && value !== undefined) at.element.attributes.set(at.name, value)
  },

  exchangeText({ root, random, vocabulary }) {
    const element = random.pick(everyElement(root).filter(({ name }) => vocabulary.texts.has(name)))
    const text = random.pick(vocabulary.texts.get(element?.name ?? '') ?? [])
    if (element !== undefined && text !== undefined) element.text = text
  },

  extremeNumber({ root, random }) {
    const number = random.pick(extremeNumbers) ?? ''
    const places = everyElement(root).flatMap((element) => [
      ...(/^[-+0-9a-fx]*[0-9]$/.test(element.text) ? [() => void (element.text = number)] : []),
      ...[...element.attributes]
        .filter(([, value]) => /^[-+0-9a-fx]*[0-9]$/.test(value))
        .map(
          ([name]) =>
            () =>
              void element.attributes.set(name, number),
        ),
    ])
    random.pick(places)?.()
  },

  oddString(damage) {
    const { root, random } = damage
    const text = random.pick(oddStrings) ?? ''
    const at = random.oneIn(3) ? undefined : anyAttribute(damage)
    if (at !== undefined) at.element.attributes.set(at.name, text)
    else {
      const element = random.pick(everyElement(root).filter((one) => one.text !== ''))
      if (element !== undefined) element.text = text
    }
  },

  foreignArch({ root, random }) {
    osType(root)?.attributes.set('arch', random.pick(foreignArches) ?? '')
  },

  foreignMachine({ root, random }) {
    osType(root)?.attributes.set('machine', random.pick(foreignMachines) ?? '')
  },

  installedArch({ root, random }) {
    const type = osType(root)
    type?.attributes.set('arch', random.pick(['x86_64', 'i686', 'ppc64', 'ppc64le']) ?? '')
    type?.attributes.delete('machine')
  },
}

function osType(root: Tree): Tree | undefined {
  return root.children
    .find(({ name }) => name === 'os')
    ?.children.find(({ name }) => name === 'type')
}
