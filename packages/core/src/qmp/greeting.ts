import { number, object, record, string, array, unknownValue } from './shape.ts'
import type { Shape } from './shape.ts'

/** Version of QEMU; `package` is the distributor's, often empty. */
export interface QemuVersion {
  readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number }
  readonly package: string
}

/** What a QMP server says first. */
export interface QmpGreeting {
  readonly version: QemuVersion
  readonly capabilities: readonly unknown[]
}

/** The oldest QEMU that is talked to, libvirt 9.0's own limit. */
const oldest = { major: 4, minor: 2 }

export const versionShape: Shape<QemuVersion> & { readonly optional?: false } = object<QemuVersion>(
  {
    qemu: object<QemuVersion['qemu']>({ major: number, minor: number, micro: number }),
    package: string,
  },
)

const greetingShape = object<QmpGreeting>({
  version: versionShape,
  capabilities: array(unknownValue),
})

/** The greeting, or in words why this is none that we can work with. */
export function readGreeting(message: Readonly<Record<string, unknown>>): QmpGreeting | string {
  if (record.problem(message['QMP'], 'QMP') !== undefined) return 'the peer is not a QMP server'
  const problem = greetingShape.problem(message['QMP'], 'QMP')
  if (problem !== undefined) return `bad greeting: ${problem}`
  const greeting = message['QMP'] as QmpGreeting
  const { major, minor } = greeting.version.qemu
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return greeting
  return `QEMU ${major}.${minor} is too old; ${oldest.major}.${oldest.minor} or newer is needed`
}
