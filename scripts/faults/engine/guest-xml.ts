import { runProgram } from './run-program.ts'
import type { Lab } from './lab.ts'

export type GuestArch = 'x86_64' | 'ppc64'

const machines: Readonly<
  Record<GuestArch, { machine: string; emulator: string; memoryMiB: number }>
> = {
  x86_64: { machine: 'pc', emulator: '/usr/bin/qemu-system-x86_64', memoryMiB: 64 },
  ppc64: { machine: 'pseries', emulator: '/usr/bin/qemu-system-ppc64', memoryMiB: 256 },
}

export interface GuestOptions {
  readonly name?: string
  readonly arch?: GuestArch
  /** File name of its disk in the lab's folder; none where missing. */
  readonly disk?: string
  readonly memoryMiB?: number
  /** Its disk forgets what is written to it. */
  readonly transient?: boolean
  readonly agent?: boolean
}

/** A small machine without an operating system; the same name always has the same identities. */
export function guestXml(lab: Lab, options: GuestOptions = {}): string {
  const { name = 'g', arch = 'x86_64', disk, agent = false, transient = false } = options
  const { machine, emulator, memoryMiB } = machines[arch]
  const digits = Buffer.from(name.padEnd(6, '.').slice(0, 6)).toString('hex')
  const diskXml =
    disk === undefined
      ? ''
      : `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${lab.path(disk)}'/><target dev='vda' bus='virtio'/>${transient ? '<transient/>' : ''}</disk>`
  const agentXml = agent
    ? `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
    : ''
  return `<domain type='qemu'><name>${name}</name>
<uuid>11111111-2222-4333-8444-${digits}</uuid>
<memory unit='MiB'>${options.memoryMiB ?? memoryMiB}</memory><vcpu>1</vcpu>
<os><type arch='${arch}' machine='${machine}'>hvm</type></os>${arch === 'x86_64' ? '<features><acpi/></features>' : ''}
<devices><emulator>${emulator}</emulator>${diskXml}${agentXml}
<controller type='usb' model='none'/><video><model type='none'/></video><memballoon model='none'/></devices></domain>
`
}

/** Fills the first 64 KiB of guests' disks, to see that what was written is still there. */
const pattern = '0x5a'

/** A disk with something in it. */
export async function makeDisk(path: string): Promise<void> {
  await needed(['qemu-img', 'create', '-q', '-f', 'qcow2', path, '8M'])
  await needed(['qemu-io', '-f', 'qcow2', '-c', `write -q -P ${pattern} 0 64k`, path])
}

/** What is wrong with a disk: its structure, or what is in it. */
export async function diskProblems(path: string): Promise<readonly string[]> {
  const check = await runProgram(['qemu-img', 'check', '-q', '-U', '-f', 'qcow2', path])
  const read = await runProgram([
    'qemu-io',
    '-r',
    '-U',
    '-f',
    'qcow2',
    '-c',
    `read -q -P ${pattern} 0 64k`,
    path,
  ])
  // Status 3 means leaked clusters: space that is lost, and nothing else.
  const broken = check.code !== 0 && check.code !== 3
  return [
    ...(broken ? [`${path}: qemu-img check: ${check.stdout}${check.stderr}`] : []),
    ...(read.code === 0 && !/failed/i.test(read.stdout + read.stderr)
      ? []
      : [`${path}: its content is not what was written: ${read.stdout}${read.stderr}`]),
  ]
}

async function needed(argv: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(argv)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
}
