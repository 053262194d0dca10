import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** Where distributions put QEMU when it is not on the path. */
const folders = ['/usr/bin', '/usr/local/bin', '/usr/libexec', '/opt/qemu/bin']

/** The first of these programs that is installed, by its whole path; it is not run. */
export function findBinary(names: readonly string[], path: string): string | undefined {
  const places = [...path.split(delimiter).filter((one) => isAbsolute(one)), ...folders]
  return names
    .flatMap((name) => places.map((folder) => join(folder, name)))
    .find((file) => isProgram(file))
}

/** Whether this is a file that may be executed. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
