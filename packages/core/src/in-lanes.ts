/**
 * Works through a list with so many at a time. What is thrown goes on to the caller, after those that
 * were begun are done.
 */
export async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values()
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
