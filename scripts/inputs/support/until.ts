import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until the answer satisfies, for as long as a slow machine may need. */
export async function until<T>(
  ask: () => Promise<T> | T,
  good: (answer: T) => boolean,
  ms = 12_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const answer = await ask()
    if (good(answer) || performance.now() > deadline) return answer
    await sleep(20)
  }
}
