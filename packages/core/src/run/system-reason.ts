import { getSystemErrorMap } from 'node:util'

/** Why the system refused, in its words alone: `no such file or directory`, without the call and its path. */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message
}

/** The same as the C library words it, which libvirt and virsh show: `No such file or directory`. */
export function strerror(error: unknown): string {
  const words = systemReason(error)
  return libraryWords[words] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** Where Node has other words. */
const libraryWords: Readonly<Record<string, string>> = {
  'illegal operation on a directory': 'Is a directory',
  'too many symbolic links encountered': 'Too many levels of symbolic links',
  'name too long': 'File name too long',
}
