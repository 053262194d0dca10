import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inLanes } from '../src/in-lanes.ts'

test.each([1, 3, 10, 100])('%i at most at a time, and each once', async (lanes) => {
  const items = Array.from({ length: 40 }, (_, index) => index)
  const done: number[] = []
  let most = 0
  let now = 0
  await inLanes(items, lanes, async (item) => {
    most = Math.max(most, ++now)
    await turn()
    now -= 1
    done.push(item)
  })
  expect(done.toSorted((a, b) => a - b)).toEqual(items)
  expect(most).toBe(Math.min(lanes, items.length))
})

test('nothing to do is done at once; what is thrown reaches the caller', async () => {
  await inLanes([], 4, () => Promise.reject(new Error('never')))
  await expect(
    inLanes([1, 2, 3], 2, (item) => (item === 2 ? Promise.reject(new Error('two')) : turn())),
  ).rejects.toThrow('two')
})

test('when it is over, nothing of it goes on', async () => {
  let running = 0
  const work = async (item: number): Promise<void> => {
    if (item === 0) throw new Error('first')
    running += 1
    await turn()
    await turn()
    running -= 1
  }
  await expect(inLanes([0, 1, 2], 3, work)).rejects.toThrow('first')
  expect(running).toBe(0)
})
