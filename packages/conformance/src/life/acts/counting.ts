import { ok, strictEqual } from 'node:assert'
import type { Life } from '../life.ts'

/**
 * Something that only memory holds: a process that counts, and which boot this is. Its file is never
 * seen half written.
 */
export async function counting({ shell }: Life): Promise<() => Promise<void>> {
  await shell(
    '(n=0; while true; do n=$((n + 1)); echo $n >/tmp/next; mv /tmp/next /tmp/count; usleep 100000; done) >/dev/null 2>&1 & echo $! >/tmp/counter',
  )
  const bootId = await shell('cat /proc/sys/kernel/random/boot_id')
  const count = async (): Promise<number> =>
    Number(await shell('until [ -s /tmp/count ]; do usleep 10000; done; cat /tmp/count'))
  const before = await count()
  return async () => {
    strictEqual(await shell('cat /proc/sys/kernel/random/boot_id'), bootId)
    const after = await count()
    ok(after >= before, `it counted to ${before}, and then was at ${after}`)
    await shell(`sleep 1; [ $(cat /tmp/count) -gt ${after} ]`)
    await shell('kill $(cat /tmp/counter); rm -f /tmp/count')
  }
}
