import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A session daemon of libvirt that shares nothing with the machine's own, nor with a user's. */
export interface PrivateLibvirt {
  /** What it may read is put here. */
  readonly folder: string
  /** Lets virsh read commands, and resolves with all it said, in order. */
  virsh(commands: string): Promise<string>
  end(): Promise<void>
}

/** Debian's `nobody`, by number: root's daemon would use folders of the system. */
const nobody = 65_534

/** Set-ups that are slower are broken. */
const readyMs = 30_000

const endMs = 10_000

/** libvirt asks each emulator what it can do when it first meets it, which takes seconds. */
const virshMs = 600_000

/** @throws Error, for the user, where there is no libvirt to start. */
export async function startLibvirt(): Promise<PrivateLibvirt> {
  const [libvirtd, virsh] = [programIn('libvirtd'), programIn('virsh')]
  const folder = mkdtempSync(join(tmpdir(), 'pv-cpus-'))
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined
  for (const name of ['home', 'run', 'cases']) mkdirSync(join(folder, name))
  chmodSync(folder, 0o755)
  if (user !== undefined) {
    for (const name of ['home', 'run']) chownSync(join(folder, name), nobody, nobody)
  }
  const options = {
    ...user,
    cwd: folder,
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
      HOME: join(folder, 'home'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
    },
  }
  // It ends by itself where nobody is left to end it.
  const daemon = spawn(libvirtd, ['--timeout', '120'], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  daemon.stderr.on('data', (bytes: Buffer) => (words = `${words}${bytes.toString()}`.slice(-4096)))
  const gone = once(daemon, 'exit')
  const end = async (): Promise<void> => {
    daemon.kill('SIGTERM')
    const stubborn = setTimeout(() => daemon.kill('SIGKILL'), endMs)
    await gone
    clearTimeout(stubborn)
    rmSync(folder, { recursive: true, force: true })
  }
  const listens = await waitForSocket(
    join(folder, 'run/libvirt/libvirt-sock'),
    () => daemon.exitCode,
  )
  if (!listens) {
    await end()
    throw new Error(`libvirtd does not start: ${words.trim() || 'it says nothing'}`)
  }
  return {
    folder: join(folder, 'cases'),
    virsh: async (commands) => {
      // One file takes both streams, so that complaints stand where they were made.
      const file = join(folder, 'said')
      const out = openSync(file, 'w')
      const child = spawn(virsh, ['-c', 'qemu:///session'], {
        ...options,
        stdio: ['pipe', out, out],
        timeout: virshMs,
      })
      closeSync(out)
      child.stdin?.end(commands)
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
      if (signal !== null) throw new Error(`virsh was ended by ${signal}`)
      const said = readFileSync(file, 'utf8')
      if (said === '') throw new Error(`virsh ended with ${code} and said nothing`)
      return said
    },
    end,
  }
}

async function waitForSocket(path: string, ended: () => number | null): Promise<boolean> {
  const limit = performance.now() + readyMs
  while (performance.now() < limit && ended() === null) {
    if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return true
    await sleep(50)
  }
  return false
}

function programIn(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin']
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not here; the next folder may have it.
    }
  }
  throw new Error(
    `${name} is not installed (on Debian: apt install libvirt-clients libvirt-daemon-system)`,
  )
}
