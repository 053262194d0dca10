import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
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
  /** A virsh beside the daemon: program and arguments, and what to spawn them with. */
  readonly shell: { readonly argv: readonly string[]; readonly options: UserOptions }
  /** Lets virsh read commands, and resolves with all it said, in order. */
  virsh(commands: string): Promise<string>
  /** The daemon itself, not what it runs in. */
  pid(): number
  end(): Promise<void>
}

/** Whose name a program runs in, and where. */
export interface UserOptions {
  readonly uid?: number
  readonly gid?: number
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** Debian's `nobody`, by number: root's daemon would use folders of the system. */
const nobody = 65_534

/** Set-ups that are slower are broken. */
const readyMs = 30_000

const endMs = 10_000

/** libvirt asks each emulator what it can do when it first meets it, which takes seconds. */
const virshMs = 600_000

/** The first process of a namespace: whom the daemon leaves is reaped, and all end with it. */
const init = 'libvirtd=$1; "$libvirtd" --timeout 120 & wait $!'

/**
 * A daemon as a normal user has it. Started by root it is `nobody`'s, in a process namespace whose
 * guests end with it; started by a user, its guests are the caller's to end.
 *
 * @throws Error, for the user, where there is no libvirt to start.
 */
export async function startLibvirt(): Promise<PrivateLibvirt> {
  const [libvirtd, virsh] = [programIn('libvirtd'), programIn('virsh')]
  const folder = mkdtempSync(join(tmpdir(), 'pv-lv-'))
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined
  for (const name of ['home', 'run', 'cases']) mkdirSync(join(folder, name))
  chmodSync(folder, 0o755)
  if (user !== undefined) {
    for (const name of ['home', 'run']) chownSync(join(folder, name), nobody, nobody)
  }
  const options: UserOptions = {
    cwd: folder,
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
      HOME: join(folder, 'home'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
    },
  }
  const daemon = startDaemon(libvirtd, options, user !== undefined)
  let words = ''
  daemon.stderr?.on('data', (bytes: Buffer) => (words = `${words}${bytes.toString()}`.slice(-4096)))
  const gone = once(daemon, 'exit')
  const end = async (): Promise<void> => {
    // unshare does not hand on what it is asked to do; its end takes the namespace with it.
    daemon.kill(user === undefined ? 'SIGTERM' : 'SIGKILL')
    const stubborn = setTimeout(() => daemon.kill('SIGKILL'), endMs)
    await gone
    clearTimeout(stubborn)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const listens = await waitForSocket(
    join(folder, 'run/libvirt/libvirt-sock'),
    () => daemon.exitCode,
  )
  if (!listens) {
    await end()
    throw new Error(`libvirtd does not start: ${words.trim() || 'it says nothing'}`)
  }
  const shell = { argv: [virsh, '-c', 'qemu:///session'], options: { ...user, ...options } }
  return {
    folder: join(folder, 'cases'),
    shell,
    pid: () => lastChild(daemon.pid ?? 0),
    virsh: (commands) => askOnce(shell, commands, join(folder, 'said')),
    end,
  }
}

function startDaemon(libvirtd: string, options: UserOptions, isRoot: boolean): ChildProcess {
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe']
  // It ends by itself where nobody is left to end it.
  if (!isRoot) return spawn(libvirtd, ['--timeout', '120'], { ...options, stdio })
  const namespace = ['--pid', '--mount-proc', '--fork', '--kill-child=SIGKILL']
  const ids = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--inh-caps=-all']
  return spawn('unshare', [...namespace, 'setpriv', ...ids, 'bash', '-c', init, 'init', libvirtd], {
    ...options,
    stdio,
  })
}

async function askOnce(
  { argv, options }: PrivateLibvirt['shell'],
  commands: string,
  file: string,
): Promise<string> {
  // One file takes both streams, so that complaints stand where they were made.
  const out = openSync(file, 'w')
  const [program = '', ...args] = argv
  const child = spawn(program, args, { ...options, stdio: ['pipe', out, out], timeout: virshMs })
  closeSync(out)
  child.stdin?.end(commands)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal !== null) throw new Error(`virsh was ended by ${signal}`)
  const said = readFileSync(file, 'utf8')
  if (said === '') throw new Error(`virsh ended with ${code} and said nothing`)
  return said
}

async function waitForSocket(path: string, ended: () => number | null): Promise<boolean> {
  const limit = performance.now() + readyMs
  while (performance.now() < limit && ended() === null) {
    if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return true
    await sleep(50)
  }
  return false
}

/** The first child of the first child, and so on: what a chain of wrappers runs. */
function lastChild(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  const [first = ''] = children.split(' ')
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  return first === '' || name === 'libvirtd' ? pid : lastChild(Number(first))
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
