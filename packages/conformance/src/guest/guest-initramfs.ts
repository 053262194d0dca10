import { gzipSync } from 'node:zlib'
import { agentScript } from './agent-script.ts'
import {
  type CpioEntry,
  cpioCharacterDevice,
  cpioDirectory,
  cpioFile,
  cpioSymlink,
  writeCpio,
} from './cpio.ts'
import { moduleIndex } from './module-index.ts'
import { moduleOrder } from './module-order.ts'
import type { UnpackedKernel } from './unpacked-kernel.ts'

/** What the agent uses, and what is handy to `run` in a guest. */
const applets =
  'sh ash mount touch umount cat cp ls ln rm mkdir mknod find cpio gzip base64 sha256sum head tail grep ' +
  'sed awk tr cut sort wc insmod modprobe rmmod lsmod dmesg uname sleep usleep stty echo printf test true ' +
  'false dd od hexdump xxd ip ping udhcpc mkfifo date hwclock free ps kill readlink env sync ' +
  'poweroff reboot halt blockdev chmod md5sum seq sysctl top vi less nproc id nc wget'

export interface Initramfs {
  readonly bytes: Buffer
  /** Modules it brings; a guest loads those that its devices ask for. */
  readonly modules: readonly string[]
}

/** The whole user space of a test guest: busybox, drivers, and the agent as process 1. */
export function guestInitramfs(
  busybox: Uint8Array,
  kernel: UnpackedKernel,
  wanted: readonly string[],
): Initramfs {
  const { load } = moduleOrder(wanted, kernel)
  const modules = `lib/modules/${kernel.release}`
  const index = moduleIndex(load, kernel)
  const entries: readonly CpioEntry[] = [
    cpioFile('init', agentScript, 0o755),
    cpioFile('bin/busybox', busybox, 0o755),
    ...applets.split(' ').map((applet) => cpioSymlink(`bin/${applet}`, 'busybox')),
    // The kernel calls this one when a virtual power button or an error asks for an orderly end.
    cpioFile('sbin/poweroff', '#!/bin/sh\nexec /bin/busybox poweroff -f\n', 0o755),
    cpioFile('sbin/reboot', '#!/bin/sh\nexec /bin/busybox reboot -f\n', 0o755),
    // A USB disk is given a second to spin up, in which the guest would report without it.
    cpioFile('etc/modprobe.d/guest.conf', 'options usb_storage delay_use=0\n'),
    cpioSymlink('sbin/modprobe', '../bin/busybox'),
    cpioFile(`${modules}/modules.dep`, index.dependencies),
    cpioFile(`${modules}/modules.alias`, index.aliases),
    ...load.map((name) => cpioFile(`${modules}/${name}.ko`, kernel.moduleData(name))),
    ...['dev', 'proc', 'sys', 'tmp'].map((path) => cpioDirectory(path)),
    // Process 1 gets this as its standard streams, before any file system is mounted.
    cpioCharacterDevice('dev/console', 5, 1),
  ]
  return { bytes: gzipSync(writeCpio(entries), { level: 9 }), modules: load }
}
