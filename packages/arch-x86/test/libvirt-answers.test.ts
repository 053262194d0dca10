import type { DomainParts } from '@polyvirt/conformance'
import { formatDomain } from '@polyvirt/core'
import { describe, expect, it } from 'vitest'
import { argvOf, onBoards, outcome, planned, xmlOf } from './board-outcome.ts'

const disk = (more: string): string =>
  `<disk type='file'><source file='/a.img'/><target dev='vda' bus='virtio'/>${more}</disk>`
const channel = (): string => `<channel type='pty'><target type='virtio'/></channel>`
const features = (inner: string): DomainParts => ({ features: inner })

describe('a document of libvirt’s is understood as libvirt understands it', () => {
  it.each(
    onBoards<string | RegExp>([
      [
        'a WWN is a number of 64 bits',
        {
          devices: `<disk type='file'><source file='/a'/><target dev='hda' bus='ide'/><wwn>5000c50015ea71ad</wwn></disk>`,
        },
        '"wwn":5764824127192592813',
      ],
      [
        'a WWN may begin with 0x',
        {
          devices: `<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/><wwn>0x5000c50015ea71ad</wwn></disk><controller type='scsi' model='virtio-scsi'/>`,
        },
        '"wwn":5764824127192592813',
      ],
      [
        'and a small one as well',
        {
          devices: "<rng model='virtio'><backend model='random'/><acpi index='9'/></rng>",
        },
        '"acpi-index":9',
      ],
      [
        'a number of ACPI’s names a device',
        { devices: disk("<acpi index='7'/>") },
        '"acpi-index":7',
      ],
      [
        'a screen has the size that is asked for',
        {
          devices:
            "<graphics type='vnc'/><video><model type='qxl'><resolution x='1280' y='720'/></model></video>",
        },
        '"xres":1280,"yres":720',
      ],
      [
        'who looks by VNC may switch the guest off',
        { devices: "<graphics type='vnc' powerControl='yes'/>" },
        'power-control=on',
      ],
      [
        'zeroes are not given back where discards are ignored',
        {
          devices: `<disk type='file'><driver name='qemu' type='raw' discard='ignore' detect_zeroes='unmap'/><source file='/a'/><target dev='vda'/></disk>`,
        },
        '"detect-zeroes":"on"',
      ],
      [
        'of a kind that boots twice the last turn counts',
        {
          os: "<boot dev='cdrom'/><boot dev='hd'/><boot dev='cdrom'/>",
          devices:
            "<disk type='file' device='cdrom'><source file='/a'/><target dev='sda' bus='scsi'/></disk>",
        },
        '"bootindex":3',
      ],
      [
        'the frequency of the counter',
        { clock: "<clock offset='utc'><timer name='tsc' frequency='2000000000'/></clock>" },
        'tsc-frequency=2000000000',
      ],
      [
        'the clock of Hyper-V',
        { clock: "<clock offset='utc'><timer name='hypervclock' present='yes'/></clock>" },
        'hv-time=on',
      ],
      [
        'a clock that is off by seconds counts from where it would be',
        { clock: "<clock offset='utc' adjustment='3600'/>" },
        /-rtc base=\d{4}-/,
      ],
      [
        'ports on one slot begin with its first function',
        {
          devices:
            "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-root-port'><address type='pci' bus='0' slot='1' function='1'/></controller>",
        },
        '"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x1"',
        'q35',
      ],
      [
        'what is not there is nowhere',
        {
          devices:
            "<memballoon model='none'><address type='pci' slot='9'/></memballoon><rng model='virtio'><backend model='random'/><address type='pci' slot='9'/></rng>",
        },
        '"addr":"0x9"',
      ],
      [
        'a device of the host is at 0 where no bus is named',
        {
          devices:
            "<hostdev mode='subsystem' type='pci'><source><address domain='0' slot='5' function='0'/></source></hostdev>",
        },
        '"host":"0000:00:05.0"',
      ],
      [
        'ticks that a guest missed are delayed where nothing is said',
        { middle: "<clock offset='utc'><timer name='pit'/></clock>" },
        '-global kvm-pit.lost_tick_policy=delay',
      ],
      [
        'and not where they are caught up with, as KVM does by itself',
        { middle: "<clock offset='utc'><timer name='pit' tickpolicy='catchup'/></clock>" },
        /^(?!.*lost_tick_policy)/,
      ],
      [
        'a tick policy of a clock that has one way alone is kept',
        {
          middle:
            "<clock offset='utc'><timer name='hpet' tickpolicy='catchup'/><timer name='tsc' tickpolicy='delay'/></clock>",
        },
        /^(?!.*lost_tick_policy)/,
      ],
      [
        'a folder as a floppy is raw above',
        {
          devices: `<disk type='dir' device='floppy'><driver name='qemu' type='fat'/><source dir='/d'/><target dev='fda'/><readonly/></disk>`,
        },
        '"driver":"raw","file":"libvirt-1-storage"',
      ],
      [
        'a parallel port of the host is one',
        { devices: "<parallel type='dev'><source path='/dev/parport0'/></parallel>" },
        '-chardev parallel,id=charparallel0,path=/dev/parport0',
      ],
      [
        'a picture from the start has a type of its own',
        {
          devices:
            "<graphics type='vnc'/><hostdev mode='subsystem' type='mdev' model='vfio-pci' display='on' ramfb='on'><source><address uuid='53764d0e-85a0-42b4-af5c-2046b460b1dc'/></source></hostdev>",
        },
        '"driver":"vfio-pci-nohotplug"',
      ],
      [
        'the hole of 64 bits is as large as it is asked to be',
        {
          devices:
            "<controller type='pci' index='0' model='pci-root'><pcihole64 unit='GiB'>1</pcihole64></controller>",
        },
        '-global i440FX-pcihost.pci-hole64-size=1048576K',
      ],
      [
        'and on q35',
        {
          devices:
            "<controller type='pci' index='0' model='pcie-root'><pcihole64>1048576</pcihole64></controller>",
        },
        '-global q35-pcihost.pci-hole64-size=1048576K',
        'q35',
      ],
      [
        'nothing is plugged into a root bus that takes nothing',
        {
          devices:
            "<controller type='pci' index='0' model='pci-root'><target hotplug='off'/></controller>",
        },
        '-global PIIX4_PM.acpi-root-pci-hotplug=off',
      ],
      [
        'the firmware’s own memory is counted in MiB',
        features("<acpi/><smm state='on'><tseg>48</tseg></smm>"),
        '-global mch.extended-tseg-mbytes=48',
        'q35',
      ],
      [
        'a clock may run on QEMU’s monotonic one',
        { clock: "<clock offset='utc'><timer name='rtc' track='realtime'/></clock>" },
        '-rtc base=utc,clock=rt',
      ],
      [
        'the board’s own bus keeps its name',
        {
          devices:
            "<controller type='pci' index='0' model='pcie-root'><alias name='ua-root'/></controller><rng model='virtio'><backend model='random'/></rng>",
        },
        '"bus":"pcie.0"',
        'q35',
      ],
      [
        'an IOMMU has an id',
        { devices: "<iommu model='intel'/>", features: '<acpi/>' },
        '{"driver":"intel-iommu","id":"iommu0"}',
        'q35',
      ],
      [
        'pages of the host’s own size are no huge ones',
        { middle: "<memoryBacking><hugepages><page size='4'/></hugepages></memoryBacking>" },
        '{"qom-type":"memory-backend-ram","id":"pc.ram","size":536870912}',
      ],
      [
        'firmware with a template has variables of this guest’s',
        {
          os: "<loader readonly='yes' type='pflash'>/code.fd</loader><nvram template='/vars.fd'/>",
          features: '<acpi/>',
        },
        /"filename":"[^"]*conformance_VARS\.fd"/,
      ],
      [
        'a window may be as large as the screen',
        { devices: "<graphics type='sdl' fullscreen='yes'/>" },
        '-display sdl -full-screen',
      ],
      [
        'an image below has a cache of its own',
        {
          devices:
            "<disk type='file'><driver name='qemu' type='qcow2'/><source file='/a'/><backingStore type='file'><format type='qcow2'><metadata_cache><max_size unit='MiB'>1</max_size></metadata_cache></format><source file='/b'/></backingStore><target dev='vda'/></disk>",
        },
        '"node-name":"libvirt-2-format","read-only":true,"driver":"qcow2","cache-size":1048576',
      ],
      [
        'D-Bus carries sound where it is asked to',
        {
          devices:
            "<graphics type='dbus' p2p='yes'><audio id='1'/></graphics><audio id='1' type='dbus'/>",
        },
        /-display dbus,p2p=on,audiodev=audio1/,
      ],
    ]),
  )('argv: %s', (_what, parts, expected, board) => {
    expect(argvOf(parts, board)).toMatch(expected)
  })

  it.each(
    onBoards<string | RegExp>([
      [
        'a third of two ports needs a second controller',
        {
          devices: `<controller type='virtio-serial' index='0' ports='3'/>${channel()}${channel()}${channel()}`,
        },
        /controller='1' bus='0' port='1'/,
      ],
      [
        'an empty drive of any type is one for files',
        { devices: "<disk type='network' device='cdrom'><target dev='hda' bus='ide'/></disk>" },
        /<disk type='file' device='cdrom'>/,
      ],
      [
        'the cache of metadata is as large as it was said',
        {
          devices: `<disk type='file'><driver name='qemu' type='qcow2'><metadata_cache><max_size unit='bytes'>12345</max_size></metadata_cache></driver><source file='/a'/><target dev='vda'/></disk>`,
        },
        /<max_size unit='bytes'>12345</,
      ],
      [
        'an image is opened by QEMU',
        {
          devices: disk(
            "<encryption format='luks'><secret type='passphrase' uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/></encryption>",
          ),
        },
        /<encryption format='luks' engine='qemu'>/,
      ],
      [
        'a target of iSCSI alone is its first unit',
        {
          devices:
            "<controller type='scsi' model='virtio-scsi'/><hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.1992-01.com.example'><host name='h' port='3260'/></source></hostdev>",
        },
        /name='iqn.1992-01.com.example\/0'/,
      ],
      [
        'who rings a bell interrupts',
        { devices: "<shmem name='s'><model type='ivshmem-doorbell'/><server path='/s'/></shmem>" },
        /<msi ioeventfd='on'\/>/,
      ],
      [
        'file modes have four digits',
        {
          devices:
            "<filesystem accessmode='mapped' fmode='644'><source dir='/d'/><target dir='t'/></filesystem>",
        },
        /fmode='0644'/,
      ],
      [
        'companions serve the ports of their numbers',
        {
          devices:
            "<controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' model='ich9-uhci2'/>",
        },
        /<master startport='2'\/>/,
      ],
      [
        'each thread has its scheduler',
        {
          middle: "<cputune><vcpusched vcpus='0-1' scheduler='fifo' priority='1'/></cputune>",
          vcpu: '<vcpu>2</vcpu>',
        },
        /<vcpusched vcpus='0' scheduler='fifo' priority='1'\/>\s*<vcpusched vcpus='1'/,
      ],
      [
        'and so of nodes that are numbered by their order',
        {
          vcpu: '<vcpu>1</vcpu>',
          cpu: "<cpu><numa><cell cpus='0' memory='128' unit='MiB'><distances><sibling id='1' value='21'/></distances></cell><cell memory='128' unit='MiB'/></numa></cpu>",
          memory: "<memory unit='MiB'>256</memory>",
        },
        /<sibling id='0' value='21'\/>\s*<sibling id='1' value='10'\/>/,
      ],
      [
        'what one node says of another the other says of it',
        {
          vcpu: '<vcpu>1</vcpu>',
          cpu: "<cpu><numa><cell id='0' cpus='0' memory='128' unit='MiB'><distances><sibling id='1' value='21'/></distances></cell><cell id='1' memory='128' unit='MiB'/></numa></cpu>",
          memory: "<memory unit='MiB'>256</memory>",
        },
        /<sibling id='0' value='10'\/>\s*<sibling id='1' value='21'\/>[^]*<sibling id='0' value='21'\/>\s*<sibling id='1' value='10'\/>/,
      ],
      ['to name the PMU is to ask for it', features('<pmu/>'), /<pmu state='on'\/>/],
      [
        'where the host places the memory it places the vCPUs',
        { middle: "<numatune><memory mode='strict' placement='auto'/></numatune>" },
        /<vcpu placement='auto'>/,
      ],
      [
        'a switch has a slot for each port',
        {
          devices:
            "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-switch-upstream-port'/><controller type='pci' index='3' model='pcie-switch-downstream-port'/><controller type='pci' index='4' model='pcie-switch-downstream-port'/>",
        },
        /port='0x1'\/>\s*<address type='pci' domain='0x0000' bus='0x02' slot='0x01' function='0x0'\/>/,
        'q35',
      ],
      [
        'a slot of several functions says so',
        {
          devices:
            "<controller type='pci' index='1' model='pcie-root-port'><address type='pci' slot='2' function='0'/></controller><controller type='pci' index='2' model='pcie-root-port'><address type='pci' slot='2' function='1'/></controller>",
        },
        /slot='0x02' function='0x0' multifunction='on'\/>/,
        'q35',
      ],
      [
        'expanders count their buses down',
        {
          devices:
            "<controller type='pci' index='1' model='pcie-expander-bus'/><controller type='pci' index='2' model='pcie-expander-bus'><target busNr='220'/></controller>",
        },
        /<target busNr='218'\/>/,
        'q35',
      ],
      [
        'a display with a socket listens to nothing else',
        {
          devices:
            "<graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0' socket='/s'><listen type='address' address='0.0.0.0'/></graphics>",
        },
        /<graphics type='vnc' socket='\/s'>\s*<listen type='socket' socket='\/s'\/>\s*<\/graphics>/,
      ],
      [
        'UDP calls where nothing else is said',
        { devices: "<serial type='udp'><source host='h' service='5'/></serial>" },
        /<source mode='connect' host='h' service='5'\/>/,
      ],
      [
        'randomness comes from where libvirt takes it',
        { devices: "<rng model='virtio'><backend model='random'/></rng>" },
        />\/dev\/random</,
      ],
      [
        'a number of generation is made where one is asked for',
        { middle: '<genid/>' },
        /<genid>[0-9a-f-]{36}<\/genid>/,
      ],
      [
        'anything is said by saying nothing',
        { devices: "<redirfilter><usbdev class='-1' vendor='-1' allow='no'/></redirfilter>" },
        /<usbdev allow='no'\/>/,
      ],
      [
        'a port on a bus is nobody’s console',
        { devices: "<serial type='pty'><target type='pci-serial'/></serial>" },
        /^(?![^]*<console)/,
      ],
      [
        'a window on the host has the host’s sound',
        { devices: "<graphics type='sdl'/>" },
        /^(?![^]*<audio)/,
      ],
      [
        'what is drawn headless is drawn by a card',
        { devices: "<graphics type='vnc'/><graphics type='egl-headless'/>" },
        /<video>/,
      ],
    ]),
  )('definition: %s', (_what, parts, expected, board) => {
    expect(xmlOf(parts, board)).toMatch(expected)
  })

  it.each([
    ["<clock offset='utc' adjustment='3600'/>", "offset='variable' adjustment='3600' basis='utc'"],
    [
      "<clock offset='localtime' adjustment='+5'/>",
      "offset='variable' adjustment='5' basis='localtime'",
    ],
    ["<clock offset='utc' adjustment='reset'/>", "offset='utc' adjustment='reset'"],
    [
      "<clock offset='variable' adjustment='reset'/>",
      "offset='variable' adjustment='0' basis='utc'",
    ],
    [
      "<clock offset='variable' basis='localtime'/>",
      "offset='variable' adjustment='0' basis='localtime'",
    ],
    [
      "<clock offset='timezone' timezone='UTC' adjustment='60'/>",
      "offset='timezone' timezone='UTC'",
    ],
    ["<clock offset='utc' basis='localtime' start='5'/>", "offset='utc'"],
  ])('keeps the clock %s as %s', (clock, words) => {
    expect(/<clock (.*?)\/?>/.exec(xmlOf({ clock }))?.[1]).toBe(words)
  })

  it('forgets what a device of another type would have', () => {
    const xml = xmlOf({
      devices:
        "<graphics type='sdl' port='5907' keymap='de'><mouse mode='client'/></graphics>" +
        "<controller type='scsi' model='virtio-scsi'><target chassis='8'/><model name='x'/></controller>",
      middle:
        "<sysinfo type='smbios'><bios><entry name='vendor' file='/x'>a</entry><entry name='bogus'>b</entry></bios></sysinfo>",
    })
    expect(xml).not.toMatch(/5907|keymap|mouse mode|chassis|bogus|file='\/x'/)
    expect(xml).toContain("<entry name='vendor'>a</entry>")
  })

  it('forgets what another way of sound would be told', () => {
    const words = `dev='d' tryPoll='yes' bufferCount='3' name='n' streamName='s' latency='9' serverName='v' clientName='c' connectPorts='p' exactName='yes'`
    const direction = `<input voices='2' ${words}/><output ${words}/>`
    const audio = (type: string): readonly string[] => {
      const devices = `<audio id='1' type='${type}' timerPeriod='5' serverName='/s' driver='esd' path='/p' tryMMap='yes' exclusive='yes' dspPolicy='3'>${direction}</audio>`
      return /<audio[^]*<\/audio>/.exec(xmlOf({ devices }))?.[0].match(/<[^/].*>/g) ?? []
    }
    expect(audio('none')).toEqual([
      "<audio id='1' type='none' timerPeriod='5'>",
      "<input voices='2'/>",
    ])
    expect(audio('alsa')).toEqual([
      "<audio id='1' type='alsa' timerPeriod='5'>",
      "<input voices='2' dev='d'/>",
      "<output dev='d'/>",
    ])
    expect(audio('oss').join('')).toMatch(
      /tryMMap='yes' exclusive='yes' dspPolicy='3'.*dev='d' tryPoll='yes' bufferCount='3'/,
    )
    expect(audio('pulseaudio').join('')).toMatch(
      /serverName='\/s'>.*name='n' streamName='s' latency='9'\/>/,
    )
    expect(audio('jack')[2]).toBe(
      "<output serverName='v' clientName='c' connectPorts='p' exactName='yes'/>",
    )
    expect(audio('sdl')).toEqual([
      "<audio id='1' type='sdl' timerPeriod='5' driver='esd'>",
      "<input voices='2' bufferCount='3'/>",
      "<output bufferCount='3'/>",
    ])
    expect(audio('file')[0]).toBe("<audio id='1' type='file' timerPeriod='5' path='/p'>")
  })

  it('reads a MAC address with a blank behind it', () => {
    const devices = "<interface type='user'><mac address='52:54:00:01:02:03 '/></interface>"
    expect(xmlOf({ devices })).toContain("<mac address='52:54:00:01:02:03'/>")
  })

  it('forgets filters without names, and parameters of filters', () => {
    const card = (filter: string): string =>
      `<interface type='bridge'><source bridge='b'/>${filter}</interface>`
    const devices =
      card("<filterref><parameter name='A' value='1'/></filterref>") +
      card("<filterref filter='x'><parameter name='A'/><parameter name='B' value='2'/></filterref>")
    const filters = xmlOf({ devices }).match(/<filterref.*?<\/filterref>/gs)
    expect(filters?.map((one) => one.replaceAll(/\s+</g, '<'))).toEqual([
      "<filterref filter='x'><parameter name='B' value='2'/></filterref>",
    ])
  })

  it('takes the ROM and the turn at boot of a device that has neither for unknown words', () => {
    const parts = {
      devices: `<rng model='virtio'><backend model='random'/><rom bar='off'/><boot order='1'/></rng>${disk("<rom file='/r'/>")}`,
    }
    expect(xmlOf(parts)).not.toMatch(/<rom|boot order/)
    expect(argvOf(parts)).not.toMatch(/rombar|romfile/)
  })

  it('does not show what a server of images takes for a password', () => {
    const source =
      "<source protocol='https' name='a'><host name='h'/><cookies><cookie name='c'>secret</cookie></cookies></source>"
    const parts = { devices: `<disk type='network'>${source}<target dev='vda'/></disk>` }
    expect(xmlOf(parts)).not.toContain('secret')
    expect(formatDomain(planned(parts).stored)).toContain('secret')
  })
})

describe('what libvirt refuses is refused, with its place', () => {
  const usb =
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/></source></hostdev>"
  it.each(
    onBoards<string>([
      ...(
        [
          ["name='rtc' track='boot'", '/@track'],
          ["name='tsc' track='guest'", '/@track'],
          ["name='pit' frequency='5'", '/@frequency'],
          ["name='kvmclock' mode='native'", '/@mode'],
          ["name='kvmclock' tickpolicy='delay'", '/@tickpolicy'],
        ] as const
      ).map(
        ([timer, below]) =>
          [
            `a clock with a word of another: ${timer}`,
            { middle: `<clock offset='utc'><timer ${timer}/></clock>` },
            `clock/timer[1]${below}`,
          ] as const,
      ),
      [
        'a CPU of the host like a model that nobody knows',
        { cpu: "<cpu mode='host-model'><model>power8</model></cpu>" },
        'cpu/model',
      ],
      [
        'a driver of disks that is not QEMU',
        {
          devices:
            "<disk type='file'><driver name='qmu' type='raw'/><source file='/a'/><target dev='vda' bus='virtio'/></disk>",
        },
        'devices/disk[1]/driver/@name',
      ],
      [
        'raw commands to a disk that is an image',
        {
          devices:
            "<disk type='file' rawio='yes'><source file='/a'/><target dev='vda' bus='virtio'/></disk>",
        },
        'devices/disk[1]/@rawio',
      ],
      ['a turn at boot without its number', { devices: disk('<boot/>') }, 'devices/disk[1]/boot'],
      ['a moment that is not named', { clock: "<clock offset='absolute'/>" }, 'clock/@start'],
      [
        'two displays of one type',
        { devices: "<graphics type='vnc'/><graphics type='vnc'/>" },
        'devices/graphics[2]/@type',
      ],
      [
        'a socket of a listener on an address',
        { devices: "<graphics type='vnc'><listen type='address' socket='/s'/></graphics>" },
        'devices/graphics[1]/listen[1]/@socket',
      ],
      [
        'two audios of one number',
        { devices: "<audio id='1' type='none'/><audio id='1' type='none'/>" },
        'devices/audio[2]/@id',
      ],
      [
        'an audio that is not there',
        { devices: "<audio id='2' type='none'/><sound model='ich6'><audio id='1'/></sound>" },
        'devices/sound[1]/audio/@id',
      ],
      [
        'a serial port twice',
        {
          devices:
            "<serial type='null'><target port='3'/></serial><serial type='null'><target port='3'/></serial>",
        },
        'devices/serial[2]/target/@port',
      ],
      [
        'queues of a controller that has one',
        { devices: "<controller type='virtio-serial'><driver queues='2'/></controller>" },
        'devices/controller[1]/driver/@queues',
      ],
      [
        'one turn at boot for a disk and a device of the host',
        {
          devices: `${disk("<boot order='1'/>")}<hostdev mode='subsystem' type='usb'><source><vendor id='1'/><product id='2'/></source><boot order='1'/></hostdev>`,
        },
        'devices/hostdev[1]/boot/@order',
      ],
      [
        'a turn of a redirected device beside an order of kinds',
        {
          os: "<boot dev='hd'/>",
          devices:
            "<graphics type='spice'/><redirdev bus='usb' type='spicevmc'><boot order='1'/></redirdev>",
        },
        'os/boot',
      ],
      [
        'a turn at boot of a folder by 9p',
        {
          devices:
            "<filesystem type='mount'><source dir='/a'/><target dir='t'/><boot order='1'/></filesystem>",
        },
        'devices/filesystem[1]/boot',
      ],
      [
        'an ACPI index of what is no PCI function',
        { devices: "<input type='tablet' bus='usb'><acpi index='5'/></input>" },
        'devices/input[1]/acpi/@index',
      ],
      [
        'how to catch up, of a timer that does not',
        {
          middle:
            "<clock offset='utc'><timer name='rtc' tickpolicy='delay'><catchup slew='120'/></timer></clock>",
        },
        'clock/timer[1]/catchup',
      ],
      ['a device of the host twice', { devices: usb + usb }, 'devices/hostdev[2]/source'],
      [
        'an image of a format that QEMU has given up',
        {
          devices: `<disk type='file'><driver name='qemu' type='cow'/><source file='/a'/><target dev='vda'/></disk>`,
        },
        'devices/disk[1]/driver/@type',
      ],
      [
        'a vendor where nobody tells it',
        { devices: disk('<vendor>A</vendor>') },
        'devices/disk[1]/vendor',
      ],
      [
        'two schedulers of one vCPU',
        {
          middle:
            "<cputune><vcpusched vcpus='0' scheduler='rr' priority='1'/><vcpusched vcpus='0' scheduler='idle'/></cputune>",
        },
        'cputune/vcpusched',
      ],
      [
        'a scheduler of an I/O thread that is not there',
        {
          middle:
            "<iothreads>1</iothreads><cputune><iothreadsched iothreads='2' scheduler='idle'/></cputune>",
        },
        'cputune/iothreadsched',
      ],
      [
        'memory of cells that are not there',
        { middle: "<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>" },
        'numatune/memnode',
      ],
      [
        'queues of no power of two',
        {
          devices:
            "<interface type='user'><model type='virtio'/><driver rx_queue_size='300'/></interface>",
        },
        'devices/interface[1]/driver/@rx_queue_size',
      ],
      [
        'a root bus with an address',
        {
          devices:
            "<controller type='pci' index='0' model='pci-root'><address type='pci' domain='0' bus='0' slot='1' function='0'/></controller>",
        },
        'devices/controller[1]/address',
      ],
      [
        'a listener that calls again',
        {
          devices:
            "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='9'><reconnect enabled='yes' timeout='1'/></source></serial>",
        },
        'devices/serial[1]/source/reconnect',
      ],
      [
        'no USB and a controller of it',
        {
          devices:
            "<controller type='usb' index='0' model='none'/><controller type='usb' index='1' model='qemu-xhci'/>",
        },
        'devices/controller[2]',
      ],
      [
        'a virtio IOMMU without ACPI',
        { devices: "<iommu model='virtio'/>", features: '' },
        'devices/iommu[1]',
        'q35',
      ],
      [
        'a half MiB of the firmware’s own memory',
        features("<smm state='on'><tseg unit='KiB'>512</tseg></smm>"),
        'features/smm/tseg',
        'q35',
      ],
      [
        'a port behind a hub that is not there',
        {
          devices:
            "<controller type='usb' model='qemu-xhci'/><input type='mouse' bus='usb'><address type='usb' bus='0' port='1.2'/></input>",
        },
        'devices/input[1]/address/@port',
      ],
      [
        'nodes of the host that are not named',
        { middle: "<numatune><memory mode='strict' placement='static'/></numatune>" },
        'numatune/memory/@nodeset',
      ],
      [
        'a date that SMBIOS has not',
        {
          middle:
            "<sysinfo type='smbios'><bios><entry name='date'>yesterday</entry></bios></sysinfo>",
        },
        'sysinfo[1]/bios/entry',
      ],
      [
        'an expander behind a root port',
        {
          devices:
            "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-expander-bus'><address type='pci' domain='0' bus='1' slot='0' function='0'/></controller>",
        },
        'devices/controller[2]/address',
        'q35',
      ],
      [
        'virtiofs to read only',
        {
          devices:
            "<filesystem><driver type='virtiofs'/><source socket='/s'/><target dir='t'/><readonly/></filesystem>",
          middle: "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
        },
        'devices/filesystem[1]/readonly',
      ],
    ]),
  )('%s', (_what, parts, path, board) => {
    const found = outcome(parts, board)
    expect(found.kind).toBe('refused')
    if (found.kind === 'refused')
      expect(found.error.problems.map((one) => one.path)).toContain(path)
  })
})
