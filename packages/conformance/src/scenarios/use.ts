import { deepStrictEqual, match, ok, strictEqual } from 'node:assert'
import { createConnection } from 'node:net'
import { optionsNamed, type Planned } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

/** Codes of Linux' input layer. */
const keyEvent = '0001'
const letterA = '001e'

const typed = (bus: string, name: string, uses: Scenario['uses']): Scenario => ({
  id: `input/${bus}-typed`,
  title: `a key that is pressed on a ${bus} keyboard arrives in the guest`,
  uses,
  domain: domainXml({ devices: `<input type='keyboard' bus='${bus}'/>` }),
  expect: {
    async inside({ qmp, shell, until, command }) {
      const find = `grep -l '${name}' /sys/class/input/event*/device/name | head -n 1 | cut -d/ -f5`
      // A bus that is there tells of what is plugged into it a moment later, and only then is a driver asked for.
      const device = await until('the keyboard in the guest', async () => {
        await command('settle')
        const found = (await shell(find)).trim()
        return /^event\d+$/.test(found) ? found : undefined
      })
      // Not through a program that would keep back what fills no block.
      // The file is there before anybody looks, which what runs beside the shell may be late for.
      await shell(`: >/tmp/keys; cat /dev/input/${device} >>/tmp/keys 2>/dev/null &`)
      await until('the key in the guest', async () => {
        await qmp.executeUnchecked('send-key', { keys: [{ type: 'qcode', data: 'a' }] })
        const seen = await shell(`hexdump -v -e '8/2 "%04x " "\\n"' /tmp/keys`)
        return seen.includes(keyEvent) && seen.includes(letterA) ? true : undefined
      })
    },
  },
})

/** Where the first channel ends on the host: as its document says, or else as QEMU was told. */
function channelSocket(planned: Planned): string {
  const [source] = planned.domain.devices.channel?.[0]?.sources ?? []
  const told = optionsNamed(planned, '-chardev').find(
    ({ properties }) => properties['id'] === 'charchannel0',
  )
  return source?.path ?? String(told?.properties['path'])
}

/** Devices that do something, tried by having them do it. */
export const useScenarios: readonly Scenario[] = [
  {
    id: 'balloon/inflated',
    title: 'a balloon that grows takes memory from its guest, and gives it back when it shrinks',
    uses: ['device:memballoon/virtio'],
    domain: domainXml({ devices: "<memballoon model='virtio'/>" }),
    expect: {
      async inside({ qmp, shell, until, report }) {
        const total = async (): Promise<number> =>
          Number(/MemTotal: *(\d+)/.exec(await shell('cat /proc/meminfo'))?.[1])
        const before = report.memory.totalKiB
        const mebibyte = 1024 * 1024
        await qmp.execute('balloon', { value: 400 * mebibyte })
        const less = await until('the guest to have less memory', async () => {
          const now = await total()
          return now < before - 64 * 1024 ? now : undefined
        })
        const { actual } = await qmp.execute('query-balloon')
        ok(actual < 512 * mebibyte, `the balloon leaves ${actual} bytes`)
        await qmp.execute('balloon', { value: 512 * mebibyte })
        await until('the guest to have its memory again', async () =>
          (await total()) > less + 32 * 1024 ? true : undefined,
        )
      },
    },
  },
  {
    id: 'rng/read',
    title: 'a guest reads bytes from its generator that are not all alike',
    uses: ['device:rng/virtio'],
    domain: domainXml({
      devices: "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    }),
    expect: {
      async inside({ shell }) {
        const bytes = await shell('head -c 32 /dev/hwrng | xxd -p -c 32')
        match(bytes.trim(), /^[\da-f]{64}$/)
        ok(new Set(bytes.trim().match(/../g)).size > 4, bytes)
      },
    },
  },
  {
    id: 'interface/talks',
    title: 'a card is connected: the guest gets an address over it',
    uses: ['device:interface/virtio'],
    domain: domainXml({
      devices: "<interface type='user'><model type='virtio'/></interface>",
    }),
    expect: {
      async inside({ shell }) {
        const card = (await shell('ls /sys/class/net | grep -v lo | head -n 1')).trim()
        await shell(`ip link set ${card} up`)
        const said = await shell(`udhcpc -i ${card} -n -q -t 20 -T 2 -s /bin/true 2>&1`)
        match(said, /lease of 10\.0\.2\.15 obtained/)
      },
    },
  },
  {
    id: 'channel/carries',
    title: 'what a guest writes to its channel comes out on the host, and the other way round',
    uses: ['device:channel/virtio', 'device:controller:virtio-serial'],
    domain: domainXml({
      devices: "<channel type='unix'><target type='virtio' name='org.polyvirt.talk'/></channel>",
    }),
    expect: {
      async inside({ planned, shell, report }) {
        const port = report.virtioPorts.find(({ name }) => name === 'org.polyvirt.talk')?.device
        const host = createConnection(channelSocket(planned))
        try {
          const heard = new Promise<string>((resolve, reject) => {
            host.once('data', (bytes) => resolve(bytes.toString()))
            host.once('error', reject)
          })
          // Waited for below, where the guest has written.
          heard.catch(() => undefined)
          await shell(`echo from the guest >/dev/${port}`)
          strictEqual((await heard).trim(), 'from the guest')
          await shell(`head -n 1 /dev/${port} >/tmp/heard &`)
          host.write('from the host\n')
          strictEqual(
            (
              await shell('while ! [ -s /tmp/heard ]; do usleep 100000; done; cat /tmp/heard')
            ).trim(),
            'from the host',
          )
        } finally {
          host.destroy()
        }
      },
    },
  },
  typed('virtio', 'Virtio Keyboard', ['device:input/virtio:keyboard']),
  typed('usb', 'USB Keyboard', ['device:input/usb:keyboard', 'device:controller:usb']),
  {
    id: 'serial/speaks',
    title: 'a serial line carries every printable character both ways',
    uses: ['device:serial'],
    domain: domainXml({ devices: "<serial type='pty'/>" }),
    expect: {
      async inside({ command }) {
        const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
        const text = printable.join('').replaceAll(/[\\]/g, '')
        deepStrictEqual(await command(`echo ${text}`), { output: text, status: 0 })
      },
    },
  },
]
