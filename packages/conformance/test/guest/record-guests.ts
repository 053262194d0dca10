/**
 * Boots guests with a bit of everything and keeps what they report as fixtures:
 * `node --conditions=@polyvirt/source packages/conformance/test/guest/record-guests.ts`
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { debianGuests } from '../../src/guest/debian-guests.ts'
import { buildGuestImage } from '../../src/guest/guest-image.ts'
import { readReport } from '../../src/guest/read-report.ts'
import { withGuest } from '../with-guest.ts'

const uuid = '9f6d6d5e-7a11-4c1c-8f6e-6a8f0e2c7d10'
const common = '-accel tcg -nodefaults -display none -no-reboot -serial stdio'
const portable =
  `-uuid ${uuid} -device virtio-blk-pci,drive=d0,serial=virtio-serial-no -device virtio-scsi-pci,id=scsi0 ` +
  '-device scsi-hd,drive=d1,serial=scsi-serial,wwn=0x5000c50015ea71aa ' +
  '-device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01 -netdev user,id=n0 ' +
  '-device qemu-xhci,id=usb -device usb-kbd,bus=usb.0 -device virtio-balloon-pci ' +
  '-device virtio-rng-pci -device virtio-serial-pci -device virtserialport,name=org.polyvirt.test'
const power =
  '-M pseries,cap-htm=off,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off ' +
  '-cpu POWER9 -m 1024 -smp 4,sockets=2,cores=2 -numa node,nodeid=0,cpus=0-1,memdev=m0 ' +
  '-numa node,nodeid=1,cpus=2-3,memdev=m1 -object memory-backend-ram,id=m0,size=512M ' +
  '-object memory-backend-ram,id=m1,size=512M -device spapr-vscsi,id=vscsi ' +
  '-device scsi-cd,bus=vscsi.0,drive=d2 -netdev user,id=n1 -device spapr-vlan,netdev=n1'
const recordings = [
  [
    'x86_64-q35',
    'x86_64',
    'qemu-system-x86_64',
    '-M q35 -cpu Nehalem -m 512 -smp 4,sockets=1,cores=2,threads=2 -device ide-cd,drive=d2,bus=ide.0 -device pvpanic -device i6300esb -device pcie-root-port,id=rp,slot=1,chassis=1 -device e1000e,bus=rp',
  ],
  [
    'i686-pc',
    'i686',
    'qemu-system-i386',
    '-M pc -cpu qemu32 -m 512 -smp 2 -device ide-cd,drive=d2',
  ],
  ['ppc64le-pseries', 'ppc64le', 'qemu-system-ppc64', power],
] as const

const folder = new URL('../fixtures/guests/', import.meta.url)
mkdirSync(folder, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'polyvirt-record-'))
try {
  const drives = [0, 1, 2].flatMap((index) => {
    const file = join(work, `d${index}`)
    writeFileSync(file, new Uint8Array((index + 1) * 1024 * 1024))
    const readOnly = index === 2 ? ',read-only=on' : ''
    return ['-drive', `if=none,id=d${index},format=raw,file=${file}${readOnly}`]
  })
  for (const [name, guest, emulator, args] of recordings) {
    const recipe = debianGuests[guest]
    if (recipe === undefined) throw new Error(guest)
    const image = await buildGuestImage(recipe)
    const append = 'console=ttyS0 console=hvc0 quiet cryptomgr.notests polyvirt.nonce=fixture'
    const boot = ['-kernel', image.kernel, '-initrd', image.initrd, '-append', append]
    const words = `${args} ${common} ${portable}`.split(' ')
    const received = await withGuest(
      { argv: [emulator, ...words, ...drives, ...boot] },
      (running) => readReport(running.console, { cpuMs: running.cpuMs }),
    )
    writeFileSync(new URL(`${name}.cpio.gz`, folder), gzipSync(received.archive, { level: 9 }))
    console.log(name, received.archive.length, received.report.marks)
  }
} finally {
  rmSync(work, { recursive: true })
}
