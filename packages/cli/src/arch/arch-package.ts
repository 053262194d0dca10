import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GuestRecipe } from '@polyvirt/conformance'
import { readRecipes } from './guest-recipes.ts'

/** An installed package that brings an architecture, as its package.json tells; nothing is loaded. */
export interface ArchPackage {
  /** The architecture's short name, which is also the name of the package's export: `ppc64`. */
  readonly arch: string
  /** npm's name. */
  readonly name: string
  readonly version: string
  /** Values of `<type arch='…'>` it says it serves. */
  readonly guests: readonly string[]
  /** CPU models that the suite boots a guest with, besides the machine's own. */
  readonly bootCpus?: readonly string[]
  /** How the suite makes guests that it does not know, by guest architecture. */
  readonly recipes?: Readonly<Record<string, GuestRecipe>>
  readonly directory: string
  /** The `exports` (or `main`) of its package.json, for finding its module. */
  readonly entry: unknown
}

/**
 * Reads one package.json.
 *
 * @returns nothing where the package does not claim to bring an architecture.
 * @throws Error where it claims to and does not say it properly.
 */
export function readArchPackage(directory: string): ArchPackage | undefined {
  const manifest = readManifest(join(directory, 'package.json'))
  if (manifest === undefined) return undefined
  const claim = manifest['polyvirt']
  if (claim === undefined) return undefined
  const { arch, guests, bootCpus, recipes, driver } = isRecord(claim) ? claim : {}
  // Drivers of networks and pools say so with the same word, and bring no architecture.
  if (typeof driver === 'string' && arch === undefined) return undefined
  // The arch is the name of an export, so nothing but an identifier can be meant.
  if (typeof arch !== 'string' || !/^[A-Za-z_]\w*$/.test(arch)) {
    throw new Error('"polyvirt.arch" in its package.json is not a name')
  }
  if (!Array.isArray(guests) || guests.length === 0 || !guests.every(isGuestName)) {
    throw new Error('"polyvirt.guests" in its package.json is not a list of guest architectures')
  }
  const { name, version } = manifest
  return {
    arch,
    guests,
    ...(Array.isArray(bootCpus) && bootCpus.every(isGuestName) && { bootCpus }),
    ...(recipes !== undefined && { recipes: readRecipes(recipes, guests) }),
    directory,
    name: typeof name === 'string' ? name : directory,
    version: typeof version === 'string' ? version : '',
    entry: manifest['exports'] ?? manifest['main'] ?? './index.js',
  }
}

function readManifest(file: string): Readonly<Record<string, unknown>> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
  const manifest: unknown = JSON.parse(text)
  if (!isRecord(manifest)) throw new Error('its package.json holds no object')
  return manifest
}

function isGuestName(value: unknown): value is string {
  return typeof value === 'string' && /^\w[\w.+-]*$/.test(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
