import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { argvOf, onBoards, outcome, xmlOf } from './board-outcome.ts'

/** Rows of what is in guides and tools, and was asked of libvirt 9.0 with QEMU 7.2; they are of `q35`. */
type Row = readonly [what: string, parts: DomainParts, expected: string | RegExp]

const pci = (index: number, model: string, address = ''): string =>
  `<controller type='pci' index='${index}' model='${model}'>${address}</controller>`
const at = (bus: number, slot: number): string =>
  `<address type='pci' bus='${bus}' slot='${slot}'/>`

const cardAt = (model: string, address = ''): string =>
  `<interface type='user'><model type='${model}'/>${address}</interface>`

describe('bridges of definitions from before there were root ports', () => {
  it.each<Row>([
    [
      'a bridge stands in slot 0 of the bridge from DMI',
      { devices: pci(1, 'dmi-to-pci-bridge') + pci(2, 'pci-bridge') },
      '"chassis_nr":2,"id":"pci.2","bus":"pci.1","addr":"0x0"',
    ],
    [
      'also where it is told to',
      { devices: pci(1, 'dmi-to-pci-bridge') + pci(2, 'pci-bridge', at(1, 0)) },
      '"id":"pci.2","bus":"pci.1","addr":"0x0"',
    ],
    [
      'bridges stand behind the bridge from Express',
      {
        devices:
          pci(1, 'pcie-root-port') + pci(2, 'pcie-to-pci-bridge') + pci(3, 'pci-bridge', at(2, 1)),
      },
      '"id":"pci.3","bus":"pci.2","addr":"0x1"',
    ],
    [
      'without an address as well',
      { devices: pci(1, 'pcie-root-port') + pci(2, 'pcie-to-pci-bridge') + pci(3, 'pci-bridge') },
      '"id":"pci.3","bus":"pci.2","addr":"0x1"',
    ],
    [
      'a bridge stands on the Express root where it is told to',
      { devices: pci(1, 'pci-bridge', at(0, 8)) },
      '"id":"pci.1","bus":"pcie.0","addr":"0x8"',
    ],
    [
      'a conventional card on a bus that is not there brings a bridge, behind which it is',
      { devices: cardAt('e1000', at(1, 1)) },
      /"driver":"pcie-pci-bridge","id":"pci\.2","bus":"pci\.1".*"driver":"e1000"[^}]*"bus":"pci\.2","addr":"0x1"/,
    ],
    [
      'also behind a port that another card has',
      { devices: cardAt('virtio', at(1, 0)) + cardAt('e1000', at(2, 1)) },
      /"driver":"pcie-pci-bridge","id":"pci\.3","bus":"pci\.2".*"driver":"virtio-net-pci"[^}]*"bus":"pci\.1".*"driver":"e1000"[^}]*"bus":"pci\.3","addr":"0x1"/,
    ],
    [
      'where its bus is the one of the bridge it stays',
      { devices: cardAt('e1000', at(2, 1)) },
      /"driver":"pcie-pci-bridge","id":"pci\.2".*"driver":"e1000"[^}]*"bus":"pci\.2","addr":"0x1"/,
    ],
    [
      'buses further on are bridges behind that one',
      { devices: cardAt('e1000', at(4, 1)) },
      /"driver":"pcie-pci-bridge","id":"pci\.2".*"driver":"pci-bridge","chassis_nr":3,"id":"pci\.3","bus":"pci\.2","addr":"0x1".*"driver":"pci-bridge","chassis_nr":4,"id":"pci\.4","bus":"pci\.2","addr":"0x2".*"driver":"e1000"[^}]*"bus":"pci\.4","addr":"0x1"/,
    ],
    [
      'and so is the bus of cards that find no place on it',
      { devices: cardAt('e1000').repeat(32) },
      /"driver":"pcie-pci-bridge","id":"pci\.2".*"driver":"pci-bridge","chassis_nr":3,"id":"pci\.3","bus":"pci\.2","addr":"0x1".*"driver":"e1000"[^}]*"bus":"pci\.3","addr":"0x2"/,
    ],
    [
      'conventional devices go behind the bridge from DMI where one is there',
      { devices: `${pci(1, 'dmi-to-pci-bridge')}<sound model='es1370'/>` },
      /"driver":"pci-bridge".*"id":"pci.2","bus":"pci.1","addr":"0x0".*"driver":"ES1370","id":"sound0".*"bus":"pci.2","addr":"0x1"/,
    ],
  ])('%s', (_, parts, expected) => {
    const argv = argvOf(parts, 'q35')
    if (typeof expected === 'string') expect(argv).toContain(expected)
    else expect(argv).toMatch(expected)
  })
})

const masters: Readonly<Record<string, string>> = {
  uhci1: "<master startport='0'/>",
  uhci2: "<master startport='2'/>",
}
const usb = (index: number, model: string): string =>
  `<controller type='usb' index='${index}' model='ich9-${model}'>${masters[model] ?? ''}</controller>`

describe('groups of USB 2 stand where the first of their USB 1 controllers does', () => {
  it.each<Row>([
    [
      'a whole group has the place of the ICH9',
      { devices: usb(0, 'ehci1') + usb(0, 'uhci1') + usb(0, 'uhci2') },
      /bus='0x00' slot='0x1d' function='0x7'[^]*slot='0x1d' function='0x0' multifunction='on'[^]*slot='0x1d' function='0x1'/,
    ],
    [
      'a second one has its other',
      { devices: usb(0, 'ehci1') + usb(0, 'uhci1') + usb(1, 'ehci1') + usb(1, 'uhci1') },
      /slot='0x1d' function='0x7'[^]*slot='0x1d' function='0x0'[^]*bus='0x00' slot='0x1a' function='0x7'[^]*slot='0x1a' function='0x0'/,
    ],
    [
      'USB 2 alone is a card like any other',
      { devices: usb(0, 'ehci1') },
      /ich9-ehci1'>\s*<address type='pci' domain='0x0000' bus='0x02' slot='0x01' function='0x7'/,
    ],
  ])('%s', (_, parts, expected) => {
    expect(xmlOf(parts, 'q35')).toMatch(expected)
  })
})

const qemu = { attributes: "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'" }
const passed = (...args: readonly string[]): DomainParts => ({
  ...qemu,
  tail: `<qemu:commandline>${args.map((one) => `<qemu:arg value='${one}'/>`).join('')}</qemu:commandline>`,
})
const card = (model: string): string =>
  `<interface type='user'><model type='${model}'/></interface>`
const hostCard = (more = '', attributes = " managed='yes'"): string =>
  `<interface type='hostdev'${attributes}><source><address type='pci' domain='0' bus='3' slot='7' function='0'/></source>${more}</interface>`
const shmem = "<shmem name='x'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>"
const hostdev = (more: string, attributes = ''): string =>
  `<hostdev type='pci'${attributes}><source><address domain='0' bus='1' slot='0' function='0'/></source>${more}</hostdev>`

describe('what guides tell people to write', () => {
  it.each<Row>([
    [
      'what is passed through stands before shared memory',
      { ...passed('-device', 'ich9-intel-hda'), devices: shmem },
      /ich9-intel-hda -sandbox .*ivshmem-plain/,
    ],
    [
      'a monitor of the user`s own is one more',
      passed('-chardev', 'socket,id=mon1,path=/tmp/m,server=on,wait=off', '-mon', 'chardev=mon1'),
      '-mon chardev=mon1',
    ],
    [
      'a device of the host is another one where it is overridden',
      {
        ...qemu,
        devices: hostdev('', " mode='subsystem'"),
        tail: `<qemu:override><qemu:device alias='hostdev0'><qemu:frontend><qemu:property name='driver' type='string' value='vfio-pci-nohotplug'/></qemu:frontend></qemu:device></qemu:override>`,
      },
      '"driver":"vfio-pci-nohotplug"',
    ],
    [
      'a CD that several guests read is shared',
      {
        devices: `<disk type='file' device='cdrom'><source file='/a'/><target dev='sda' bus='usb'/><shareable/></disk>`,
      },
      '"share-rw":true',
    ],
    [
      'a floppy that several guests write is not cached',
      {
        devices: `<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='/a'/><target dev='fda' bus='fdc'/><shareable/></disk>`,
      },
      '"cache":{"direct":true,"no-flush":false}',
    ],
    [
      'a floppy controller is there for floppies',
      {
        devices: `<controller type='fdc'/><disk type='file' device='floppy'><source file='/a'/><target dev='fda'/></disk>`,
      },
      '"driver":"isa-fdc"',
    ],
    ['and without one it is not', { devices: "<controller type='fdc'/>" }, /^(?!.*isa-fdc)/],
    [
      'the board`s own watchdog, which newer libvirts write into every definition, bites',
      { devices: "<watchdog model='itco' action='reset'/>" },
      /^(?!.*watchdog0).*-global ICH9-LPC\.noreboot=off -watchdog-action reset/,
    ],
    [
      'a vmxnet3 is a conventional card',
      { devices: card('vmxnet3') },
      /"driver":"pcie-pci-bridge","id":"pci.2".*"driver":"vmxnet3".*"bus":"pci.2","addr":"0x1"/,
    ],
    [
      'QEMU`s own name of a virtio card is one that says nothing of its driver',
      {
        devices: `<interface type='user'><model type='virtio-net-pci'/><driver name='vhost' queues='4'/></interface>`,
      },
      /"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0"[^}]*"bus":"pci.1","addr":"0x0"/,
    ],
    ['also the short one', { devices: card('virtio-net') }, '"driver":"virtio-net-pci"'],
    [
      'a card that no name says anything about is an Express one',
      { devices: card('pcnet') },
      /"driver":"pcnet".*"bus":"pci.1","addr":"0x0"/,
    ],
    [
      'slot 0 of bus 0 is no address, whatever its function',
      {
        devices:
          "<video><model type='virtio'/><address type='pci' slot='0' function='1' multifunction='on'/></video><graphics type='vnc'/>",
      },
      /"driver":"virtio-vga","id":"video0".*"bus":"pcie.0","addr":"0x1"/,
    ],
    [
      'a port of -1 is one that is free',
      { devices: "<graphics type='spice' port='-1' autoport='no'/>" },
      /-spice port=59\d\d,addr=127\.0\.0\.1/,
    ],
    [
      'nothing renders where GL is off',
      {
        devices:
          "<graphics type='spice' autoport='yes'><gl enable='no' rendernode='/dev/dri/x'/></graphics>",
      },
      /-spice (?!\S*rendernode)/,
    ],
    [
      'firmware in flash that is only read has variables of the guest`s own',
      {
        features: '<acpi/>',
        os: "<loader readonly='yes' type='pflash'>/fw/CODE.fd</loader>",
      },
      /"filename":"[^"]*\/conformance_VARS\.fd","node-name":"libvirt-pflash1-storage"/,
    ],
    [
      'unless it keeps none',
      {
        features: '<acpi/>',
        os: "<loader readonly='yes' type='pflash' stateless='yes'>/fw/CODE.fd</loader>",
      },
      /-machine (?!\S*pflash1)\S*pflash0/,
    ],
    [
      'read-only memory keeps no variables, whatever is named',
      { os: "<loader type='rom'>/fw/x.bin</loader><nvram>/v/x</nvram>" },
      /^(?!.*\/v\/x).*-bios \/fw\/x\.bin/,
    ],
    [
      'memory that is taken at once is taken by threads of its node',
      {
        middle:
          "<memoryBacking><allocation mode='immediate'/></memoryBacking><numatune><memory mode='strict' nodeset='0'/></numatune>",
      },
      /"qom-type":"thread-context","id":"tc-pc\.ram","node-affinity":\[0\].*"id":"pc\.ram".*"prealloc-context":"tc-pc\.ram"/,
    ],
    [
      'the first screen has the first place where its slot is taken',
      { devices: `${pci(1, 'pcie-root-port', at(0, 1))}<video><model type='virtio'/></video>` },
      /"driver":"virtio-vga","id":"video0"[^}]*"bus":"pci\.1","addr":"0x0"/,
    ],
    [
      'and one port more than is needed waits for what is plugged in later',
      {
        devices: `<rng model='virtio'><backend model='random'/>${at(0, 1)}</rng><memballoon model='none'/><controller type='usb' model='none'/><video><model type='virtio'/></video>`,
      },
      /^(?!.*"id":"pci\.4").*"id":"pci\.3".*"driver":"virtio-vga","id":"video0"[^}]*"bus":"pci\.1","addr":"0x0"/,
    ],
    [
      'a conventional one goes behind a bridge then',
      { devices: `${pci(1, 'pcie-root-port', at(0, 1))}<video><model type='vga'/></video>` },
      /"driver":"pcie-pci-bridge","id":"pci\.(\d)".*"driver":"VGA","id":"video0".*"bus":"pci\.\1","addr":"0x1"/,
    ],
    [
      'the cache of a LUN is the device`s own affair',
      {
        devices:
          "<controller type='scsi' model='virtio-scsi'/><disk type='block' device='lun'><driver name='qemu' type='raw' cache='none'/><source dev='/dev/sdb'/><target dev='sda' bus='scsi'/></disk>",
      },
      /"driver":"scsi-block"(?!.*write-cache)/,
    ],
    [
      'a vendor of no name is one',
      {
        features: "<acpi/><hyperv><vendor_id state='on' value=''/></hyperv>",
      },
      /-cpu \S*hv-vendor-id=(?= |,)/,
    ],
    [
      'an IOMMU of virtio takes a slot of the root that the ports leave free',
      { features: '<acpi/>', devices: "<iommu model='virtio'/>" },
      /(?=.*"id":"pci\.1","bus":"pcie\.0","multifunction":true,"addr":"0x1").*"driver":"virtio-iommu[^}]*"bus":"pcie\.0","addr":"0x2"/,
    ],
    [
      'a card of the host has the name of a device of the host',
      {
        devices: `<interface type='hostdev'><source><address type='pci' domain='0' bus='1' slot='0' function='0'/></source></interface>${hostdev('', " mode='subsystem'").replace("bus='1'", "bus='2'")}`,
      },
      /"host":"0000:01:00.0","id":"hostdev0".*"host":"0000:02:00.0","id":"hostdev1"/,
    ],
    [
      'a device of the host that no plan can read is taken for an Express one',
      { devices: hostdev('', " mode='subsystem'") },
      /"driver":"vfio-pci"[^}]*"bus":"pci\.2","addr":"0x0"/,
    ],
    [
      'huge pages of a size are of that size wherever the guest is',
      {
        middle:
          "<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages><source type='memfd'/></memoryBacking>",
      },
      '"hugetlb":true,"hugetlbsize":2097152',
    ],
    [
      'of no size they are the kernel`s on a host that is not known',
      {
        middle: "<memoryBacking><hugepages/><source type='memfd'/></memoryBacking>",
      },
      /"hugetlb":true(?!.*hugetlbsize)/,
    ],
    [
      'the size of TSEG stands behind the flash',
      {
        features: "<acpi/><smm state='on'><tseg unit='MiB'>48</tseg></smm>",
        os: "<loader readonly='yes' secure='yes' type='pflash'>/fw/CODE.fd</loader>",
      },
      /-global driver=cfi\.pflash01,property=secure,value=on.*-global mch\.extended-tseg-mbytes=48/,
    ],
    [
      'a card of the host has its place among the devices of the host',
      { devices: hostCard() + card('virtio') },
      /"driver":"qemu-xhci"[^}]*"bus":"pci\.2".*"driver":"vfio-pci"[^}]*"bus":"pci\.3".*"driver":"virtio-net-pci"[^}]*"bus":"pci\.1"/,
    ],
    [
      'the ROM of a mediated device has no effect',
      {
        devices: `<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='af5972fb-5530-41a7-0000-fd836204445b'/></source><rom bar='off' file='/x.rom'/></hostdev>`,
      },
      /^(?!.*rombar)(?!.*x\.rom).*"driver":"vfio-pci"/,
    ],
  ])('%s', (_, parts, expected) => {
    const argv = argvOf(parts, 'q35')
    if (typeof expected === 'string') expect(argv).toContain(expected)
    else expect(argv).toMatch(expected)
  })

  it.each<Row>([
    [
      'a card of the host is given back by hand where nothing else is said',
      { devices: hostCard('', " managed='no'") },
      /<interface type='hostdev'>/,
    ],
    [
      'and is neither split into queues nor filtered',
      {
        devices: hostCard("<driver name='vfio' queues='4'/><filterref filter='clean-traffic'/>"),
      },
      /<driver name='vfio'\/>(?![^]*filterref)/,
    ],
    [
      'only virtio cards have queues',
      {
        devices: `<interface type='user'><model type='e1000e'/><driver name='vhost' queues='4'/></interface>`,
      },
      /<model type='e1000e'\/>(?![^]*<driver)/,
    ],
    [
      'Hyper-V without a feature is a choice of none',
      { features: '<acpi/><hyperv/>' },
      /<hyperv mode='custom'\/>/,
    ],
    [
      'an emulated TPM is no device of the host',
      {
        devices:
          "<tpm model='tpm-crb'><backend type='emulator' version='2.0'><device path='/x'/></backend></tpm>",
      },
      /<backend type='emulator' version='2\.0'\/>/,
    ],
    [
      'a TPM of the host has the version that it has',
      {
        devices:
          "<tpm model='tpm-tis'><backend type='passthrough' version='2.0'><device path='/dev/tpm0'/></backend></tpm>",
      },
      /<backend type='passthrough'>\s*<device path='\/dev\/tpm0'\/>/,
    ],
    [
      'memory of a frame that is 0 is the usual one',
      { devices: "<video><model type='qxl' vgamem='0'/></video>" },
      /vgamem='16384'/,
    ],
  ])('%s', (_, parts, expected) => {
    expect(xmlOf(parts, 'q35')).toMatch(expected)
  })

  it('pins are kept by their numbers, and those of no vCPU are left out', () => {
    const parts = {
      vcpu: '<vcpu>2</vcpu>',
      middle:
        "<cputune><vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='5' cpuset='2'/></cputune>",
    }
    expect(xmlOf(parts, 'q35')).toMatch(
      /<cputune>\s*<vcpupin vcpu='0' cpuset='2'\/>\s*<vcpupin vcpu='1' cpuset='1'\/>\s*<\/cputune>/,
    )
  })

  it('a port of -1 stays what it is, and twice -1 is any that are free', () => {
    const spice = (tls: string): string =>
      xmlOf({ devices: `<graphics type='spice' port='-1'${tls} autoport='no'/>` }, 'q35')
    expect(spice('')).toContain("<graphics type='spice' port='-1' autoport='no'")
    expect(spice(" tlsPort='-1'")).toContain("<graphics type='spice' autoport='yes'")
  })

  it('huge pages of cell 0 are those of all memory where there are no cells', () => {
    const middle =
      "<memoryBacking><hugepages><page size='2048' nodeset='0'/></hugepages></memoryBacking>"
    expect(xmlOf({ middle }, 'q35')).toMatch(/<page unit='KiB' size='2048'\/>/)
  })

  it('video memory has a size that cards have', () => {
    const devices = "<video><model type='vmvga' vram='9216'/></video>"
    expect(xmlOf({ devices }, 'q35')).toContain("type='vmvga' vram='16384'")
  })

  it('a device of the host needs no mode', () => {
    expect(xmlOf({ devices: hostdev('') }, 'q35')).toContain("<hostdev mode='subsystem' type='pci'")
  })

  it.each(
    onBoards<string>(
      [
        [
          'a pin of an I/O thread that is not there',
          { middle: "<cputune><iothreadpin iothread='1' cpuset='0'/></cputune>" },
          'cputune/iothreadpin[1]/@iothread',
        ],
        [
          'a scheduler of a vCPU that is not there',
          { middle: "<cputune><vcpusched vcpus='4' scheduler='idle'/></cputune>" },
          'cputune/vcpusched/@vcpus',
        ],
        [
          'a vCPU that is pinned twice',
          {
            middle:
              "<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='0' cpuset='1'/></cputune>",
          },
          'cputune/vcpupin',
        ],
        [
          'a disk that may be missing like a CD',
          {
            devices:
              "<disk type='file'><source file='/a' startupPolicy='requisite'/><target dev='vda'/></disk>",
          },
          'devices/disk[1]/source/@startupPolicy',
        ],
        [
          'firmware that keeps its flash to itself, on the older board',
          {
            features: "<acpi/><smm state='on'/>",
            os: "<loader readonly='yes' secure='yes' type='pflash'>/fw/x</loader>",
          },
          'os/loader/@secure',
          'pc',
        ],
        [
          'huge pages of a cell that is not there',
          {
            middle:
              "<memoryBacking><hugepages><page size='2048' nodeset='1'/></hugepages></memoryBacking>",
          },
          'memoryBacking/hugepages/page[1]/@nodeset',
        ],
        [
          'a port of a switch that is not named',
          { devices: "<interface type='bridge'><source bridge='b'/><virtualport/></interface>" },
          'devices/interface[1]/virtualport/@type',
        ],
        [
          'SMBIOS that says what nobody wrote',
          { os: "<smbios mode='sysinfo'/>" },
          'os/smbios/@mode',
        ],
        ['NUMA without a cell', { cpu: '<cpu><numa/></cpu>' }, 'cpu/numa'],
        [
          'memory of a frame that is no power of two',
          { devices: "<video><model type='qxl' vgamem='12000'/></video>" },
          'devices/video[1]/model/@vgamem',
        ],
        [
          'memory of a frame of less than 1 MiB',
          { devices: "<video><model type='qxl' vgamem='512'/></video>" },
          'devices/video[1]/model/@vgamem',
        ],
        [
          'a driver of the kernel for a card of the host',
          { devices: hostCard("<driver name='vhost'/>") },
          'devices/interface[1]/driver/@name',
        ],
        [
          'a driver of the host`s devices for a card that is none',
          {
            devices:
              "<interface type='user'><model type='virtio'/><driver name='vfio'/></interface>",
          },
          'devices/interface[1]/driver/@name',
        ],
        [
          'a card behind an IOMMU that does not know of it',
          {
            devices:
              "<interface type='user'><model type='e1000e'/><driver iommu='on'/></interface>",
          },
          'devices/interface[1]/driver/@iommu',
        ],
        [
          'frames of a card of the host that are kept back',
          { devices: hostCard("<coalesce><rx><frames max='3'/></rx></coalesce>") },
          'devices/interface[1]/coalesce',
        ],
        [
          'a card of the host that is kept from its neighbours on a bridge',
          { devices: hostCard("<port isolated='yes'/>") },
          'devices/interface[1]/port/@isolated',
        ],
        [
          'a display that shall be secure throughout',
          { devices: "<graphics type='spice' autoport='yes' defaultMode='secure'/>" },
          'devices/graphics[1]/@defaultMode',
        ],
        [
          'a channel of a display that shall be secure',
          {
            devices:
              "<graphics type='spice' autoport='yes'><channel name='main' mode='secure'/></graphics>",
          },
          'devices/graphics[1]/channel[1]/@mode',
        ],
        [
          'a port of a display that is for TLS',
          { devices: "<graphics type='spice' tlsPort='5901' autoport='no'/>" },
          'devices/graphics[1]/@tlsPort',
        ],
        [
          'sound of SPICE without SPICE',
          { devices: "<graphics type='vnc'/><audio id='1' type='spice'/>" },
          'devices/audio[1]/@type',
        ],
        [
          'GL that says neither',
          { devices: "<graphics type='spice'><gl rendernode='/dev/dri/x'/></graphics>" },
          'devices/graphics[1]/gl/@enable',
        ],
        [
          'VNC without any port',
          { devices: "<graphics type='vnc' autoport='no'/>" },
          'devices/graphics[1]/@port',
        ],
        [
          'two servers of SPICE',
          {
            devices:
              "<graphics type='spice' autoport='yes'/><graphics type='spice' autoport='yes'/>",
          },
          'devices/graphics[2]/@type',
        ],
        [
          'a CD of the network without a protocol',
          {
            devices:
              "<disk type='network' device='cdrom'><source name='/u'><host name='h' port='1'/></source><target dev='sda' bus='sata'/></disk>",
          },
          'devices/disk[1]/source/@protocol',
        ],
      ],
      'q35',
    ),
  )('%s is refused at its place', (_, parts, path, board) => {
    const found = outcome(parts, board)
    expect(found.kind === 'refused' && found.error.problems.map((one) => one.path)).toEqual([path])
  })
})
