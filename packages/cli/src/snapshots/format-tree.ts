import { printable } from '../core.ts'
import type { TreeMember } from './family-tree.ts'

/** virsh's tree, `  +- b` below `a`; what has no parent among them is a root. */
export function formatTree(nodes: readonly TreeMember[]): string {
  const names = new Set(nodes.map(({ name }) => name))
  const roots = nodes.filter(({ parent }) => parent === undefined || !names.has(parent))
  return roots
    .flatMap((root) => [printable(root.name), ...below(nodes, root, '')])
    .map((line) => `${line}\n`)
    .join('')
}

/** The lines below a node; where a branch ends there is one more, as virsh has it. */
function below(nodes: readonly TreeMember[], node: TreeMember, indent: string): readonly string[] {
  const children = nodes.filter(({ parent }) => parent === node.name)
  if (children.length === 0) return indent.endsWith('| ') ? [] : [indent]
  return [
    `${indent}  |`,
    ...children.flatMap((child, at) => [
      `${indent}  +- ${printable(child.name)}`,
      ...below(nodes, child, `${indent}${at === children.length - 1 ? '    ' : '  | '}`),
    ]),
  ]
}
