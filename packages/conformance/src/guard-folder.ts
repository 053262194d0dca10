import { spawn } from 'node:child_process'

/**
 * Watches over what runs in a folder: when this process is gone, however it went, processes that name the
 * folder on their command line are ended, and the folder is removed. A QEMU outlives whoever started
 * it, which is right for users and wrong for a suite that was interrupted.
 *
 * @returns what calls the watch off
 */
export function guardFolder(folder: string): () => void {
  // A session of its own: an interrupt from the keyboard must not reach it. Its standard input ends with us.
  const guard = spawn('/bin/sh', ['-c', script, 'guard'], {
    detached: true,
    env: { PATH: process.env['PATH'], GUARDED: folder },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  ;(guard.stdin as unknown as { unref?: () => void }).unref?.()
  return () => void guard.stdin.end('done\n')
}

/** Never looks at its own command line, which does not name the folder. */
const script = `
read -r word && [ "$word" = done ] && exit
for process in /proc/[0-9]*; do
  if tr '\\0' '\\n' <$process/cmdline 2>/dev/null | grep -qF "$GUARDED/"; then
    kill -9 "\${process#/proc/}"
  fi
done
rm -rf "$GUARDED"
`
