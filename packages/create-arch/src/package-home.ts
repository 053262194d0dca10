import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Whether a package stands in polyvirt's own workspace, or by itself. */
export type PackageHome =
  | { readonly kind: 'workspace'; readonly root: string }
  /** With the range of polyvirt's packages that it takes from the registry. */
  | { readonly kind: 'alone'; readonly range: string }

/** The home of a package in this folder, which need not exist. */
export function homeOf(directory: string, version: string): PackageHome {
  const root = workspaceAround(directory)
  // pnpm-workspace.yaml names `packages/*`, so only a folder right below it is part of it.
  return root !== undefined && dirname(directory) === join(root, 'packages')
    ? { kind: 'workspace', root }
    : { kind: 'alone', range: `^${version}` }
}

/** The root of polyvirt's workspace, from a folder in it. */
export function workspaceAround(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (
      nameOf(at) === 'polyvirt-workspace' &&
      nameOf(join(at, 'packages/core')) === '@polyvirt/core'
    ) {
      return at
    }
    if (dirname(at) === at) return undefined
  }
}

function nameOf(directory: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    return (manifest as { readonly name?: unknown } | null)?.name
  } catch {
    return undefined
  }
}
