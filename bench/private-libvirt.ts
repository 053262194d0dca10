import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A libvirt daemon that shares nothing with the machine's own. */
export interface PrivateLibvirt {
  /** A command that runs beside the daemon. */
  enter(command: readonly string[]): readonly string[]
  readonly env: NodeJS.ProcessEnv
  end(): Promise<void>
}

export interface NoLibvirt {
  readonly missing: string
}

const programs = ['libvirtd', 'virtlogd', 'virsh', 'unshare', 'nsenter'] as const

/** Set-ups that are slower are broken. */
const readyMs = 30_000

/**
 * The first process of the namespaces: it gives the daemon folders of its own, a /dev without
 * kvm (one that is there but does not work is probed again at each call), and starts it. Everything in the
 * namespace ends with it.
 */
const init = `
set -eu
mount --make-rprivate /
for d in etc run lib cache log; do mkdir -p "$1/$d"; done
cp /etc/libvirt/*.conf "$1/etc/"
mount --bind "$1/etc" /etc/libvirt
for d in run lib cache log; do
  case $d in run) at=/run/libvirt ;; *) at=/var/$d/libvirt ;; esac
  mkdir -p "$at"
  mount --bind "$1/$d" "$at"
done
mkdir "$1/dev"
mount -t tmpfs -o dev,mode=755 none "$1/dev"
for node in null zero full random urandom tty; do cp -a "/dev/$node" "$1/dev/"; done
mkdir "$1/dev/pts" "$1/dev/shm"
mount --bind /dev/pts "$1/dev/pts"
ln -s pts/ptmx "$1/dev/ptmx"
mount --rbind "$1/dev" /dev
ip link set lo up 2>/dev/null || true
virtlogd -d -p /run/libvirt/virtlogd.pid
libvirtd -d -p /run/libvirt/libvirtd.pid
echo ready
while :; do sleep 3600 & wait $!; done
`

export async function startLibvirt(): Promise<PrivateLibvirt | NoLibvirt> {
  const absent = programs.filter((program) => !isInstalled(program))
  if (absent.length > 0) return { missing: `${absent.join(', ')} not installed` }
  if (process.getuid?.() !== 0) return { missing: 'a private libvirt needs root' }
  const folder = mkdtempSync(join(tmpdir(), 'pv-libvirt-'))
  const env = { LC_ALL: 'C', PATH: searchPath().join(':'), HOME: folder }
  const namespaces = ['--pid', '--mount', '--mount-proc', '--net', '--ipc']
  const child = spawn(
    'unshare',
    ['--fork', '--kill-child', ...namespaces, 'bash', '-c', init, 'init', folder],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const gone = once(child, 'exit')
  let words = ''
  child.stderr.on('data', (bytes: Buffer) => (words += bytes.toString()))
  const end = async (): Promise<void> => {
    // Its child is the namespace's first process, and takes all others with it.
    child.kill('SIGKILL')
    await gone
    await removed(folder)
  }
  const ready = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    gone.then(() => false),
    sleep(readyMs, false, { ref: false }),
  ])
  if (!ready) {
    await end()
    return { missing: `no private libvirt: ${words.trim().split('\n').at(-1) ?? 'no answer'}` }
  }
  const inside = firstChild(child.pid ?? 0)
  const enter = ['nsenter', '-t', String(inside), '-p', '-m', '-n', '-i', '--']
  return { enter: (command) => [...enter, ...command], env, end }
}

function searchPath(): readonly string[] {
  return [...new Set([...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'])]
}

function isInstalled(program: string): boolean {
  return searchPath().some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function firstChild(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return Number(children.trim().split(' ')[0])
}

/** The mounts go with the last process of the namespace, which may take a moment. */
async function removed(folder: string): Promise<void> {
  for (let i = 0; i < 50; i++) {
    try {
      rmSync(folder, { recursive: true, force: true })
      return
    } catch {
      await sleep(100)
    }
  }
}
