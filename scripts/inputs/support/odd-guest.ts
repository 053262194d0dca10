import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { guestXml } from './guest-xml.ts'
import type { Testbed } from './testbed.ts'

/** What a monitor does with a command. */
export type OddAnswer = (
  | { readonly raw: string }
  | { readonly base64: string }
  | { readonly return: unknown }
  | { readonly flood: number }
  | { readonly silent: true }
  | { readonly close: true }
  | { readonly usual?: true }
) & { readonly delayMs?: number }

/** How a monitor behaves; what is not said is as QEMU does it. See odd-qemu.mjs. */
export interface OddScript {
  readonly greet?: string | null
  readonly hangUp?: 'before' | 'after'
  /** Answers come in pieces of so many bytes. */
  readonly chunk?: number
  /** What it writes as soon as it is started, so many times. */
  readonly stderr?: { readonly text?: string; readonly base64?: string; readonly times?: number }
  /** It ends then, by this signal. */
  readonly kill?: 'SIGSYS'
  /** It ends then, with this status. */
  readonly exit?: number
  /** SIGTERM is not heard. */
  readonly deaf?: true
  readonly answers?: Readonly<Record<string, OddAnswer>>
}

/** A guest whose QEMU is a program of ours. */
export interface OddGuest {
  readonly name: string
  /** From now on its monitor does this. */
  behave(script: OddScript): void
  /** The monitor's socket while it runs. */
  monitor(): string
  pid(): number
}

/**
 * Defines such a guest. The emulator is QEMU itself where it is asked what it can do, and the odd one
 * where a guest is started, which has a UUID.
 */
export async function defineOddGuest(bed: Testbed, name: string, devices = ''): Promise<OddGuest> {
  const dir = bed.file(`emulator-${name}`)
  mkdirSync(dir, { mode: 0o700 })
  const file = `${dir}/script.json`
  const behave = (script: OddScript): void => writeFileSync(file, JSON.stringify(script))
  behave({})
  const program = new URL('odd-qemu.mjs', import.meta.url).pathname
  const emulator = `${dir}/qemu-system-x86_64`
  const [node, real] = [process.execPath, '/usr/bin/qemu-system-x86_64']
  writeFileSync(
    emulator,
    `#!/bin/sh\ncase " $* " in *" -uuid "*) exec '${node}' '${program}' '${file}' "$@";; esac\nexec ${real} "$@"\n`,
  )
  chmodSync(emulator, 0o755)
  await bed.hypervisor.domainDefineXml(
    guestXml({
      name: `<name>${name}</name>`,
      devices: `<emulator>${emulator}</emulator>${devices}`,
    }),
  )
  const row = (): { readonly pid: number; readonly monitor: string } => {
    const found = bed.processes().find(({ identity }) => {
      const words = readFileSync(`/proc/${identity.pid}/cmdline`, 'utf8').split('\0')
      return words.includes(file) && words.includes('-uuid')
    })
    if (found === undefined) throw new Error(`${name} does not run`)
    const words = readFileSync(`/proc/${found.identity.pid}/cmdline`, 'utf8')
    return { pid: found.identity.pid, monitor: /path=([^,]+monitor\.sock)/.exec(words)?.[1] ?? '' }
  }
  return { name, behave, monitor: () => row().monitor, pid: () => row().pid }
}
