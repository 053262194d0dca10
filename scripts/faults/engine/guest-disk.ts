import { basename } from 'node:path'
import { withoutChance } from '../check/view.ts'
import { runProgram } from './run-program.ts'

/** Where guests write while they run: behind what their disks begin with. */
const written = { pattern: '0x66', at: '1M 64k' }

const device = '/machine/peripheral/virtio-disk0/virtio-backend'

/** Commands that have the running guest `g` write to its first disk, through its device, as a guest does. */
export const guestWrites: readonly (readonly string[])[] = [
  `write -q -P ${written.pattern} ${written.at}`,
  'flush',
].map((words) => ['qemu-monitor-command', 'g', '--hmp', `qemu-io -d ${device} "${words}"`])

/** Whether what guests write is on a disk. */
export async function holdsWrites(path: string): Promise<boolean> {
  const words = `read -q -P ${written.pattern} ${written.at}`
  const { code, stdout, stderr } = await runProgram(['qemu-io', '-r', '-U', '-f', 'qcow2', '-c', words, path]) // prettier-ignore
  return code === 0 && !/failed/i.test(stdout + stderr)
}

interface ImageInfo {
  readonly snapshots?: readonly { readonly name: string }[]
}

/** The states inside an image, a line for each; also those that nobody remembers any more. */
export async function diskStates(path: string): Promise<readonly string[]> {
  const { stdout } = await runProgram(['qemu-img', 'info', '-U', '--output=json', '-f', 'qcow2', path]) // prettier-ignore
  if (stdout === '') return []
  const { snapshots = [] } = JSON.parse(stdout) as ImageInfo
  return snapshots.map(
    ({ name }, i) => `image ${withoutChance(basename(path))}: state ${i}, ${name}`,
  )
}
