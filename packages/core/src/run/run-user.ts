import { readFileSync } from 'node:fs'

/** A user of this machine, with the groups that it is in. */
export interface RunUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

/** The user of this name or number in the machine's own files; nothing where there is none. */
export function findUser(name: string): RunUser | undefined {
  const entry = lines('/etc/passwd').find((one) => one[0] === name || one[2] === name)
  if (entry === undefined) return undefined
  const [own = '', , uid, gid] = entry
  const groups = lines('/etc/group').flatMap(([, , id, members = '']) =>
    members.split(',').includes(own) ? [Number(id)] : [],
  )
  return { name: own, uid: Number(uid), gid: Number(gid), groups: [Number(gid), ...groups] }
}

function lines(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}

/** Numbers of capabilities (include/uapi/linux/capability.h). */
const capabilities = {
  CAP_CHOWN: 0,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_RESOURCE: 24,
} as const

export type Capability = keyof typeof capabilities

/** Those of these that this process has not. */
export function missingCapabilities(...wanted: readonly Capability[]): readonly Capability[] {
  const status = readFileSync('/proc/self/status', 'utf8')
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  return wanted.filter((name) => ((effective >> BigInt(capabilities[name])) & 1n) === 0n)
}
