/**
 * Runs inside a guest: `node print-host.mjs READER` reads that guest with the reader that the
 * module READER exports as `host`, and prints what it found.
 */
import type { HostInfoReader } from '@polyvirt/core/arch'
import { folderFiles } from '../fixtures.ts'

const { host } = (await import(process.argv[2] ?? '')) as { readonly host: HostInfoReader }
// Many short lines rather than one: a console has its own idea of how long a line may be, and of
// what is beyond ASCII.
const text = JSON.stringify(host.read(folderFiles('/')), undefined, 1)
console.log(text.replace(/[^\n\x20-\x7e]/g, escaped))

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
