import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** A process as the kernel has it. */
export interface Confined {
  /** Lines of `status`: `CapEff`, `Umask`. */
  readonly status: Readonly<Record<string, string>>
  /** Soft and hard limit: `Max core file size` is `0 0`. */
  readonly limits: Readonly<Record<string, string>>
  readonly environment: readonly string[]
  readonly words: readonly string[]
  readonly cgroup: string
  readonly cwd: string
  readonly exe: string
  /** What each descriptor stands for. */
  readonly files: readonly string[]
  /** Sockets of the internet that it listens on or talks over. */
  readonly internet: readonly string[]
  /** Its session, which is its own where it has this pid. */
  readonly session: number
}

export function readConfined(pid: number): Confined {
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  const link = (file: string): string => readlinkSync(`/proc/${pid}/${file}`)
  const list = (file: string): readonly string[] => read(file).split('\0').filter(Boolean)
  const files = readdirSync(`/proc/${pid}/fd`)
    .toSorted((a, b) => Number(a) - Number(b))
    .map((number) => link(`fd/${number}`))
  const own = new Set(files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []))
  const internet = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    read(`net/${kind}`)
      .split('\n')
      .filter((line) => own.has(line.trim().split(/\s+/)[9] ?? '')),
  )
  const stat = read('stat')
  return {
    status: Object.fromEntries(
      read('status')
        .split('\n')
        .map((line) => line.split(/:\s*/) as [string, string]),
    ),
    limits: Object.fromEntries(
      read('limits')
        .split('\n')
        .map((line) => line.split(/\s{2,}/))
        .map(([name = '', soft = '', hard = '']) => [name, `${soft} ${hard}`]),
    ),
    environment: list('environ').toSorted(),
    words: list('cmdline'),
    cgroup: /^0::(.*)$/m.exec(read('cgroup'))?.[1] ?? '',
    cwd: link('cwd'),
    exe: link('exe'),
    files,
    internet,
    session: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]),
  }
}
