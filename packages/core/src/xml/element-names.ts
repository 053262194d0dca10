import { quote } from '../errors.ts'
import { includeNamespace, qemuNamespace } from './namespaces.ts'

/** An element's name with its namespace resolved. */
export interface QualifiedName {
  readonly name: string
  readonly prefix: string
  readonly local: string
  readonly uri: string
}

/**
 * The name by which fields look for an element: a prefix is the document's choice, so libvirt's
 * namespace gets libvirt's prefix, and nobody else does.
 */
export function canonicalName({ name, prefix, local, uri }: QualifiedName): string {
  if (uri === qemuNamespace) return `qemu:${local}`
  return prefix === 'qemu' ? `{${uri}}${local}` : name
}

/** What is wrong with an element's namespace outside of `<metadata>`, or nothing. */
export function namespaceProblem({ prefix, local, uri }: QualifiedName): string | undefined {
  if (uri === includeNamespace) {
    return `XInclude is not offered: write what <${quote(local).slice(1, -1)}> would bring into the document`
  }
  if (prefix !== '' || uri === '') return undefined
  // What libvirt has of QEMU may be named without a prefix, where it says so itself.
  if (uri === qemuNamespace) return undefined
  return `the namespace ${quote(uri)} takes <${quote(local).slice(1, -1)}> out of libvirt's schema: domain elements have none, remove xmlns=…`
}
