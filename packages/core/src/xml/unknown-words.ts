import { quote } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { XmlElement } from './element.ts'
import { join, report } from './field.ts'
import type { ReadScope } from './field.ts'
import { homeOf } from './misplaced.ts'
import { isNotBuilt } from './not-built.ts'

/** How a child is read: its text, by deeper paths, by a field of its own, or not at all. */
interface ChildNames {
  /** Paths below the child that are understood here; `undefined` when its field looks itself. */
  readonly below: string[] | undefined
  readonly repeats: boolean
  /** The same as names, once somebody has asked for them. */
  inner?: Names
}

interface Names {
  readonly attributes: Set<string>
  readonly children: Map<string, ChildNames>
  /** Does a field read the element's own text? */
  text: boolean
}

/**
 * Paths carry a mark for who reads the child: `disk*` a list, `driver>` one record, `metadata!`
 * kept whole; without a mark the path itself says all that is understood.
 */
function namesOf(paths: readonly string[]): Names {
  const names: Names = { attributes: new Set(), children: new Map(), text: false }
  for (const path of paths) {
    const [head = '', ...rest] = path.split('/')
    if (head === '' || head === '.') {
      names.text = true
      continue
    }
    if (head.startsWith('@')) {
      names.attributes.add(head.slice(1))
      continue
    }
    const mark = /[*>!]$/.exec(head)?.[0]
    const name = mark === undefined ? head : head.slice(0, -1)
    const below = mark === undefined || rest.length > 0 ? rest.join('/') : undefined
    const before = names.children.get(name)
    if (before?.below !== undefined && below !== undefined) before.below.push(below)
    else
      names.children.set(name, {
        below: below === undefined ? undefined : [below],
        repeats: mark === '*',
      })
  }
  return names
}

const namesCache = new WeakMap<object, Names>()

export function namesFor(fields: object, paths: () => readonly string[]): Names {
  let names = namesCache.get(fields)
  if (names === undefined) namesCache.set(fields, (names = namesOf(paths())))
  return names
}

/** Warns about what no field understands, with the nearest word that one does. */
export function reportUnknown(scope: ReadScope, names: Names): void {
  const { element } = scope
  for (const attribute of element.attributes.keys()) {
    if (names.attributes.has(attribute)) continue
    if (attribute === 'xmlns' || attribute.startsWith('xmlns:')) continue
    const elsewhere = holderOf(attribute, names)
    warn(
      scope,
      `@${attribute}`,
      `attribute ${quote(attribute)}`,
      attribute,
      names.attributes,
      elsewhere,
    )
  }
  if (!names.text && element.text.trim() !== '') {
    const { path, report: found } = scope
    const message = `the text ${quote(element.text.trim())} in <${shown(element.name)}> is ignored`
    found.warnings.push({ code: 'ERR_XML_INVALID_SCHEMA', path, place: element.place, message })
  }
  if (element.children.length === 0) return
  const seen = new Map<string, XmlElement>()
  for (const child of element.children) {
    const understood = names.children.get(child.name)
    if (understood === undefined) {
      reportChild({ ...scope, element: child }, element.name, names)
      continue
    }
    const first = seen.get(child.name)
    if (first === undefined) seen.set(child.name, child)
    else if (!understood.repeats) {
      const message = `<${child.name}> may stand only once; the first is at line ${first.place.line}`
      report({ ...scope, element: child }, 'ERR_XML_ERROR', message, `${child.name}[2]`)
    }
    const { below } = understood
    if (below === undefined) continue
    const path = join(scope.path, child.name)
    understood.inner ??= namesOf(below)
    reportUnknown({ element: child, path, report: scope.report }, understood.inner)
  }
}

/** An element that no field here understands: another release's, misplaced, or misspelt. */
function reportChild(scope: ReadScope, parent: string, names: Names): void {
  const { name } = scope.element
  if (isNotBuilt(parent, name)) {
    const message = `<${name}> is part of libvirt's schema, but polyvirt does not offer it yet; remove it to go without`
    report(scope, 'ERR_CONFIG_UNSUPPORTED', message, name)
    return
  }
  // A feature that is asked for and not there makes another machine; so libvirt refuses it too.
  if (parent === 'features' || parent === 'hyperv') {
    const near = nearest(name, names.children.keys())
    const way = near === undefined ? '' : `; did you mean '${near}'?`
    const message = `unexpected ${parent === 'hyperv' ? 'Hyper-V enlightenment' : 'feature'} ${quote(name)}${way}`
    report(scope, 'ERR_CONFIG_UNSUPPORTED', message, name)
    return
  }
  const home = homeOf(name, parent)
  const elsewhere = home === undefined ? undefined : `it belongs in <${home}>`
  warn(scope, name, `element <${shown(name)}>`, name, names.children.keys(), elsewhere)
}

/** A name from the document, for a message. */
function shown(name: string): string {
  return quote(name).slice(1, -1)
}

/** The child on which an attribute would be understood: `cache` stands on `<driver>`. */
function holderOf(attribute: string, names: Names): string | undefined {
  for (const [child, { below }] of names.children) {
    if (below?.includes(`@${attribute}`) === true) return `it belongs on <${child}>`
  }
  return undefined
}

function warn(
  scope: ReadScope,
  below: string,
  message: string,
  word: string,
  words: Iterable<string>,
  elsewhere?: string,
): void {
  const near = elsewhere === undefined ? nearest(word, words) : undefined
  const way = elsewhere ?? (near === undefined ? undefined : `did you mean '${near}'?`)
  scope.report.warnings.push({
    code: 'ERR_XML_INVALID_SCHEMA',
    path: join(scope.path, below),
    place: scope.element.place,
    message: `unknown ${message} is ignored${way === undefined ? '' : `; ${way}`}`,
  })
}
