/** One system call of a trace that strace wrote with `-f -y`. */
export interface TracedCall {
  readonly thread: string
  readonly call: string
  /** What `-P` of strace would find it by: the path it names, or that its descriptor stands for. */
  readonly path: string | undefined
  readonly text: string
}

/** Reads one line; nothing where it is no system call, such as a signal or the second half of one. */
export function readTraceLine(line: string): TracedCall | undefined {
  const parts = /^(\d+) +([a-z0-9_]+)\((.*)$/.exec(line)
  const [, thread = '', call = '', rest = ''] = parts ?? []
  if (call === '') return undefined
  return { thread, call, path: pathOf(rest), text: rest }
}

function pathOf(rest: string): string | undefined {
  const named = /^(?:AT_FDCWD(?:<[^>]*>)?, )?"(\/[^"]*)"/.exec(rest)?.[1]
  if (named !== undefined) return named
  // A name below a folder that is open is found by the folder.
  return /^\d+<(\/[^>]*)>/.exec(rest)?.[1]
}

const alwaysChanging = new Set([
  'write', 'pwrite64', 'writev', 'pwritev', 'fsync', 'fdatasync', 'rename', 'renameat', 'renameat2',
  'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'link', 'linkat', 'symlink', 'ftruncate',
  'fallocate', 'chmod', 'fchmod', 'fchmodat', 'chown', 'fchown', 'lchown', 'fchownat',
]) // prettier-ignore

/** The system calls that are traced: those that can change something, and those that reach a QEMU. */
export const tracedCalls: readonly string[] = [
  ...alwaysChanging, 'openat', 'connect', 'bind', 'clone', 'vfork', 'fork',
] // prettier-ignore

/** Whether a call changes what a root keeps. Opening does where it makes, cuts or is for writing. */
export function changesState({ call, text }: TracedCall): boolean {
  if (call === 'openat') return /O_CREAT|O_TRUNC|O_WRONLY|O_RDWR/.test(text)
  return alwaysChanging.has(call)
}
