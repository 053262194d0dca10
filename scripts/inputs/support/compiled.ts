import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For programs of these tests: they find compiled what another one has compiled, as the command does. */
export const compiled: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
}
