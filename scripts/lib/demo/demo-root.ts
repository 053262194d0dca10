import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hypervisor } from '@polyvirt/core'

const prefix = 'polyvirt-demo-'

/** Opens the hypervisor whose state is below a directory. */
export type OpenRoot = (directory: string) => Promise<Hypervisor>

/** A directory of this process's own for state, disk images and sockets. */
export const createDemoRoot = (parent: string = tmpdir()): Promise<string> =>
  mkdtemp(join(parent, `${prefix}${process.pid}-`))

/**
 * Removes what demos left behind that were killed before they could do so themselves, their guests
 * included: QEMU outlives whoever started it.
 */
export async function removeLeftovers(open: OpenRoot, parent: string = tmpdir()): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length)) : NaN
    const directory = join(parent, name)
    if (Number.isNaN(pid) || isAlive(pid) || !(await isOurs(directory))) continue
    await using hypervisor = await open(directory)
    for (const domain of await hypervisor.connectListAllDomains()) {
      await removeDomain(hypervisor, domain.name)
    }
    await rm(directory, { recursive: true, force: true })
  }
}

/** Ends a domain and forgets it; fine with one that is gone already. */
export async function removeDomain(hypervisor: Hypervisor, name: string): Promise<void> {
  const find = async (): Promise<boolean> =>
    (await hypervisor.connectListAllDomains()).some((domain) => domain.name === name)
  if (!(await find())) return
  // It may go by itself meanwhile.
  await hypervisor.domainDestroy(name).catch(() => undefined)
  if (await find()) await hypervisor.domainUndefine(name)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const isOurs = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.uid === process.getuid?.()
