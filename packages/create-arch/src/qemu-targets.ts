/** What is known of a QEMU target before anybody asks its binary. */
export interface QemuTarget {
  readonly wordSize: 32 | 64
  readonly endian: 'little' | 'big'
  /** Debian's package with `qemu-system-TARGET`. */
  readonly emulatorPackage: string
}

const known = (
  wordSize: QemuTarget['wordSize'],
  endian: QemuTarget['endian'],
  emulatorPackage = 'qemu-system-misc',
): QemuTarget => ({ wordSize, endian, emulatorPackage })

/**
 * Word size and byte order cannot be asked over QMP. They are built in: `TARGET_LONG_BITS` of QEMU's
 * `target/*`, `TARGET_BIG_ENDIAN` of its `configs/targets/*-softmmu.mak` (7.2).
 */
export const qemuTargets: Readonly<Record<string, QemuTarget>> = {
  aarch64: known(64, 'little', 'qemu-system-arm'),
  alpha: known(64, 'little'),
  arm: known(32, 'little', 'qemu-system-arm'),
  avr: known(32, 'little'),
  cris: known(32, 'little'),
  hppa: known(32, 'big'),
  i386: known(32, 'little', 'qemu-system-x86'),
  loongarch64: known(64, 'little'),
  m68k: known(32, 'big'),
  microblaze: known(32, 'big'),
  microblazeel: known(32, 'little'),
  mips: known(32, 'big', 'qemu-system-mips'),
  mips64: known(64, 'big', 'qemu-system-mips'),
  mips64el: known(64, 'little', 'qemu-system-mips'),
  mipsel: known(32, 'little', 'qemu-system-mips'),
  nios2: known(32, 'little'),
  or1k: known(32, 'big'),
  ppc: known(32, 'big', 'qemu-system-ppc'),
  ppc64: known(64, 'big', 'qemu-system-ppc'),
  riscv32: known(32, 'little'),
  riscv64: known(64, 'little'),
  rx: known(32, 'little'),
  s390x: known(64, 'big'),
  sh4: known(32, 'little'),
  sh4eb: known(32, 'big'),
  sparc: known(32, 'big', 'qemu-system-sparc'),
  sparc64: known(64, 'big', 'qemu-system-sparc'),
  tricore: known(32, 'little'),
  x86_64: known(64, 'little', 'qemu-system-x86'),
  xtensa: known(32, 'little'),
  xtensaeb: known(32, 'big'),
}

/** libvirt's names of architectures that QEMU calls otherwise. */
const qemuNames: Readonly<Record<string, string>> = {
  armv6l: 'arm',
  armv7l: 'arm',
  i686: 'i386',
  ppc64le: 'ppc64',
}

/** The target that serves a guest architecture: its own name, but for a few. */
export function targetNameOf(guest: string): string {
  return Object.hasOwn(qemuNames, guest) ? (qemuNames[guest] ?? guest) : guest
}

/** What Linux says to `uname -m` where that is not libvirt's name: the byte order is not told. */
const unames: Readonly<Record<string, string>> = {
  microblazeel: 'microblaze',
  mips64el: 'mips64',
  mipsel: 'mips',
  or1k: 'openrisc',
}

/** What a Linux host calls itself that is of a guest's architecture. */
export function unameOf(guest: string): string {
  return Object.hasOwn(unames, guest) ? (unames[guest] ?? guest) : guest
}
