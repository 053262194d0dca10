import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startLibvirt } from './private-libvirt.ts'

/** One virsh that is asked again and again, so that its start does not count. */
export interface VirshShell extends AsyncDisposable {
  /** `domxml-to-native` of a case; false where libvirt refuses. */
  toNative(key: string): Promise<boolean>
}

/** Why there is no shell. */
export interface NoVirsh extends AsyncDisposable {
  readonly missing: string
}

/** A shell on a libvirt daemon of its own, which ends with it. */
export async function openVirsh(cases: string): Promise<VirshShell | NoVirsh> {
  const daemon = await startLibvirt()
  if ('missing' in daemon) {
    return { missing: daemon.missing, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const [program = '', ...args] = daemon.enter(['virsh', '-c', 'qemu:///system', '-q'])
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], env: daemon.env })
  const gone = once(child, 'exit')
  const output = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>
  return {
    async toNative(key) {
      const file = join(cases, key, 'input.xml')
      if (!existsSync(file) || /['\\\n]/.test(file)) return false
      // What `echo` says marks the end of the answer; virsh shows its input, too.
      child.stdin.write(`domxml-to-native qemu-argv '${file}'\necho polyvirt-end\n`)
      let answer = ''
      while (!/(?<!echo )polyvirt-end/.test(answer)) {
        const { value, done } = await output.next()
        if (done === true) throw new Error('virsh ended')
        answer += value
      }
      return answer.includes(' -name guest=')
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end('quit\n')
      await gone
      await daemon.end()
    },
  }
}
