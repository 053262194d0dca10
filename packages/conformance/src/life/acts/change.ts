import { match, strictEqual } from 'node:assert'
import { writeFileSync } from 'node:fs'
import type { Act } from '../act.ts'
import { balloon } from '../life-domain.ts'
import type { Life } from '../life.ts'

const mac = '52:54:00:ba:d0:02'
const drive = (bus: string, target: string): string =>
  `<disk type='file' device='cdrom'><target dev='${target}' bus='${bus}'/></disk>`

/** A medium that is known again: its first bytes are its name. */
function medium(life: Life, name: string): string {
  const file = life.image(name, 2)
  writeFileSync(file, `${name}\n`.padEnd(2 * 1024 * 1024, '.'))
  return file
}

/** The name of what is in the guest's drive; nothing where it is empty. */
async function inDrive(life: Life): Promise<string> {
  const said = await life.shell('head -c 32 /dev/sr0 2>/dev/null | head -n 1; true')
  return said.trim()
}

const changesMedium = (bus: string, target: string, uses: Act['uses']): Act => ({
  id: `media/${bus}`,
  title: `what is in a ${bus} drive is put in, changed and taken out, and the guest reads each`,
  uses,
  wants: {
    devices: [
      ...(bus === 'scsi' ? ["<controller type='scsi' index='0' model='virtio-scsi'/>"] : []),
      drive(bus, target),
    ],
  },
  async play(life) {
    const { subject, name } = life
    const [one, two] = [medium(life, `one-${bus}`), medium(life, `two-${bus}`)]
    await subject.domainChangeMedia(name, target, { source: one, action: 'insert', live: true })
    await life.until(
      'the first medium',
      async () => (await inDrive(life)) === `one-${bus}` || undefined,
    )
    await subject.domainChangeMedia(name, target, { source: two, action: 'update', live: true })
    await life.until(
      'the second medium',
      async () => (await inDrive(life)) === `two-${bus}` || undefined,
    )
    await subject.domainChangeMedia(name, target, { action: 'eject', live: true })
    await life.until('an empty drive', async () => (await inDrive(life)) === '' || undefined)
  },
})

export const changeActs: readonly Act[] = [
  changesMedium('scsi', 'sda', ['device:disk/scsi', 'device:controller:scsi/virtio-scsi']),
  {
    id: 'link/down-and-up',
    title: 'a cable that is pulled is out inside the guest, and in when it is plugged again',
    uses: ['device:interface/virtio'],
    wants: {
      devices: [`<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`],
    },
    async play({ subject, name, sees }) {
      const linked = (wanted: boolean): Promise<boolean> =>
        sees(`the cable to be ${wanted ? 'in' : 'out'}`, (seen) =>
          seen.linked.includes(mac) === wanted ? true : undefined,
        )
      await linked(true)
      await subject.domainSetLinkState(name, mac, false, { live: true })
      await linked(false)
      strictEqual(await subject.domainGetLinkState(name, mac, { live: true }), 'down')
      await subject.domainSetLinkState(name, mac, true, { live: true })
      await linked(true)
    },
  },
  {
    id: 'balloon/set-memory',
    title: 'a guest is left less memory, and given it back',
    uses: ['device:memballoon/virtio'],
    wants: { devices: [balloon] },
    async play({ subject, name, sees }) {
      const { maxMemoryKiB } = await subject.domainGetInfo(name)
      const before = await sees('the memory', ({ memory }) => memory.totalKiB)
      await subject.domainSetMemory(name, maxMemoryKiB - 100 * 1024, { live: true })
      await sees('less memory', ({ memory }) => memory.totalKiB < before - 64 * 1024 || undefined)
      await subject.domainSetMemory(name, maxMemoryKiB, { live: true })
      await sees(
        'its memory again',
        ({ memory }) => memory.totalKiB > before - 16 * 1024 || undefined,
      )
    },
  },
  {
    id: 'suspend/stands-still',
    title: 'a suspended guest stands still, and goes on where it was',
    uses: [],
    async play({ subject, name, shell }) {
      const boot = await shell('cat /proc/sys/kernel/random/boot_id')
      await subject.domainSuspend(name)
      strictEqual((await subject.domainGetState(name)).state, 'paused')
      await subject.domainResume(name)
      strictEqual((await subject.domainGetState(name)).state, 'running')
      strictEqual(await shell('cat /proc/sys/kernel/random/boot_id'), boot)
      match(boot.trim(), /^[\da-f-]{36}$/)
    },
  },
]
