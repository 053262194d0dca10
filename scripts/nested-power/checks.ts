import { deepStrictEqual, match, ok, strictEqual } from 'node:assert'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { GuestConsole, readReport } from '@polyvirt/conformance'
import type { GuestReport } from '@polyvirt/conformance'
import { hostShape } from './host.ts'
import type { NestedHost } from './host.ts'
import { command, guestInitrd, guestKernel } from './polyvirt-disk.ts'

export interface CheckResult {
  readonly name: string
  /** What went wrong, with what was printed; nothing where all is well. */
  readonly problem?: string
}

interface Check {
  readonly name: string
  run(host: Shell): Promise<void>
}

/** polyvirt in the host. */
class Shell {
  readonly #host: NestedHost
  /** What the last commands printed, for whoever has to find out. */
  transcript = ''

  constructor(host: NestedHost) {
    this.#host = host
  }

  async shell(text: string): Promise<{ readonly output: string; readonly status: number }> {
    const reply = await this.#host.run(text)
    this.transcript += `$ ${text}\n${reply.output}\n(${reply.status})\n`
    return reply
  }

  /** Runs polyvirt, which must succeed. */
  async polyvirt(words: string): Promise<string> {
    const { output, status } = await this.shell(`${command} ${words}`)
    strictEqual(status, 0, `polyvirt ${words.split(' ')[0]} ends with status ${status}`)
    return output
  }

  /** Runs polyvirt, which must fail. */
  async refused(words: string): Promise<string> {
    const { output, status } = await this.shell(`${command} ${words}`)
    ok(status !== 0, `polyvirt ${words.split(' ')[0]} should fail`)
    return output
  }

  async write(file: string, text: string): Promise<void> {
    const { status } = await this.shell(
      `printf %s "${text.replaceAll(/["\\$`]/g, '\\$&')}" > ${file}`,
    )
    strictEqual(status, 0, `cannot write ${file}`)
  }

  /** Waits for the report of a guest, and gives what it found inside itself. */
  async report(name: string, limitMs = 120_000): Promise<GuestReport> {
    const file = `/tmp/${name}.log`
    const deadline = performance.now() + limitMs
    for (;;) {
      // The console is slow and shared, so the log comes over it once.
      const { output: ends } = await this.#host.run(`grep -c '=== polyvirt report end' ${file}`)
      if (ends.trim() === '1') {
        const { output } = await this.#host.run(`cat ${file}`)
        const console = new GuestConsole({
          output: Readable.from([Buffer.from(`${output}\n`)]),
          write: () => undefined,
        })
        return (await readReport(console)).report
      }
      if (performance.now() > deadline) {
        this.transcript += `${(await this.#host.run(`tail -n 20 ${file}`)).output}\n`
        throw new Error(`guest ${name} never reported`)
      }
      await sleep(1000)
    }
  }
}

/** A guest that boots the host's own kernel and says what its processor is. */
function guestXml(name: string, more = ''): string {
  return [
    `<domain type='kvm'><name>${name}</name><memory unit='MiB'>512</memory><vcpu>1</vcpu>`,
    `<os><type arch='ppc64le'>hvm</type><kernel>${guestKernel}</kernel>`,
    `<initrd>${guestInitrd}</initrd><cmdline>console=hvc0 cryptomgr.notests</cmdline></os>${more}`,
    `<devices><serial type='file'><source path='/tmp/${name}.log'/></serial></devices></domain>`,
  ].join('')
}

/** It must have found the host's processor, and what the document gives it. */
async function checkGuest(host: Shell, name: string): Promise<void> {
  const { cpu, memory, vcpus } = await host.report(name)
  strictEqual(cpu.pvr, hostShape.pvr)
  strictEqual(vcpus.online.length, 1)
  ok(memory.totalKiB > 400 * 1024 && memory.totalKiB <= 512 * 1024)
}

const checks: readonly Check[] = [
  {
    name: 'doctor says that KVM works',
    async run(host) {
      match(await host.polyvirt('doctor'), /ppc64le[\s\S]*KVM works/)
    },
  },
  {
    name: 'nodeinfo tells the machine that the host was given',
    async run(host) {
      const info = await host.polyvirt('nodeinfo')
      match(info, /CPU model: +ppc64le/)
      match(info, new RegExp(`CPU\\(s\\): +${hostShape.vcpus}\\b`))
      match(info, /Thread\(s\) per core: +1\b/)
      const memoryKiB = Number(/Memory size: +(\d+) KiB/.exec(info)?.[1])
      ok(memoryKiB > hostShape.memoryMiB * 1024 * 0.9 && memoryKiB <= hostShape.memoryMiB * 1024)
    },
  },
  {
    name: 'host info knows the processor by its register, and the platform',
    async run(host) {
      const info = JSON.parse(await host.polyvirt('--json host info')) as {
        readonly cpu: { readonly model?: string; readonly registers?: Record<string, number> }
        readonly virtualization?: { readonly modules: readonly string[] }
      }
      strictEqual(info.cpu.model, hostShape.model)
      strictEqual(info.cpu.registers?.['pvr'], hostShape.pvr)
      deepStrictEqual(info.virtualization?.modules, ['kvm_hv'])
    },
  },
  {
    name: 'capabilities offer KVM',
    async run(host) {
      const xml = await host.polyvirt('capabilities')
      match(xml, /<model>POWER9<\/model>/)
      match(xml, /<arch name='ppc64le'>[\s\S]*?<domain type='kvm'\/>/)
    },
  },
  {
    name: 'a mitigation that this KVM has not is refused at define, with the element that works',
    async run(host) {
      await host.write(
        '/tmp/bad.xml',
        guestXml('bad', `<features><cfpc value='fixed'/></features>`),
      )
      const text = await host.refused('define /tmp/bad.xml')
      match(text, /cfpc 'fixed' is not granted by this host with KVM/)
      match(text, /Requested safe cache capability level not supported by KVM/)
      match(text, /use <cfpc value='broken'\/>/)
    },
  },
  {
    name: 'what is left open is granted at its strongest, shown, and recorded',
    async run(host) {
      await host.write('/tmp/a.xml', guestXml('a'))
      const explained = await host.polyvirt('explain /tmp/a.xml')
      match(explained, /cfpc/)
      await host.polyvirt('define /tmp/a.xml')
      const xml = await host.polyvirt('dumpxml a')
      match(xml, /<cfpc value='broken'\/>/)
      match(xml, /<ccf-assist state='off'\/>/)
      match(xml, /<cpu mode='host-passthrough'/)
    },
  },
  {
    name: 'a definition that starts on libvirt today starts here: two KVM guests at once',
    async run(host) {
      await host.write('/tmp/b.xml', guestXml('b'))
      await host.polyvirt('define /tmp/b.xml')
      for (const name of ['a', 'b']) await host.polyvirt(`start ${name}`)
      const listed = await host.polyvirt('list --name')
      deepStrictEqual(listed.trim().split(/\s+/).toSorted(), ['a', 'b'])
      for (const name of ['a', 'b']) await checkGuest(host, name)
    },
  },
  {
    name: 'a guest in a compatibility mode of the host runs in it',
    async run(host) {
      for (const name of ['a', 'b']) await host.polyvirt(`destroy ${name}`)
      const cpu = `<cpu mode='host-model'><model>power9</model></cpu>`
      await host.write('/tmp/c.xml', guestXml('c', cpu))
      await host.polyvirt('define /tmp/c.xml')
      match(await host.polyvirt('domxml-to-native qemu-argv --domain c'), /max-cpu-compat=power9/)
      await host.polyvirt('start c')
      await checkGuest(host, 'c')
    },
  },
  {
    name: 'a mode that KVM in a guest cannot give is refused at define, with the reason',
    async run(host) {
      const cpu = `<cpu mode='host-model'><model>power8</model></cpu>`
      await host.write('/tmp/e.xml', guestXml('e', cpu))
      match(await host.refused('define /tmp/e.xml'), /no hash page tables.*use 'power9'/)
    },
  },
  {
    name: 'a mode newer than the host is refused with those that it has',
    async run(host) {
      const cpu = `<cpu mode='host-model'><model>power10</model></cpu>`
      await host.write('/tmp/d.xml', guestXml('d', cpu))
      match(await host.refused('define /tmp/d.xml'), /power8, power9/)
    },
  },
  {
    name: 'the host can take what runs on it, by its own documents',
    async run(host) {
      const files = '/tmp/here.xml'
      await host.shell(`${command} capabilities > ${files}; ${command} domcapabilities >> ${files}`)
      match(await host.polyvirt(`can-migrate a ${files}`), /yes/)
      match(await host.polyvirt(`cpu-compare ${files}`), /identical to host CPU/)
    },
  },
  {
    name: 'nothing is left when the guests have been destroyed',
    async run(host) {
      for (const name of ['a', 'b', 'c']) {
        if (name === 'c') await host.polyvirt(`destroy ${name}`)
        await host.polyvirt(`undefine ${name}`)
      }
      strictEqual((await host.polyvirt('list --all --name')).trim(), '')
      const { output } = await host.shell('ls /run/polyvirt | grep domain- | wc -l; pgrep -c qemu')
      deepStrictEqual(output.trim().split(/\s+/), ['0', '0'])
    },
  },
]

/** Runs all checks in their order; later ones build on the guests of earlier ones. */
export async function* runChecks(host: NestedHost): AsyncIterable<CheckResult> {
  for (const { name, run } of checks) {
    const shell = new Shell(host)
    try {
      await run(shell)
      yield { name }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      yield { name, problem: `${reason}\n${shell.transcript}` }
    }
  }
}
