import { readdirSync, readFileSync } from 'node:fs'
import type { Arch } from '@polyvirt/core/arch'
import { openFixtures, type Fixtures } from '../../src/fixtures.ts'

/** An architecture's package beside this one. */
export interface WorkspaceArch {
  readonly arch: Arch
  /** The module with its host reader: every such package has it under this name. */
  readonly reader: URL
  readonly fixtures: Fixtures
  readonly fixturesUrl: URL
}

interface Manifest {
  readonly name: string
  readonly polyvirt?: { readonly arch?: string; readonly guests?: readonly string[] }
}

/**
 * Finds the package that says it serves a guest architecture. The suite imports no architecture,
 * so its own tests find one the way the command line does: by what packages say of themselves.
 */
export async function workspaceArch(guest: string): Promise<WorkspaceArch> {
  const packages = new URL('../../../', import.meta.url)
  for (const folder of readdirSync(packages)) {
    const manifest = readManifest(new URL(`${folder}/package.json`, packages))
    const { arch = '', guests = [] } = manifest?.polyvirt ?? {}
    if (manifest === undefined || !guests.includes(guest)) continue
    const module = (await import(manifest.name)) as Readonly<Record<string, Arch>>
    const found = Object.values(module).find((one) => one.name === arch)
    if (found === undefined) throw new Error(`${manifest.name} exports no architecture '${arch}'`)
    const fixturesUrl = new URL(`${folder}/test/fixtures/`, packages)
    return {
      arch: found,
      reader: new URL(`${folder}/src/host-info.ts`, packages),
      fixtures: openFixtures(fixturesUrl),
      fixturesUrl,
    }
  }
  throw new Error(`no package in this workspace serves ${guest}`)
}

function readManifest(url: URL): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(url, 'utf8')) as Manifest
  } catch {
    return undefined
  }
}
