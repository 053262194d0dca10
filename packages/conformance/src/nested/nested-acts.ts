import { deepStrictEqual, match, ok, strictEqual } from 'node:assert'
import type { Playable } from '../life/play-acts.ts'
import { GuestError } from '../guest/guest-error.ts'
import { hostUser } from './host-user.ts'
import type { Nested } from './nested.ts'

/** One thing that a user does on a host, with looks at what comes of it. Each leaves nothing behind. */
export type NestedAct = Playable<Nested>

/** Guests' memory, in MiB. */
export const guestMemoryMiB = 512

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** A guest must have found the host's processor, and what its document gives it. */
async function checkGuest(host: Nested, name: string): Promise<void> {
  const { cpu, memory, vcpus } = await host.report(name)
  const { pvr } = host.recipe.processor.registers
  if (pvr !== undefined) strictEqual(cpu.pvr, pvr)
  strictEqual(vcpus.online.length, 1)
  const most = guestMemoryMiB * 1024
  ok(memory.totalKiB > most * 0.75 && memory.totalKiB <= most, `${memory.totalKiB} KiB of memory`)
}

async function define(
  host: Nested,
  name: string,
  elements?: string,
  devices?: string,
): Promise<void> {
  const file = `/tmp/${name}.xml`
  await host.write(file, host.guestXml(name, elements, devices))
  await host.polyvirt(`define ${file}`)
}

/** Ends these guests, and looks for what may be left of them. */
async function endAll(host: Nested, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await host.polyvirt(`destroy ${name}`)
    await host.polyvirt(`undefine ${name}`)
  }
  strictEqual((await host.polyvirt('list --all --name')).trim(), '')
  const { output } = await host.shell('ls /run/polyvirt | grep -c domain-; pgrep -c qemu')
  deepStrictEqual(words(output), ['0', '0'], 'a folder or a process of a guest is left')
}

const cardMac = '52:54:00:12:34:56'
const kernelCards = `<interface type='ethernet'><mac address='${cardMac}'/><model type='virtio'/></interface><vsock model='virtio'><cid auto='yes'/></vsock>`

/** The tablet that the host was given: QEMU's own numbers. */
const usbTablet = `<controller type='usb' model='qemu-xhci'/><hostdev mode='subsystem' type='usb'><source><vendor id='0x0627'/><product id='0x0001'/></source></hostdev>`

const limited = `<memtune><hard_limit unit='MiB'>1500</hard_limit><soft_limit unit='MiB'>900</soft_limit></memtune><cputune><shares>512</shares><period>100000</period><quota>50000</quota><emulator_period>100000</emulator_period><emulator_quota>30000</emulator_quota></cputune>`

/** Of 2 MiB, and some that stay. */
const hugePages = guestMemoryMiB / 2 + 4

const freeHugePages = async (host: Nested): Promise<string> =>
  words((await host.shell('grep HugePages_Free /proc/meminfo')).output)[1] ?? ''

/** Guests of the same host that nobody of the first knows. */
const otherFolder = '/var/lib/other'
const otherRoot = `qemu:///embed?root=${otherFolder}&user=${hostUser.name}`

/** A guest that goes on uses its vCPU, were it for its clock alone. */
async function goesOn(host: Nested, name: string, where: string): Promise<void> {
  const usedNs = async (): Promise<number> => {
    const text = await host.polyvirt(`${where} domstats ${name} --vcpu`)
    return Number(/vcpu\.0\.time=(\d+)/.exec(text)?.[1] ?? Number.NaN)
  }
  const before = await usedNs()
  for (let looks = 0; looks < mostLooks; looks++) {
    if ((await usedNs()) > before) return
    await host.shell('sleep 1')
  }
  throw new GuestError(`the vCPU of ${name} does nothing`)
}

/** Seconds of the host: an idle guest is woken by its clock within a few. */
const mostLooks = 60

export const nestedActs: readonly NestedAct[] = [
  {
    id: 'nested/doctor',
    title: 'doctor says that KVM works on a host inside a guest',
    async play(host) {
      match(await host.polyvirt('doctor'), new RegExp(`${host.guest}[\\s\\S]*KVM works`))
    },
  },
  {
    id: 'nested/nodeinfo',
    title: 'nodeinfo tells the machine that the host was given',
    async play(host) {
      const { vcpus, memoryKiB } = host.shape
      const info = await host.polyvirt('nodeinfo')
      match(info, new RegExp(`CPU model: +${host.guest}`))
      match(info, new RegExp(`CPU\\(s\\): +${vcpus}\\b`))
      match(info, /Thread\(s\) per core: +1\b/)
      const found = Number(/Memory size: +(\d+) KiB/.exec(info)?.[1])
      ok(found > memoryKiB * 0.9 && found <= memoryKiB, `${found} KiB of memory`)
    },
  },
  {
    id: 'nested/host-info',
    title: 'host info knows the processor by its registers, and the module of KVM',
    async play(host) {
      const { model, registers } = host.recipe.processor
      const info = JSON.parse(await host.polyvirt('--json host info')) as {
        readonly cpu: { readonly model?: string; readonly registers?: Record<string, number> }
        readonly virtualization?: { readonly modules: readonly string[] }
      }
      strictEqual(info.cpu.model, model)
      for (const [name, value] of Object.entries(registers))
        strictEqual(info.cpu.registers?.[name], value)
      deepStrictEqual(info.virtualization?.modules, [host.recipe.kvmModule])
    },
  },
  {
    id: 'nested/capabilities',
    title: 'capabilities offer KVM, and the processor of the host',
    async play(host) {
      const xml = await host.polyvirt('capabilities')
      match(xml, new RegExp(`<model>${host.recipe.processor.model}</model>`))
      match(xml, new RegExp(`<arch name='${host.guest}'>[\\s\\S]*?<domain type='kvm'/>`))
    },
  },
  {
    id: 'nested/refused',
    title: 'what KVM in this host cannot give is refused at define, with what helps',
    async play(host) {
      for (const { what, elements, says } of host.recipe.refused) {
        await host.write('/tmp/refused.xml', host.guestXml('refused', elements))
        const text = await host.refused('define /tmp/refused.xml')
        for (const one of says) match(text, one, `there is no ${what}: ${text}`)
      }
      strictEqual((await host.polyvirt('list --all --name')).trim(), '')
    },
  },
  {
    id: 'nested/granted',
    title: 'what is left open is granted at its strongest, explained, and recorded',
    async play(host) {
      await define(host, 'open')
      const explained = await host.polyvirt('explain /tmp/open.xml')
      const xml = await host.polyvirt('dumpxml open')
      for (const element of host.recipe.granted) {
        ok(xml.includes(element), `dumpxml has no ${element}`)
        const name = /^<([\w-]+)/.exec(element)?.[1] ?? element
        ok(explained.includes(name), `explain does not speak of ${name}`)
      }
      await host.polyvirt('undefine open')
    },
  },
  {
    id: 'nested/two-at-once',
    title: 'two guests run under KVM at once, and find the processor of the host',
    async play(host) {
      const names = ['a', 'b']
      for (const name of names) await define(host, name)
      for (const name of names) await host.polyvirt(`start ${name}`)
      deepStrictEqual(words(await host.polyvirt('list --name')).toSorted(), names)
      for (const name of names) await checkGuest(host, name)
      await endAll(host, names)
    },
  },
  {
    id: 'nested/modes',
    title: 'a guest runs in each mode of the processor that the host can give it',
    async play(host) {
      for (const { what, elements, argv } of host.recipe.modes) {
        host.progress(`a guest ${what}`)
        await define(host, 'mode', elements)
        match(await host.polyvirt('domxml-to-native qemu-argv --domain mode'), argv)
        await host.polyvirt('start mode')
        await checkGuest(host, 'mode')
        await endAll(host, ['mode'])
      }
    },
  },
  {
    id: 'nested/user',
    title: 'QEMU is a user of its own, which may use KVM and huge pages',
    async play(host) {
      // A table for people, as wide as their terminal.
      const found = words(await host.polyvirt('doctor')).join(' ')
      match(found, new RegExp(`QEMU runs as user '${hostUser.name}'`))
      const { output: before } = await host.shell('cat /proc/sys/vm/nr_hugepages')
      await host.shell(`echo ${hugePages} > /proc/sys/vm/nr_hugepages`)
      await define(host, 'huge', '<memoryBacking><hugepages/></memoryBacking>')
      await host.polyvirt('start huge')
      const { output: uids } = await host.shell('grep -h ^Uid: /proc/$(pgrep -o qemu)/status')
      deepStrictEqual(new Set(words(uids).slice(1)), new Set([String(hostUser.uid)]))
      await checkGuest(host, 'huge')
      match(await freeHugePages(host), /^[0-9]\b/, 'the guest has no huge pages')
      await endAll(host, ['huge'])
      strictEqual((await freeHugePages(host)).trim(), String(hugePages), 'huge pages are left')
      await host.shell(`echo ${before.trim()} > /proc/sys/vm/nr_hugepages`)
    },
  },
  {
    id: 'nested/limits',
    title: 'a guest is in a control group of its own with its limits, which change while it runs',
    async play(host) {
      const group = '/sys/fs/cgroup/polyvirt.slice/*-limits'
      const limits = async (): Promise<readonly string[]> => {
        const files = 'memory.max memory.high cpu.weight pids.max vcpu0/cpu.max emulator/cpu.max'
        const { output } = await host.shell(`cd ${group} && for one in ${files}; do cat $one; done`)
        return output.trim().split('\n')
      }
      await define(host, 'limits', limited)
      await host.polyvirt('start limits')
      await checkGuest(host, 'limits')
      const MiB = 1024 * 1024
      const others = ['512', '4096', '50000 100000', '30000 100000']
      deepStrictEqual(await limits(), [`${1500 * MiB}`, `${900 * MiB}`, ...others])
      await host.polyvirt('memtune limits --live --hard-limit 1400MiB')
      await host.polyvirt('schedinfo limits --live --set vcpu_quota=80000')
      deepStrictEqual(await limits(), [
        ...[`${1400 * MiB}`, `${900 * MiB}`, '512', '4096'],
        ...['80000 100000', '30000 100000'],
      ])
      await endAll(host, ['limits'])
      strictEqual((await host.shell(`ls -d ${group} 2>/dev/null | wc -l`)).output.trim(), '0')
    },
  },
  {
    id: 'nested/card',
    title:
      'the kernel moves the packets of a card on a tap, and gives a guest its address on vsock',
    async play(host) {
      await define(host, 'card', '', kernelCards)
      await host.polyvirt('start card')
      const { net } = await host.report('card')
      deepStrictEqual(
        net.map(({ mac }) => mac),
        [cardMac],
      )
      const { output: workers } = await host.shell(`ps -e -T -o comm= | grep -c '^vhost-'`)
      match(workers, /^[1-9]/, 'QEMU moves the packets itself')
      match(await host.polyvirt('dumpxml card'), /<cid auto='yes' address='3'\/>/)
      await endAll(host, ['card'])
      const { output: taps } = await host.shell(`ls /sys/class/net | grep -c vnet`)
      strictEqual(taps.trim(), '0', 'a tap is left')
    },
  },
  {
    id: 'nested/usb',
    title: 'a guest has a USB device of the host, which QEMU’s user is lent for as long',
    async play(host) {
      const lent = async (): Promise<string> =>
        (await host.shell(`find /dev/bus/usb -type c -uid ${hostUser.uid} | wc -l`)).output.trim()
      await define(host, 'usb', '', usbTablet)
      await host.polyvirt('start usb')
      const { usb } = await host.report('usb')
      ok(
        usb.some(({ vendor, product }) => vendor === 0x0627 && product === 0x0001),
        'the guest does not find the device',
      )
      strictEqual(await lent(), '1', 'the device is not lent')
      await endAll(host, ['usb'])
      strictEqual(await lent(), '0', 'the device is not given back')
    },
  },
  {
    id: 'nested/saved',
    title: 'a guest that was saved goes on where it was',
    async play(host) {
      await define(host, 'saved')
      await host.polyvirt('start saved')
      await checkGuest(host, 'saved')
      await host.polyvirt('managedsave saved')
      strictEqual((await host.polyvirt('list --name')).trim(), '')
      await host.polyvirt('start saved')
      match(await host.polyvirt('domstate --reason saved'), /running \(restored\)/)
      await goesOn(host, 'saved', '')
      await endAll(host, ['saved'])
    },
  },
  {
    id: 'nested/moved',
    title: 'a guest moves to other guests of the host while it runs, and back',
    async play(host) {
      const there = `-c '${otherRoot}'`
      await host.shell(`mkdir -m 711 ${otherFolder}`)
      await define(host, 'moved')
      await host.polyvirt('start moved')
      await checkGuest(host, 'moved')
      await host.polyvirt(`migrate --live moved '${otherRoot}'`)
      strictEqual((await host.polyvirt('list --name')).trim(), '')
      strictEqual((await host.polyvirt(`${there} list --name`)).trim(), 'moved')
      await goesOn(host, 'moved', there)
      await host.polyvirt(`${there} migrate --live moved qemu:///system`)
      strictEqual((await host.polyvirt(`${there} list --all --name`)).trim(), '')
      await goesOn(host, 'moved', '')
      await endAll(host, ['moved'])
      await host.shell(`rm -r ${otherFolder}`)
    },
  },
  {
    id: 'nested/can-migrate',
    title: 'a host can take what is defined on it, by its own documents',
    async play(host) {
      await define(host, 'mover')
      await host.polyvirt('capabilities > /tmp/host.xml')
      await host.polyvirt('domcapabilities >> /tmp/host.xml')
      match(await host.polyvirt('can-migrate mover /tmp/host.xml'), /yes/)
      match(await host.polyvirt('cpu-compare /tmp/host.xml'), /identical to host CPU/)
      await host.polyvirt('undefine mover')
    },
  },
]
