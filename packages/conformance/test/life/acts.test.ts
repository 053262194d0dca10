import { describe, expect, it } from 'vitest'
import { acts } from '../../src/life/acts/index.ts'
import { targetsOf } from '../../src/target.ts'
import { NotTried } from '../../src/not-tried.ts'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { lifeMutants } from './life-mutants.ts'
import { toyLife, type Deviation } from './toy-life.ts'

const [target] = targetsOf(minimalArch, minimalArch.guests[0], minimalCapabilities, '/toy')

async function play(id: string, deviation?: Deviation): Promise<void> {
  const act = acts.find((one) => one.id === id)
  if (act === undefined || target === undefined) throw new Error(`there is no act ${id}`)
  using life = toyLife(target, deviation)
  await act.play(life)
}

const played = new Set(lifeMutants.map(({ caughtBy }) => caughtBy))

describe('what is done to a guest that runs', () => {
  it('is each caught where it is done wrong', () => {
    expect(acts.map(({ id }) => id).filter((id) => !played.has(id))).toEqual([])
  })

  for (const id of played) {
    it(`passes a hypervisor that is right: ${id}`, async () => {
      await expect(play(id)).resolves.toBeUndefined()
    })
  }

  it('passes a guest whose board has no clock, and whose agent says so', async () => {
    const withoutClock: Deviation = (_, inside) => {
      inside.hasBoardClock = false
      return {}
    }
    await expect(play('agent/time', withoutClock)).resolves.toBeUndefined()
  })

  it('does not try a guest whose kernel takes no memory, and says so', async () => {
    const ofThirtyTwoBits: Deviation = (_, inside) => {
      inside.takesMemory = false
      return {}
    }
    const why = new NotTried('the kernel of this guest takes no memory while it runs')
    await expect(play('hotplug/memory', ofThirtyTwoBits)).rejects.toThrow(why)
  })

  for (const { flaw, caughtBy, because, deviation } of lifeMutants) {
    it(`fails a hypervisor where ${flaw}`, async () => {
      await expect(play(caughtBy, deviation)).rejects.toThrow(because)
    })
  }
})
