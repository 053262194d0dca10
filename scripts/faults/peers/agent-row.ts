import { Random } from '../../mutants/random.ts'
import { verdictOf } from '../engine/row.ts'
import type { Row } from '../engine/row.ts'
import { agentKinds } from './agent-kinds.ts'
import type { AgentKind } from './agent-kinds.ts'
import { FakeAgent } from './fake-agent.ts'
import { guestProblems, startLiveGuest } from './live-guest.ts'
import type { LiveGuest } from './live-guest.ts'
import { meet } from './meet.ts'

const chunkings = 20

/** An agent has 5 s for its sync and 5 s for a command; the rest is for a busy machine. */
const limitMs = 20_000

export const agentRow: Row = {
  name: 'peers/agent',
  what: `guests' agents that are none (§G; G-01 and G-02 are tests of core), ${chunkings} times each`,
  async open(lab) {
    const guest = await startLiveGuest(lab)
    const agent = await FakeAgent.open(guest.agent, new Random(lab.seed))
    return {
      points: agentKinds.flatMap(({ id }) =>
        Array.from({ length: chunkings }, (_, i) => `${id}:${i}`),
      ),
      async trial(point) {
        const [id = '', number = '0'] = point.split(':')
        const kind = agentKinds.find((one) => one.id === id)
        if (kind === undefined) throw new Error(`no agent is called ${id}`)
        agent.say(kind.script(Number(number)), new Random(lab.seed, Number(number)))
        const problems = await hear(guest, kind)
        return verdictOf(problems.map((text) => `${kind.what}: ${text}`))
      },
      async [Symbol.asyncDispose]() {
        await agent[Symbol.asyncDispose]()
        await guest.hypervisor.close()
        await lab.clear()
      },
    }
  },
}

/** Asks the agent, and while it is waited for, asks QEMU: the one must not hold up the other. */
async function hear(
  guest: LiveGuest,
  { ending, ask, judge }: AgentKind,
): Promise<readonly string[]> {
  let wrong: string | undefined
  const asked = meet(
    async () => {
      const answer = await ask(guest.hypervisor)
      wrong = judge?.(answer)
      return answer
    },
    { ending, limitMs },
  )
  const meanwhile = await guestProblems(guest)
  const problems = await asked
  return [...meanwhile, ...problems, ...(wrong === undefined ? [] : [wrong])]
}
