import { describe, expect, it } from 'vitest'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { NotTried } from '../../src/not-tried.ts'
import { playActs, type Played } from '../../src/life/play-acts.ts'
import { targetsOf, type Target } from '../../src/target.ts'
import { toyLife } from './toy-life.ts'

const [plain] = targetsOf(minimalArch, minimalArch.guests[0], minimalCapabilities, '/toy')

function targetWith(profile: Partial<Target['profile']> = {}): Target {
  if (plain === undefined) throw new Error('the minimal architecture has a machine')
  return { ...plain, profile: { ...plain.profile, ...profile } }
}

const act = (id: string, more: Partial<Played> = {}): Played => ({
  ...{ id, title: id, play: async () => undefined },
  ...more,
})

const failing = (id: string, message: string): Played =>
  act(id, {
    play: async () => {
      throw new Error(message)
    },
  })

async function notesOf(
  acts: readonly Played[],
  target = targetWith(),
): Promise<{ readonly notes: readonly string[]; readonly failure: unknown }> {
  const notes: string[] = []
  using toy = toyLife(target)
  const life = Object.assign(toy, { note: (line: string) => notes.push(line) })
  const failure = await playActs(acts, life).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { notes, failure }
}

describe('acts that are played in one guest', () => {
  it('are each told of, whatever became of the others', async () => {
    const { notes, failure } = await notesOf([
      act('a/passes'),
      failing('b/fails', 'the guest lost a word'),
      act('c/refused', { isOffered: false }),
      act('d/needs-a-driver', { drivers: ['i6300esb'] }),
      act('e/cannot', {
        play: async () => {
          throw new NotTried('there is no such thing here')
        },
      }),
      act('f/passes'),
    ])
    expect(notes).toEqual([
      'a/passes: passed',
      'b/fails: failed',
      'c/refused: refused, as it must be',
      'd/needs-a-driver: not run: the kernel of this guest has no i6300esb',
      'e/cannot: not run: there is no such thing here',
      'f/passes: passed',
    ])
    expect(failure).toMatchObject({ message: 'b/fails: the guest lost a word' })
  })

  it('end with all that failed', async () => {
    const { failure } = await notesOf([failing('a/one', 'first'), failing('b/two', 'second')])
    expect(failure).toMatchObject({ message: 'a/one: first\nb/two: second' })
  })

  it('take a guest nowhere where QEMU leaves some of it behind, and go on', async () => {
    const carried = act('save/restore', { carries: true })
    const { major, minor } = minimalCapabilities.version
    const what = 'its timers'
    const older = targetWith({ losesState: [{ before: [major, minor + 1], what }] })
    const { notes } = await notesOf([carried, act('power/reset')], older)
    expect(notes).toEqual([
      `save/restore: not run: QEMU ${major}.${minor} under TCG leaves behind of a ${older.profile.name} guest its timers, and it does not go on; QEMU ${major}.${minor + 1} takes all of it`,
      'power/reset: passed',
    ])
    for (const range of [
      { before: [major, minor] },
      { since: [major, minor + 1], before: [major + 1, 0] },
    ] as const) {
      const whole = targetWith({ losesState: [{ ...range, what }] })
      expect((await notesOf([carried], whole)).notes).toEqual(['save/restore: passed'])
    }
  })
})
