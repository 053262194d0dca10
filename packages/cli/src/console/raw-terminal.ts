import { spawnSync } from 'node:child_process'
import type { Source } from '../terminal.ts'

/**
 * Hands the terminal to a guest: every key goes through, and nothing is changed on the way out.
 *
 * Node's raw mode alone still turns line feeds into carriage return and line feed, which breaks
 * full-screen programs in the guest; stty switches that off as well. Both end together.
 */
export function enterRawMode(input: Source & { readonly fd?: number }): void {
  input.setRawMode?.(true)
  if (input.fd === process.stdin.fd) {
    spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
  }
}

/** Puts the terminal back as it was before {@link enterRawMode}. */
export function leaveRawMode(input: Source): void {
  input.setRawMode?.(false)
}
