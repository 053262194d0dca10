/** Errors of Linux that libuv, and with it Node, has no name for: errno(3). */
const unnamed: Readonly<Record<number, string>> = {
  116: 'ESTALE: stale file handle',
  122: 'EDQUOT: disk quota exceeded',
}

/** What a system call failed with: `EDQUOT: disk quota exceeded, write`. */
export function systemErrorText(error: Error): string {
  const errno = 'errno' in error ? Math.abs(Number(error.errno)) : 0
  const name = unnamed[errno]
  return name === undefined
    ? error.message
    : error.message.replace(/^(?:Unknown system error -\d+(?:: )?)+/, name)
}
