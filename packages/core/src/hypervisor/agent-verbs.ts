import { DomainError } from '../errors.ts'
import { number } from '../qmp/shape.ts'
import type { AgentVerbs } from './interface/agent.ts'
import type { Rooms } from './rooms.ts'

const agent = () => import('./agent/guest-agent.ts')

/** What the guest's agent answers; see interface/agent.ts. */
export function agentVerbs(rooms: Rooms): AgentVerbs {
  return {
    async domainQemuAgentCommand(reference, command, options) {
      const { askAgent } = await agent()
      const { readCommand } = await import('./agent/read-command.ts')
      const { execute, arguments: args } = readCommand(command)
      const answer = await askAgent(rooms, reference, (one) => one.execute(execute, args), options)
      return JSON.stringify({ return: answer })
    },
    async domainGetGuestInfo(reference, options = {}) {
      const { guestInfo } = await import('./agent/guest-info.ts')
      return guestInfo(rooms, reference, options)
    },
    async domainInterfaceAddresses(reference, { source = 'agent', ...options } = {}) {
      if (source !== 'agent') {
        const running = await rooms.findActive(reference)
        // A user-mode network lends inside of its guest's QEMU, a bridge's guests ask somebody else.
        if (source === 'lease') return []
        const { neighbours } = await import('./agent/neighbours.ts')
        return neighbours(await rooms.live(running))
      }
      const { askAgent } = await agent()
      const { guestInterfaces } = await import('./agent/guest-info.ts')
      return askAgent(rooms, reference, (one) => guestInterfaces(one), options)
    },
    async domainFsFreeze(reference, { mountpoints, ...options } = {}) {
      const { freeze } = await import('./agent/freeze.ts')
      return freeze(rooms, reference, { ...options, ...(mountpoints && { mountpoints }) })
    },
    async domainFsThaw(reference, options) {
      const { askAgent } = await agent()
      return askAgent(rooms, reference, (one) => one.ask('guest-fsfreeze-thaw', number), options)
    },
    async domainFsTrim(reference, { minimumBytes = 0, ...options } = {}) {
      const { askAgent } = await agent()
      await askAgent(
        rooms,
        reference,
        (one) => one.execute('guest-fstrim', { minimum: minimumBytes }),
        options,
      )
    },
    async domainSetUserPassword(reference, user, password, { encrypted = false, ...options } = {}) {
      const { askAgent } = await agent()
      const coded = Buffer.from(password).toString('base64')
      await askAgent(
        rooms,
        reference,
        (one) =>
          one.execute('guest-set-user-password', {
            username: user,
            password: coded,
            crypted: encrypted,
          }),
        options,
      )
    },
    async domainGetTime(reference, options) {
      const { askAgent } = await agent()
      return askAgent(
        rooms,
        reference,
        async (one) => {
          const time = await one.ask('guest-get-time', number)
          return { seconds: Math.floor(time / 1e9), nanoseconds: time % 1e9 }
        },
        options,
      )
    },
    async domainSetTime(reference, time, options) {
      const { askAgent } = await agent()
      const args = time && { time: time.seconds * 1e9 + time.nanoseconds }
      await askAgent(rooms, reference, (one) => one.execute('guest-set-time', args), options)
    },
    async domainPmSuspend(reference, target, options) {
      const { askAgent } = await agent()
      const command = { mem: 'ram', disk: 'disk', hybrid: 'hybrid' }[target]
      try {
        await askAgent(rooms, reference, (one) => one.execute(`guest-suspend-${command}`), options)
      } catch (error) {
        // A guest that sleeps answers nothing: what it is now tells whether it does.
        const silent = error instanceof DomainError && error.code === 'ERR_AGENT_UNRESPONSIVE'
        const { active } = await rooms.find(reference)
        if (!silent || (active !== undefined && active.state !== 'pmsuspended')) throw error
      }
    },
  }
}
