import { match, notDeepStrictEqual, ok, strictEqual } from 'node:assert'
import type { Act } from '../act.ts'
import { balloon } from '../life-domain.ts'
import { dataDisk, dataDiskXml } from './guest-agent.ts'

const mebibyte = 1024 * 1024

export const seeActs: readonly Act[] = [
  {
    id: 'stats/block',
    title: 'what a guest writes and reads is counted for its disk',
    uses: ['device:disk/virtio'],
    wants: { devices: [dataDiskXml] },
    async play(life) {
      const { subject, name, shell } = life
      const vda = await dataDisk(life)
      const before = await subject.domainGetBlockStats(name, 'vda')
      await shell(`dd if=/dev/urandom of=/dev/${vda} bs=1M count=3 conv=fsync 2>/dev/null`)
      const after = await subject.domainGetBlockStats(name, 'vda')
      ok(
        after.writeBytes - before.writeBytes >= 3 * mebibyte,
        `${after.writeBytes - before.writeBytes} bytes`,
      )
      ok(after.flushRequests > before.flushRequests, 'what was to be safe was flushed')
      const info = await subject.domainGetBlockInfo(name, 'vda')
      strictEqual(info.capacityBytes, 64 * mebibyte)
      ok(info.allocationBytes >= 3 * mebibyte, `${info.allocationBytes} bytes are taken`)
    },
  },
  {
    id: 'stats/memory',
    title: 'a balloon tells of the guest’s memory what the guest itself says',
    uses: ['device:memballoon/virtio'],
    wants: { devices: [balloon] },
    async play({ subject, name, until, sees }) {
      await subject.domainSetMemoryStatsPeriod(name, 1)
      const told = await until('the balloon to tell', async () => {
        const { availableKiB } = await subject.domainGetMemoryStats(name)
        return availableKiB
      })
      const total = await sees('the memory', ({ memory }) => memory.totalKiB)
      ok(Math.abs(told - total) < 8 * 1024, `${told} KiB, and inside ${total}`)
      await subject.domainSetMemoryStatsPeriod(name, 0)
    },
  },
  {
    id: 'block/resize',
    title: 'a disk that grows is larger inside the guest',
    uses: ['device:disk/virtio'],
    wants: {
      devices: [
        "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/images/grows-16M.qcow2'/><target dev='vdb' bus='virtio'/></disk>",
      ],
    },
    async play({ subject, name, sees }) {
      await subject.domainBlockResize(name, 'vdb', 24 * mebibyte)
      await sees('the larger disk', ({ block }) =>
        block.some(({ bytes }) => bytes === 24 * mebibyte) ? true : undefined,
      )
    },
  },
  {
    id: 'screen/picture',
    title: 'a picture of the screen is a PNG with something on it',
    uses: ['device:video/vga', 'device:graphics/vnc'],
    wants: {
      devices: [
        "<graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga'/></video>",
      ],
    },
    async play({ subject, name }) {
      const png = Buffer.from(await subject.domainScreenshot(name))
      strictEqual(png.subarray(1, 4).toString('latin1'), 'PNG')
      ok(png.readUInt32BE(16) >= 320, `it is ${png.readUInt32BE(16)} wide`)
    },
  },
  {
    id: 'keys/arrive',
    title: 'keys that are sent arrive in the guest',
    uses: ['device:input/virtio:keyboard'],
    wants: { devices: ["<input type='keyboard' bus='virtio'/>"] },
    async play({ subject, name, shell, until }) {
      const find =
        "grep -l 'Virtio Keyboard' /sys/class/input/event*/device/name | head -n 1 | cut -d/ -f5"
      const device = (await shell(find)).trim()
      match(device, /^event\d+$/, 'the guest drives no such keyboard')
      // Not through a program that would keep back what fills no block.
      // The file is there before anybody looks, which what runs beside the shell may be late for.
      await shell(
        `: >/tmp/keys; cat /dev/input/${device} >>/tmp/keys 2>/dev/null & echo $! >/tmp/reader`,
      )
      const arrived = (): Promise<string> => shell(`hexdump -v -e '8/2 "%04x " "\\n"' /tmp/keys`)
      const none = await arrived()
      await until('the keys in the guest', async () => {
        await subject.domainSendKey(name, ['KEY_LEFTCTRL', 'KEY_B'])
        const seen = await arrived()
        // Codes of Linux' input layer: 29 and 48.
        return seen.includes('001d') && seen.includes('0030') ? true : undefined
      })
      notDeepStrictEqual(await arrived(), none)
      await shell('kill $(cat /tmp/reader)')
    },
  },
]
