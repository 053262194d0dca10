import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { DomainError, domainError } from '../errors.ts'
import { runProgram } from '../run/run-program.ts'

/** Is there a network device of this name on the host? */
export function isNetworkDevice(name: string): boolean {
  return existsSync(`/sys/class/net/${name}`)
}

/** The host's network devices, but for the one to itself. */
export function networkDevices(): readonly string[] {
  return readdirSync('/sys/class/net').filter((name) => name !== 'lo')
}

/** A network device's flags (linux/if.h). */
const up = 0x1

/** May frames go through this network device? Not where it is gone. */
export function isUp(name: string): boolean {
  try {
    return (Number(readFileSync(`/sys/class/net/${name}/flags`, 'utf8')) & up) !== 0
  } catch {
    return false
  }
}

/**
 * Runs iproute2's `ip`.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` with what it says.
 */
export async function ip(path: string, args: readonly string[]): Promise<void> {
  try {
    await runProgram('ip', args, { install: 'apt-get install iproute2' })
  } catch (cause) {
    const why = cause instanceof DomainError ? cause.problems[0].message : String(cause)
    const message = `cannot set up the network card: ${why}`
    throw domainError('ERR_OPERATION_FAILED', message, { path, cause })
  }
}

/** Removes a network device that was made; one that is gone already is fine. */
export async function removeLink(name: string): Promise<void> {
  if (!isNetworkDevice(name)) return
  await runProgram('ip', ['link', 'del', 'dev', name]).catch(() => undefined)
}
