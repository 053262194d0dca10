import { quote } from '../../errors.ts'

/** PATH_MAX (include/uapi/linux/limits.h) less its NUL. */
const maxPathBytes = 4095

/** What is wrong with a path on the host, or nothing: absolute, of one line, and not too long. */
export function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `${quote(path)} is not an absolute path`
  if (/[\0\n\r]/.test(path)) return `${quote(path)} holds a line break or a NUL`
  const bytes = Buffer.byteLength(path)
  return bytes > maxPathBytes
    ? `${quote(path)} has ${bytes} bytes; a path has at most ${maxPathBytes}`
    : undefined
}

/** Folders in which a guest's output has no business: a typing error there breaks the host. */
const systemFolders = /^\/+(?:bin|boot|dev|etc|lib|lib32|lib64|proc|sbin|sys|usr)\//

/** What is wrong with a file that a guest's output is written to, or nothing. */
export function outputProblem(path: string): string | undefined {
  const problem = pathProblem(path)
  if (problem !== undefined) return problem
  if (/\/\.\.?(?:\/|$)/.test(path))
    return `${quote(path)} has '.' or '..' in it; write the path out`
  return systemFolders.test(path)
    ? `${quote(path)} belongs to the host: a guest's output is not written there`
    : undefined
}
