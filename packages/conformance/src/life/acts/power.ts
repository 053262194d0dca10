import { doesNotMatch, match, notStrictEqual, strictEqual } from 'node:assert'
import type { Act } from '../act.ts'
import { agentChannel } from '../life-domain.ts'
import type { Life } from '../life.ts'

async function isOff({ subject, name, until }: Life): Promise<string> {
  return await until('the guest to be off', async () => {
    const { state, reason } = await subject.domainGetState(name)
    return state === 'shut off' || state === 'crashed' ? reason : undefined
  })
}

export const powerActs: readonly Act[] = [
  {
    id: 'power/reset',
    title: 'a guest that is reset begins anew, in the same QEMU',
    uses: [],
    async play(life) {
      const { subject, name, report } = life
      const { pid } = await subject.domainGetInfo(name)
      await subject.domainReset(name)
      const again = await life.nextReport()
      notStrictEqual(again.kernel.bootId, report.kernel.bootId)
      strictEqual((await subject.domainGetInfo(name)).pid, pid)
    },
  },
  {
    id: 'power/shutdown-agent',
    title: 'a guest whose agent is asked powers off',
    uses: ['device:channel/virtio', 'device:controller:virtio-serial'],
    wants: { devices: [agentChannel] },
    last: true,
    async play(life) {
      const { subject, name, until } = life
      await until('the agent to answer', async () =>
        subject.domainQemuAgentCommand(name, '{"execute":"guest-ping"}').catch(() => undefined),
      )
      await subject.domainShutdown(name, { modes: ['agent'] })
      strictEqual(await isOff(life), 'shutdown')
    },
  },
  {
    id: 'power/shutdown-button',
    title:
      'a guest whose button is pressed powers off, by ACPI or by what the machine has in its place',
    uses: [],
    last: true,
    async play(life) {
      await life.subject.domainShutdown(life.name)
      strictEqual(await isOff(life), 'shutdown')
    },
  },
  {
    id: 'power/reboot-by-itself',
    title: 'a guest that restarts by itself runs on, as the same domain',
    uses: [],
    async play(life) {
      const { id } = await life.subject.domainLookup(life.name)
      const { kernel } = life.report
      life.send('reboot')
      const again = await life.nextReport()
      notStrictEqual(again.kernel.bootId, kernel.bootId)
      strictEqual((await life.subject.domainLookup(life.name)).id, id)
    },
  },
  {
    id: 'power/reboot-ends-as-told',
    title:
      'a guest that is told while it runs to end by its next restart ends by it, and just this once',
    uses: [],
    async play(life) {
      const { subject, name } = life
      await subject.domainSetLifecycleAction(name, 'reboot', 'destroy', { live: true })
      match(await subject.domainGetXmlDesc(name), /<on_reboot>destroy</)
      life.send('reboot')
      strictEqual(await isOff(life), 'shutdown')
      doesNotMatch(await subject.domainGetXmlDesc(name), /<on_reboot>destroy</)
      await life.boot()
    },
  },
  {
    id: 'power/destroy',
    title: 'a guest whose plug is pulled is off at once',
    uses: [],
    last: true,
    async play(life) {
      await life.subject.domainDestroy(life.name)
      strictEqual(await isOff(life), 'destroyed')
    },
  },
]
