import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Where runs of the suite are kept when nobody names a folder: XDG's place for state. */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const named = environment['XDG_STATE_HOME']
  // XDG: a relative path is ignored.
  const base =
    named !== undefined && isAbsolute(named)
      ? named
      : join(environment['HOME'] ?? homedir(), '.local/state')
  return join(base, 'polyvirt/conformance')
}
