import { expect, it } from 'vitest'
import type { GuestSession } from '../src/guest-session.ts'
import { useScenarios } from '../src/scenarios/use.ts'

/** A guest whose bus tells of the keyboard late: it has no driver before somebody asks for drivers again. */
function slowGuest(): Pick<GuestSession, 'qmp' | 'shell' | 'until' | 'command'> {
  let settled = 0
  let pressed = false
  return {
    async shell(command) {
      if (command.startsWith('grep')) return settled < 2 ? 'grep: No such file\n' : 'event1\n'
      return command.startsWith('hexdump') && pressed ? '0001 001e 0001\n' : ''
    },
    async command(line) {
      if (line === 'settle') settled++
      return { output: '', status: 0 }
    },
    async until(_, ask) {
      for (let asked = 0; asked < 3; asked++) {
        const answer = await ask()
        if (answer !== undefined) return answer
      }
      throw new Error('which does not happen')
    },
    qmp: {
      executeUnchecked: async () => void (pressed = true),
    } as unknown as GuestSession['qmp'],
  }
}

it.each(['input/usb-typed', 'input/virtio-typed'])(
  'a keyboard that its bus tells of late is waited for: %s',
  async (id) => {
    const inside = useScenarios.find((one) => one.id === id)?.expect?.inside
    expect(inside).toBeDefined()
    await expect(inside?.(slowGuest() as GuestSession)).resolves.toBeUndefined()
  },
)
