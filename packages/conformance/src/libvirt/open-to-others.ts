import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * libvirt may run its guests as somebody else, who must reach the images that were made for them.
 *
 * @param sockets the guest makes some of its own there
 */
export function openToOthers(
  folder: string,
  { sockets = false }: { readonly sockets?: boolean } = {},
): void {
  // With it nobody removes what is not theirs.
  chmodSync(folder, sockets ? 0o1777 : 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToOthers(path)
    else chmodSync(path, 0o666)
  }
}
