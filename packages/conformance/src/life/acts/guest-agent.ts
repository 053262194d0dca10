import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert'
import type { Capability } from '../../scenario.ts'
import type { Act } from '../act.ts'
import { agentChannel } from '../life-domain.ts'
import type { Life } from '../life.ts'

const uses: readonly Capability[] = ['device:channel/virtio', 'device:controller:virtio-serial']
const wants = { devices: [agentChannel] }
const disk =
  "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/images/data-64M.qcow2'/><target dev='vda' bus='virtio'/></disk>"
const mac = '52:54:00:ba:d0:02'
const card = `<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`

/** The agent is there a moment after its channel. */
async function answers({ subject, name, until }: Life): Promise<void> {
  await until('the agent to answer', async () => {
    const said = await subject
      .domainQemuAgentCommand(name, '{"execute":"guest-ping"}')
      .catch(() => undefined)
    return said === undefined ? undefined : true
  })
}

const act = (name: string, title: string, play: Act['play'], more: Partial<Act> = {}): Act => ({
  id: `agent/${name}`,
  title,
  uses: [...uses, ...(more.uses ?? [])],
  wants: { devices: [...wants.devices, ...(more.wants?.devices ?? [])] },
  async play(life) {
    await answers(life)
    await play(life)
  },
})

export const agentActs: readonly Act[] = [
  act('tells', 'the agent tells what the guest is, as the guest itself does', async (life) => {
    const { subject, name, report } = life
    const info = await subject.domainGetGuestInfo(name, { timeoutMs: agentMs })
    strictEqual(info.os?.['kernel-release'], report.kernel.release)
    strictEqual(info.os?.['machine'], report.kernel.machine)
    strictEqual(info.hostname, (await life.shell('uname -n')).trim())
    ok(
      info.interfaces?.some((one) => one.name === 'lo'),
      'it has a loopback',
    )
  }),
  act(
    'addresses',
    'the addresses that the agent tells are those that the guest has',
    async (life) => {
      const name = (await life.shell(`grep -l '${mac}' /sys/class/net/*/address`)).split('/')[4]
      await life.shell(`ip addr add 10.0.2.77/24 dev ${name}`)
      const cards = await life.subject.domainInterfaceAddresses(life.name, {
        source: 'agent',
        timeoutMs: agentMs,
      })
      const found = cards.find((one) => one.mac === mac)
      deepStrictEqual(
        found?.addresses.filter(({ type }) => type === 'ipv4'),
        [{ type: 'ipv4', address: '10.0.2.77', prefix: 24 }],
      )
      await life.shell(`ip addr del 10.0.2.77/24 dev ${name}`)
    },
    { uses: ['device:interface/virtio'], wants: { devices: [card] } },
  ),
  act(
    'freeze',
    'file systems that are frozen take no writes until they are thawed',
    async (life) => {
      const { subject, name, shell, until } = life
      const vda = await dataDisk(life)
      await shell(
        `mke2fs /dev/${vda} >/dev/null 2>&1 && mkdir -p /mnt && mount -t ext4 /dev/${vda} /mnt`,
      )
      strictEqual(await subject.domainFsFreeze(name, { timeoutMs: agentMs }), 1)
      await shell('(echo written >/mnt/file) >/dev/null 2>&1 &')
      await shell('sleep 1')
      strictEqual(await shell('[ -s /mnt/file ] || echo nothing'), 'nothing')
      strictEqual(await subject.domainFsThaw(name, { timeoutMs: agentMs }), 1)
      await until('what was held back', async () =>
        (await shell('cat /mnt/file 2>/dev/null; true')).includes('written') ? true : undefined,
      )
      await shell('umount /mnt')
    },
    { uses: ['device:disk/virtio'], wants: { devices: [disk] } },
  ),
  act('time', 'the guest’s clock is read and set', async ({ subject, name, shell, report }) => {
    const seconds = 1_900_000_000
    const set = subject.domainSetTime(name, { seconds, nanoseconds: 0 }, { timeoutMs: agentMs })
    // The agent sets the kernel's clock, and then the board's by it. A mainframe has none: its agent says so.
    if (report.clock.rtcSeconds === undefined) await rejects(set, /hwclock/)
    else await set
    const inside = Number(await shell('date +%s'))
    ok(inside >= seconds && inside < seconds + 120, `inside it is ${inside}`)
    const told = await subject.domainGetTime(name, { timeoutMs: agentMs })
    ok(told.seconds >= inside && told.seconds < inside + 120, `the agent says ${told.seconds}`)
  }),
  act('password', 'a password that is set is the user’s', async ({ subject, name, shell }) => {
    await subject.domainSetUserPassword(name, 'root', 'a new: word', { timeoutMs: agentMs })
    const line = await shell("grep '^root:' /etc/shadow")
    const [, salt = '', hash = ''] = /^root:\$6\$([^$]+)\$([^:]+):/.exec(line) ?? []
    strictEqual(await shell(`mkpasswd -m sha512 -S ${salt} 'a new: word'`), `$6$${salt}$${hash}`)
    match(hash, /./)
  }),
]

/** Emulated guests are slower than the five seconds that a user waits. */
const agentMs = 60_000

/** The kernel's name of the disk of 64 MiB. */
export async function dataDisk({ sees }: Life): Promise<string> {
  return await sees(
    'the data disk',
    ({ block }) => block.find(({ bytes }) => bytes === 64 * 1024 * 1024)?.name,
  )
}
export const dataDiskXml: string = disk
