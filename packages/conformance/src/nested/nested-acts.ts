import { deepStrictEqual, match, ok, strictEqual } from 'node:assert'
import type { Playable } from '../life/play-acts.ts'
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

async function define(host: Nested, name: string, elements?: string): Promise<void> {
  const file = `/tmp/${name}.xml`
  await host.write(file, host.guestXml(name, elements))
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
        for (const one of says) match(text, one, `there is no ${what}`)
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
    id: 'nested/mode',
    title: 'a guest in the mode of another processor that the host can be runs in it',
    async play(host) {
      const { elements, argv } = host.recipe.mode
      await define(host, 'mode', elements)
      match(await host.polyvirt('domxml-to-native qemu-argv --domain mode'), argv)
      await host.polyvirt('start mode')
      await checkGuest(host, 'mode')
      await endAll(host, ['mode'])
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
