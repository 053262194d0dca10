import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** The first of a guest architecture's QEMU binaries that is installed; it is not run. */
export function findEmulator(
  guest: { readonly emulators: readonly string[] },
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const directories = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((path) => isAbsolute(path))
  for (const name of guest.emulators) {
    for (const directory of [...directories, '/usr/bin', '/usr/local/bin', '/usr/libexec']) {
      const file = join(directory, name)
      if (isExecutable(file)) return file
    }
  }
  return undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
