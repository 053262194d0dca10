import { describe, expect, it } from 'vitest'
import { plan } from './plan-parts.ts'
import type { Parts } from './plan-parts.ts'

const disk = (bus: string, target: string, more = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/></disk>`

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: Parts, path: string, message: string]

const rows: readonly Row[] = [
  ['a Power machine', { machine: 'pseries' }, 'os/type/@machine', 'q35'],
  ['a machine with options behind a comma', { machine: 'pc,accel=kvm' }, 'os/type/@machine', 'pc'],
  [
    'a machine of QEMU that it does not build',
    { machine: 'microvm' },
    'os/type/@machine',
    'does not build it',
  ],
  [
    'a virtual I/O disk controller',
    { devices: "<controller type='scsi' model='ibmvscsi'/>" },
    'devices/controller[1]/@model',
    'virtio-scsi',
  ],
  [
    'a virtual I/O card',
    { devices: "<interface type='user'><model type='spapr-vlan'/></interface>" },
    'devices/interface[1]/model/@type',
    'virtio',
  ],
  [
    'a virtual I/O serial port',
    { devices: "<serial type='pty'><target type='spapr-vio-serial'/></serial>" },
    'devices/serial[1]/target/@type',
    'isa-serial',
  ],
  [
    'a virtual I/O address',
    {
      devices:
        "<interface type='user'><model type='virtio'/><address type='spapr-vio' reg='0x1000'/></interface>",
    },
    'devices/interface[1]/address/@type',
    'pci',
  ],
  ['non-volatile memory as a device', { devices: '<nvram/>' }, 'devices/nvram[1]', 'not offered'],
  [
    'Power’s panic device',
    { devices: "<panic model='pseries'/>" },
    'devices/panic[1]/@model',
    'isa',
  ],
  [
    'a label area that is too small for any label',
    {
      memory: "<maxMemory slots='1' unit='GiB'>4</maxMemory><memory unit='MiB'>768</memory>",
      middle:
        "<features><acpi/></features><cpu><numa><cell id='0' cpus='0' memory='512' unit='MiB'/></numa></cpu>",
      devices:
        "<memory model='nvdimm'><source><path>/n</path></source><target><size unit='MiB'>256</size><node>0</node><label><size unit='KiB'>64</size></label></target></memory>",
    },
    'devices/memory[1]/target/label',
    'at least 128 KiB',
  ],
  [
    'more parallel ports than the bus has places for',
    { devices: "<parallel type='null'/>".repeat(4) },
    'devices/parallel[4]',
    'places for 3 <parallel>',
  ],
  [
    'more serial ports than the bus has places for',
    { devices: "<serial type='null'/>".repeat(5) },
    'devices/serial[5]',
    'places for 4 <serial>',
  ],
  [
    'a keymap by the name of a locale',
    { devices: "<graphics type='vnc' keymap='en_US'/>" },
    'devices/graphics[1]/@keymap',
    "did you mean 'en-us'?",
  ],
  [
    'a virtual processor index without KVM',
    { middle: "<features><hyperv><vpindex state='on'/></hyperv></features>" },
    'features/hyperv/vpindex',
    'TCG',
  ],
  [
    'one ROM file for two cards without a BAR',
    {
      devices:
        "<interface type='user'><model type='virtio'/><rom bar='off' file='/a/x.rom'/></interface><interface type='user'><model type='e1000'/><rom bar='off' file='/b/x.rom'/></interface>",
    },
    'devices/interface[2]/rom/@bar',
    'devices/interface[1]',
  ],
  [
    'two cards of a model without a BAR for their ROM',
    {
      devices:
        "<interface type='user'><model type='e1000'/><rom bar='off'/></interface><interface type='user'><model type='e1000'/><rom bar='off'/></interface>",
    },
    'devices/interface[2]/rom/@bar',
    'the same ROM',
  ],
  [
    'Power’s capabilities',
    { middle: "<features><cfpc value='broken'/></features>" },
    'features/cfpc',
    'not offered',
  ],
  [
    'a hash page table',
    { middle: "<features><hpt resizing='required'/></features>" },
    'features/hpt',
    'not offered',
  ],
  [
    'an interrupt controller of another world',
    { middle: "<features><gic version='3'/></features>" },
    'features/gic',
    'not offered',
  ],
  ['IDE on q35', { devices: disk('ide', 'hda') }, 'devices/disk[1]/target/@bus', 'sata'],
  [
    'a root port on pc',
    { board: 'pc', devices: "<controller type='pci' index='1' model='pcie-root-port'/>" },
    'devices/controller',
    'pci-bridge',
  ],
  [
    'a second PCI root',
    { board: 'pc', devices: "<controller type='pci' index='1' model='pci-root'/>" },
    'devices/controller',
    'index 0',
  ],
  [
    'a conventional root on q35',
    { devices: "<controller type='pci' index='0' model='pci-root'/>" },
    'devices/controller',
    'pcie-root',
  ],
  [
    'a CPU of another world',
    { middle: '<cpu><model>POWER9</model></cpu>' },
    'cpu/model',
    'no CPU model',
  ],
  [
    'a mistyped CPU',
    { middle: '<cpu><model>Haswel</model></cpu>' },
    'cpu/model',
    "did you mean 'Haswell'",
  ],
  ['host-passthrough under TCG', { middle: "<cpu mode='host-passthrough'/>" }, 'cpu/@mode', 'KVM'],
  [
    'a topology that does not multiply out',
    { vcpu: '<vcpu>2</vcpu>', middle: "<cpu><topology sockets='3' cores='1' threads='1'/></cpu>" },
    'cpu/topology',
    '3',
  ],
  ['256 vCPUs on pc', { board: 'pc', vcpu: '<vcpu>256</vcpu>' }, 'vcpu', '255'],
  ['256 vCPUs without an IOMMU', { vcpu: '<vcpu>256</vcpu>' }, 'vcpu', 'IOMMU'],
  [
    'flash without ACPI',
    { os: "<loader readonly='yes' type='pflash'>/x.fd</loader>" },
    'os/loader',
    'acpi',
  ],
  [
    'a TPM without a back end',
    { devices: "<tpm model='tpm-tis'/>" },
    'devices/tpm[1]',
    "<backend type='…'> is missing",
  ],
  ['KVM on another machine', { type: 'kvm' }, '@type', "type='qemu'"],
  [
    'one PCI slot twice',
    {
      devices: ['10', '11']
        .map(
          (mac) =>
            `<interface type='user'><mac address='52:54:00:00:00:${mac}'/><model type='virtio'/><address type='pci' bus='0' slot='5'/></interface>`,
        )
        .join(''),
    },
    'devices/interface[2]/address',
    'already used',
  ],
  [
    'the slot of the board’s own bridge',
    {
      board: 'pc',
      devices:
        "<interface type='user'><address type='pci' bus='0' slot='1' function='0'/></interface>",
    },
    'devices/interface[1]/address',
    'board',
  ],
  [
    'a PCI slot beyond the last',
    { devices: "<interface type='user'><address type='pci' slot='32'/></interface>" },
    'devices/interface[1]/address/@slot',
    '0x1f',
  ],
  [
    'a PCI bus that is not there',
    {
      board: 'q35',
      devices:
        "<interface type='user'><model type='virtio'/><address type='pci' bus='255' slot='0'/></interface>",
    },
    'devices/interface[1]/address',
    '255',
  ],
  ['memory below a megabyte', { memory: "<memory unit='KiB'>1</memory>" }, 'memory', 'needs'],
  [
    'a card on a network without a name',
    { devices: "<interface type='network'/>" },
    'devices/interface[1]/source/@network',
    'needs',
  ],
  [
    'a USB companion without its master',
    {
      devices:
        "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>",
    },
    'devices/controller[1]/master',
    'master',
  ],
  [
    'two USB companions for the same ports',
    {
      devices: ['uhci1', 'uhci2']
        .map(
          (model) =>
            `<controller type='usb' index='0' model='ich9-${model}'><master startport='0'/></controller>`,
        )
        .concat("<controller type='usb' index='0' model='ich9-ehci1'/>")
        .join(''),
    },
    'devices/controller[2]/master/@startport',
    'already served',
  ],
  [
    'a port that its USB controller does not have',
    { devices: "<input type='tablet' bus='usb'><address type='usb' bus='0' port='9'/></input>" },
    'devices/input[1]/address/@port',
    'ports 1 to 4',
  ],
  [
    'a slot that its PCI bus does not have',
    {
      devices: `<controller type='pci' index='1' model='pcie-root-port'/><rng model='virtio'><backend model='builtin'/><address type='pci' bus='1' slot='3' function='0'/></rng>`,
    },
    'devices/rng[1]/address',
    'slots 0 to 0',
  ],
  [
    'memory plugged in without room for it',
    { devices: "<memory model='dimm'><target><size unit='MiB'>128</size></target></memory>" },
    'devices/memory[1]',
    '<maxMemory',
  ],
  [
    'more memory devices than slots',
    {
      memory: "<maxMemory slots='1' unit='GiB'>4</maxMemory><memory unit='MiB'>512</memory>",
      middle:
        "<features><acpi/></features><cpu><numa><cell id='0' cpus='0' memory='256' unit='MiB'/></numa></cpu>",
      devices:
        "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>".repeat(
          2,
        ),
    },
    'devices/memory[2]',
    'slots',
  ],
  [
    'a DIMM that nothing tells the guest of',
    {
      memory: "<maxMemory slots='1' unit='GiB'>4</maxMemory><memory unit='MiB'>512</memory>",
      middle: "<cpu><numa><cell id='0' cpus='0' memory='256' unit='MiB'/></numa></cpu>",
      devices:
        "<memory model='dimm'><target><size unit='MiB'>256</size><node>0</node></target></memory>",
    },
    'devices/memory[1]',
    '<acpi/>',
  ],
  [
    'a network disk without a server',
    { devices: "<disk type='network'><source protocol='nbd' name='x'/><target dev='vda'/></disk>" },
    'devices/disk[1]/source/host',
    'needs a <host',
  ],
  [
    'a protocol that QEMU no longer speaks',
    {
      devices:
        "<disk type='network'><source protocol='sheepdog' name='x'/><target dev='vda'/></disk>",
    },
    'devices/disk[1]/source/@protocol',
    'nbd',
  ],
  [
    'a rados image without a pool',
    { devices: "<disk type='network'><source protocol='rbd' name='x'/><target dev='vda'/></disk>" },
    'devices/disk[1]/source/@name',
    'POOL/IMAGE',
  ],
  [
    'a shared disk with metadata of its own',
    {
      devices:
        "<disk type='file'><driver name='qemu' type='qcow2'/><source file='/x'/><target dev='vda'/><shareable/></disk>",
    },
    'devices/disk[1]/shareable',
    "format 'raw'",
  ],
  [
    'a folder of the host for containers',
    { devices: "<filesystem type='template'><source name='x'/><target dir='x'/></filesystem>" },
    'devices/filesystem[1]/@type',
    'mount',
  ],
  [
    'a 9p mount tag that is too long',
    {
      devices: `<filesystem type='mount'><source dir='/x'/><target dir='${'x'.repeat(32)}'/></filesystem>`,
    },
    'devices/filesystem[1]/target/@dir',
    '31 bytes',
  ],
  [
    'a host device that is not named',
    { devices: "<hostdev mode='subsystem' type='pci'/>" },
    'devices/hostdev[1]/source',
    'address',
  ],
  [
    'a USB device by half a name',
    {
      devices:
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1d6b'/></source></hostdev>",
    },
    'devices/hostdev[1]/source',
    'vendor and product',
  ],
  [
    'SPICE redirection without SPICE',
    { devices: "<redirdev bus='usb' type='spicevmc'/>" },
    'devices/redirdev[1]/@type',
    'spice',
  ],
  [
    'a second TPM',
    { devices: "<tpm model='tpm-crb'><backend type='emulator'/></tpm>".repeat(2) },
    'devices/tpm[2]',
    'one TPM',
  ],
  [
    'a TPM of another platform',
    { devices: "<tpm model='tpm-spapr'><backend type='emulator'/></tpm>" },
    'devices/tpm[1]/@model',
    'tpm-tis',
  ],
  [
    'a VNC password that VNC would cut',
    { devices: "<graphics type='vnc' passwd='123456789'/>" },
    'devices/graphics[1]/@passwd',
    '8 bytes',
  ],
  [
    'shared memory with a path for a name',
    { devices: "<shmem name='../x'><model type='ivshmem-plain'/></shmem>" },
    'devices/shmem[1]/@name',
    'letters',
  ],
  [
    'shared memory of an odd size',
    { devices: "<shmem name='x'><model type='ivshmem-plain'/><size unit='M'>3</size></shmem>" },
    'devices/shmem[1]/size',
    'power of two',
  ],
  [
    'an enlightenment that is none',
    { middle: "<features><hyperv><xmm_input state='on'/></hyperv></features>" },
    'features/hyperv',
    'unexpected Hyper-V enlightenment',
  ],
  [
    'key wrapping',
    { middle: "<keywrap><cipher name='aes' state='on'/></keywrap>" },
    'keywrap',
    'not offered',
  ],
  [
    'memory that is guaranteed',
    { middle: "<memtune><min_guarantee unit='MiB'>1</min_guarantee></memtune>" },
    'memtune/min_guarantee',
    'guarantees no memory',
  ],
  [
    'SMBIOS with another identity',
    {
      middle:
        "<uuid>5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44</uuid><sysinfo type='smbios'><system><entry name='uuid'>5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c45</entry></system></sysinfo>",
    },
    'sysinfo[1]/system/entry',
    "not the domain's",
  ],
  [
    'firmware configuration under a foreign name',
    { middle: "<sysinfo type='fwcfg'><entry name='etc/x'>y</entry></sysinfo>" },
    'sysinfo[1]/entry[1]/@name',
    'opt/',
  ],
  [
    'one I/O thread twice',
    {
      middle:
        "<iothreads>2</iothreads><iothreadids><iothread id='1'/><iothread id='1'/></iothreadids>",
    },
    'iothreadids/iothread[2]/@id',
    'already described',
  ],
  [
    'a guest that starts on no vCPU 0',
    {
      vcpu: '<vcpu>2</vcpu>',
      middle: "<vcpus><vcpu id='0' enabled='no'/><vcpu id='1' enabled='yes'/></vcpus>",
    },
    'vcpus/vcpu[1]/@enabled',
    'vCPU 0',
  ],
  [
    'a second console on a serial port',
    { devices: "<console type='pty'/><console type='pty'/>" },
    'devices/console[2]/target/@type',
    "type='virtio'",
  ],
  [
    'a bridge built of something else',
    {
      devices:
        "<controller type='pci' index='1' model='pcie-root-port'><model name='pci-bridge'/></controller>",
    },
    'devices/controller[1]/model/@name',
    'ioh3420',
  ],
  [
    'an I/O thread for a controller that has none',
    {
      middle: '<iothreads>1</iothreads>',
      devices: "<controller type='scsi' model='lsilogic'><driver iothread='1'/></controller>",
    },
    'devices/controller[1]/driver/@iothread',
    'virtio-scsi',
  ],
  [
    'a virtio device of the older kind behind an IOMMU',
    {
      board: 'pc',
      devices: "<interface type='user'><model type='virtio'/><driver iommu='on'/></interface>",
    },
    'devices/interface[1]/driver/@iommu',
    'non-transitional',
  ],
  [
    'USB redirection into a file of the host',
    { devices: "<redirdev bus='usb' type='file'><source path='/etc/passwd'/></redirdev>" },
    'devices/redirdev[1]/source/@path',
    'belongs to the host',
  ],
  [
    'sound into a file of the host',
    { devices: "<audio id='1' type='file' path='/etc/passwd'/>" },
    'devices/audio[1]/@path',
    'belongs to the host',
  ],
  [
    'an address with options behind it',
    {
      devices: "<interface type='client'><source address='127.0.0.1:1,x' port='1'/></interface>",
    },
    'devices/interface[1]/source/@address',
    'not an address',
  ],
  [
    'a screen that accelerates in 2D',
    { devices: "<video><model type='vga'><acceleration accel2d='yes'/></model></video>" },
    'devices/video[1]/model/acceleration/@accel2d',
    'leave it out',
  ],
  [
    'randomness from a kind of end that Linux has not',
    {
      devices:
        "<rng model='virtio'><backend model='egd' type='nmdm'><source master='/a' slave='/b'/></backend></rng>",
    },
    'devices/rng[1]/backend/@type',
    'not offered',
  ],
]

describe('the PC boards refuse', () => {
  it.each(rows)('%s, naming the place and the way out', (_what, parts, path, message) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    const at = outcome.error.problems.filter((problem) => problem.path?.startsWith(path))
    expect(at.map((problem) => problem.message).join('\n')).toContain(message)
  })
})
