import type { GuestArch } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'
import { guestWrites } from '../engine/guest-disk.ts'
import { backupProblems, coreProblems } from './made.ts'

/** A command that changes something, and what has to be there before it. In words, `@/` is the lab's folder. */
export interface Operation {
  readonly name: string
  readonly arch?: GuestArch
  /** Commands that leave nothing running; done once. */
  readonly stored: readonly Words[]
  /** Commands before each trial, such as starting the guest. */
  readonly live?: readonly Words[]
  readonly command: Words
  /** A command that must succeed where the operation was done, to see that its result is of use. */
  readonly proof?: Words
  /**
   * It goes in steps that cannot be taken back, such as merging images or removing bitmaps: what stops in between is sound, is
   * told as failed, and the command once more goes on with it.
   */
  readonly inSteps?: boolean
  /** It gives up a guest that runs for another one: what stops in between leaves that one off. */
  readonly mayEndOff?: boolean
  /** Its guest dies right behind it, before anybody looks. */
  readonly guestDies?: boolean
  /** QEMU works on when the command has ended; what is looked at is how that ends. */
  readonly goesOn?: boolean
  /** The guest has written to its disk since; whether that is still there is looked at too. */
  readonly wrote?: boolean
  /** What is wrong with the files that were made, where the operation was done. */
  readonly made?: (lab: Lab) => Promise<readonly string[]>
}

export type Words = readonly string[]

const defined = [['define', '@/g.xml']]
const transient = [['define', '@/transient.xml']]
const paused = [['start', 'g', '--paused']]
const running = [['start', 'g']]
const withSnapshot = [...defined, ['snapshot-create-as', 'g', 's1']]
const withMoreVcpus = [...defined, ['setvcpus', 'g', '3', '--maximum', '--config'], ['setvcpus', 'g', '1', '--config']] // prettier-ignore
const another = ['define', '@/other.xml']
/** An internal snapshot that neither the disk nor the definition is like any more. */
const leftSnapshot = [...withSnapshot, another, ...paused, ...guestWrites, ['destroy', 'g']]
const overlay = [...paused, ['snapshot-create-as', 'g', 'o1', '--disk-only']]

const attach = ['attach-disk', 'g', '@/more.qcow2', 'vdb', '--subdriver', 'qcow2', '--live', '--config'] // prettier-ignore
const attachScsi = ['attach-disk', 'g', '@/more.qcow2', 'sda', '--targetbus', 'scsi', '--subdriver', 'qcow2', '--live', '--config'] // prettier-ignore
const drive = ['attach-disk', 'g', '@/more.qcow2', 'sda', '--type', 'cdrom', '--mode', 'readonly', '--targetbus', 'scsi', '--live', '--config'] // prettier-ignore
const toThere = ['migrate', 'g', 'qemu:///embed?root=@/d', '--live', '--persistent', '--undefinesource'] // prettier-ignore
const withMemory = ['snapshot-create-as', 'g', 'e1', '--live', '--memspec', 'file=@/e1.mem', '--diskspec', 'vda,file=@/e1.qcow2'] // prettier-ignore
const diskOnly = ['snapshot-create-as', 'g', 'e1', '--disk-only', '--diskspec', 'vda,file=@/e1.qcow2'] // prettier-ignore
const card = ['attach-device', 'g', '@/card.xml', '--config']
const tap = ['attach-device', 'g', '@/tap.xml', '--config']
const tapLive = ['attach-device', 'g', '@/tap.xml', '--live', '--config']
const checkpoint = ['checkpoint-create-as', 'g', 'c1']
const pull = ['backup-begin', 'g', '--backupxml', '@/pull.xml']
const since = ['backup-begin', 'g', '--backupxml', '@/since.xml', '--checkpointxml', '@/c2.xml']

const alone: readonly Operation[] = [
  { name: 'define', stored: [], command: ['define', '@/g.xml'] },
  { name: 'redefine', stored: defined, command: ['define', '@/other.xml'] },
  { name: 'undefine', stored: defined, command: ['undefine', 'g'] },
  { name: 'setmaxmem', stored: defined, command: ['setmaxmem', 'g', '98304', '--config'] },
  { name: 'rename', stored: defined, command: ['domrename', 'g', 'h'] },
  { name: 'autostart', stored: defined, command: ['autostart', 'g'] },
  { name: 'start', stored: defined, command: ['start', 'g', '--paused'] },
  { name: 'start-tap', stored: [...defined, tap], command: ['start', 'g', '--paused'] },
  { name: 'start-ppc64', arch: 'ppc64', stored: defined, command: ['start', 'g', '--paused'] },
  { name: 'start-transient', stored: transient, command: ['start', 'g', '--paused'] },
  { name: 'destroy-transient', stored: transient, live: paused, command: ['destroy', 'g'] },
  { name: 'destroy', stored: defined, live: paused, command: ['destroy', 'g'] },
  { name: 'attach', stored: defined, live: paused, command: attach },
  { name: 'attach-transient', stored: defined, live: paused, command: ['attach-device', 'g', '@/virtio.xml', '--live', '--config'] },
  { name: 'detach-transient', stored: defined, live: [...paused, ['attach-device', 'g', '@/scsi.xml', '--live', '--config']], command: ['detach-device', 'g', '@/scsi.xml', '--live', '--config'] },
  { name: 'attach-tap', stored: defined, live: paused, command: tapLive },
  { name: 'destroy-tap', stored: [...defined, tap], live: paused, command: ['destroy', 'g'] },
  { name: 'attach-ppc64', arch: 'ppc64', stored: defined, live: paused, command: attach },
  { name: 'detach', stored: defined, live: [...paused, attachScsi], command: ['detach-disk', 'g', 'sda', '--live', '--config'] },
  { name: 'change-media', stored: defined, live: [...paused, drive], command: ['change-media', 'g', 'sda', '@/there.qcow2', '--live', '--config'] },
  { name: 'setvcpus', stored: withMoreVcpus, live: paused, command: ['setvcpus', 'g', '3', '--live', '--config'] },
  { name: 'iothreadadd', stored: defined, live: paused, command: ['iothreadadd', 'g', '1', '--live', '--config'] },
  { name: 'lifecycle-action', stored: defined, live: paused, command: ['set-lifecycle-action', 'g', 'poweroff', 'restart', '--live', '--config'] },
  { name: 'snapshot', stored: defined, live: paused, command: ['snapshot-create-as', 'g', 's1'] },
  { name: 'snapshot-off', stored: defined, command: ['snapshot-create-as', 'g', 's1'] },
  { name: 'snapshot-disk', stored: defined, live: paused, command: ['snapshot-create-as', 'g', 'o1', '--disk-only'] },
  { name: 'snapshot-memory', stored: defined, live: running, command: withMemory, proof: ['snapshot-revert', 'g', 'e1'] },
  { name: 'revert', stored: leftSnapshot, command: ['snapshot-revert', 'g', 's1'], wrote: true },
  { name: 'revert-running', stored: leftSnapshot, live: running, command: ['snapshot-revert', 'g', 's1'], wrote: true },
  { name: 'revert-internal', stored: defined, live: [...running, ['snapshot-create-as', 'g', 's1'], another, ...guestWrites], command: ['snapshot-revert', 'g', 's1'], wrote: true, mayEndOff: true },
  { name: 'revert-memory', stored: defined, live: [...running, withMemory], command: ['snapshot-revert', 'g', 'e1'], mayEndOff: true },
  { name: 'revert-external', stored: [...defined, diskOnly], command: ['snapshot-revert', 'g', 'e1'] },
  { name: 'revert-again', stored: [...defined, diskOnly, ['snapshot-revert', 'g', 'e1']], command: ['snapshot-revert', 'g', 'e1'] },
  { name: 'snapshot-delete', stored: withSnapshot, command: ['snapshot-delete', 'g', 's1'] },
  { name: 'snapshot-delete-memory', stored: defined, live: [...running, withMemory], command: ['snapshot-delete', 'g', 'e1'], inSteps: true },
  { name: 'snapshot-delete-external', stored: [...defined, diskOnly], command: ['snapshot-delete', 'g', 'e1'], inSteps: true },
  { name: 'checkpoint', stored: defined, live: running, command: checkpoint, proof: since },
  { name: 'checkpoint-delete', stored: defined, live: [...running, checkpoint], command: ['checkpoint-delete', 'g', 'c1'], inSteps: true },
  { name: 'checkpoint-delete-off', stored: defined, live: [...running, checkpoint, ['destroy', 'g']], command: ['checkpoint-delete', 'g', 'c1'], inSteps: true },
  { name: 'backup', stored: defined, live: running, command: ['backup-begin', 'g', '--backupxml', '@/full.xml', '--checkpointxml', '@/c1.xml'], goesOn: true, made: backupProblems('full.qcow2'), proof: since },
  { name: 'backup-incremental', stored: defined, live: [...running, checkpoint], command: since, goesOn: true, made: backupProblems('since.qcow2') },
  { name: 'backup-pull', stored: defined, live: running, command: pull, proof: ['domjobabort', 'g'] },
  { name: 'backup-abort', stored: defined, live: [...running, pull], command: ['domjobabort', 'g'] },
  { name: 'save', stored: defined, live: paused, command: ['save', 'g', '@/g.save'], proof: ['restore', '@/g.save'] },
  { name: 'save-running', stored: defined, live: running, command: ['save', 'g', '@/g.save'], proof: ['restore', '@/g.save'] },
  { name: 'restore', stored: defined, live: [...paused, ['save', 'g', '@/g.save']], command: ['restore', '@/g.save'] },
  { name: 'managedsave', stored: defined, live: paused, command: ['managedsave', 'g'], proof: ['start', 'g'] },
  { name: 'dump', stored: defined, live: running, command: ['dump', 'g', '@/g.core', '--memory-only'], made: coreProblems('g.core') },
  { name: 'start-saved', stored: defined, live: [...running, ['managedsave', 'g']], command: ['start', 'g'] },
  { name: 'setlink', stored: [...defined, card], live: paused, command: ['domif-setlink', 'g', '52:54:00:00:00:01', 'down'] },
  { name: 'blkdeviotune', stored: defined, live: paused, command: ['blkdeviotune', 'g', 'vda', '--total-iops-sec', '900', '--live', '--config'] },
  { name: 'domiftune', stored: [...defined, tap], live: paused, command: ['domiftune', 'g', '52:54:00:00:00:02', '--inbound', '250', '--live', '--config'] },
  { name: 'vcpupin', stored: defined, live: paused, command: ['vcpupin', 'g', '0', '0', '--live', '--config'] },
  { name: 'blockcopy', stored: defined, live: paused, command: ['blockcopy', 'g', 'vda', '@/copy.qcow2'] },
  { name: 'blockcopy-pivot', stored: defined, live: paused, command: ['blockcopy', 'g', 'vda', '@/copy.qcow2', '--wait', '--pivot'], inSteps: true },
  { name: 'blockcommit', stored: defined, live: overlay, command: ['blockcommit', 'g', 'vda', '--active', '--pivot', '--wait'], inSteps: true },
  { name: 'migrate', stored: defined, live: paused, command: toThere },
  { name: 'migrate-storage', stored: defined, live: running, command: [...toThere, '--copy-storage-all', '--xml', '@/there.xml'] },
] // prettier-ignore

/** What is made beside a guest, or taken from it: nobody can be asked any more how far that came. */
const dieTogether = ['save', 'dump', 'snapshot-disk', 'snapshot-memory', 'backup', 'backup-pull', 'blockcopy', 'attach', 'start-saved'] // prettier-ignore

export const operations: readonly Operation[] = [
  ...alone,
  ...alone
    .filter(({ name }) => dieTogether.includes(name))
    .map((one) => ({ ...one, name: `${one.name}-and-guest`, guestDies: true })),
]
