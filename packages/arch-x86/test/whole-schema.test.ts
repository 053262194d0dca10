import { describe, expect, it } from 'vitest'
import { formatDomain } from '@polyvirt/core'
import { plan } from './plan-parts.ts'
import type { Parts } from './plan-parts.ts'

/** What, the document, and parts of the command line that it must become. */
type Row = readonly [what: string, parts: Parts, argv: readonly string[]]

const image = (type: string, source: string, more = ''): string =>
  `<disk type='${type}' device='disk'><driver name='qemu' type='raw'/>${source}<target dev='vda' bus='virtio'/>${more}</disk>`
const remote = (attributes: string, inner: string): string =>
  image('network', `<source ${attributes}>${inner}</source>`)
const card = (type: string, source: string, more = ''): string =>
  `<interface type='${type}'><mac address='52:54:00:00:00:01'/>${source}<model type='virtio'/>${more}</interface>`
const sharedMemory = "<memoryBacking><access mode='shared'/></memoryBacking>"
const numa = (cells: string): string => `<cpu><numa>${cells}</numa></cpu>`

const disks: readonly Row[] = [
  [
    'an NBD export over TCP',
    { devices: image('network', "<source protocol='nbd' name='x'><host name='h'/></source>") },
    ['"driver":"nbd","server":{"type":"inet","host":"h","port":"10809"},"export":"x"'],
  ],
  [
    'an NBD export over a socket',
    { devices: remote("protocol='nbd'", "<host transport='unix' socket='/s'/>") },
    ['"server":{"type":"unix","path":"/s"}'],
  ],
  [
    'an iSCSI unit',
    {
      devices: remote(
        "protocol='iscsi' name='iqn.2013-07.com.example:x/2'",
        "<host name='h' port='3260'/>",
      ),
    },
    [
      '"driver":"iscsi","portal":"h:3260","target":"iqn.2013-07.com.example:x","lun":2,"transport":"tcp"',
    ],
  ],
  [
    'a rados image',
    {
      devices: remote(
        "protocol='rbd' name='pool/image'",
        "<host name='a' port='1'/><host name='b' port='2'/><snapshot name='s'/>",
      ),
    },
    [
      '"driver":"rbd","pool":"pool","image":"image","snapshot":"s","server":[{"host":"a","port":"1"},{"host":"b","port":"2"}]',
    ],
  ],
  [
    'a gluster volume',
    { devices: remote("protocol='gluster' name='volume/a/b'", "<host name='h'/>") },
    ['"driver":"gluster","volume":"volume","path":"a/b"'],
  ],
  [
    'a file on a web server',
    {
      devices: remote(
        "protocol='https' name='/a.iso' query='k=v'",
        "<host name='h'/><ssl verify='no'/>",
      ),
    },
    ['"driver":"https","url":"https://h:443/a.iso?k=v","sslverify":false'],
  ],
  [
    'a file over SSH',
    { devices: remote("protocol='ssh' name='/a.img'", "<host name='h'/>") },
    ['"driver":"ssh","path":"/a.img","server":{"host":"h","port":"22"}'],
  ],
  [
    'an NVMe namespace',
    {
      devices: image(
        'nvme',
        "<source type='pci' namespace='1'><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>",
      ),
    },
    ['"driver":"nvme","device":"0000:01:00.0","namespace":1'],
  ],
  [
    'a disk that another process serves',
    {
      middle: sharedMemory,
      devices: `<disk type='vhostuser' device='disk'><driver name='qemu' type='raw'/><source type='unix' path='/s'/><target dev='vda' bus='virtio'/></disk>`,
    },
    ['"driver":"vhost-user-blk-pci"', 'path=/s'],
  ],
  [
    'a window of a raw file',
    {
      devices: image(
        'file',
        "<source file='/x'><slices><slice type='storage' offset='512' size='1024'/></slices></source>",
      ),
    },
    ['"driver":"raw","offset":512,"size":1024,"file":"libvirt-1-storage"'],
  ],
  [
    'a disk that is filled from below',
    {
      devices: `<disk type='file'><driver name='qemu' type='qcow2' copy_on_read='on'/><source file='/x'/><target dev='vda'/></disk>`,
    },
    [
      '"driver":"copy-on-read","node-name":"libvirt-CoR-vda","file":"libvirt-1-format"',
      '"drive":"libvirt-CoR-vda"',
    ],
  ],
  [
    'a disk that guests share, which no host caches',
    { devices: image('file', "<source file='/x'/>", '<shareable/>') },
    ['"direct":true', '"share-rw":true'],
  ],
  [
    'an encrypted image',
    {
      devices: `<disk type='file'><driver name='qemu' type='qcow2'/><source file='/x'><encryption format='luks'><secret type='passphrase' usage='u'/></encryption></source><target dev='vda'/></disk>`,
    },
    [
      '"qom-type":"secret","id":"libvirt-1-format-encryption-secret0"',
      '"encrypt":{"format":"luks","key-secret":"libvirt-1-format-encryption-secret0"}',
    ],
  ],
]

const servers: readonly Row[] = [
  [
    'a disk of Ceph with the older place of its key',
    {
      devices: `<disk type='network'><driver name='qemu' type='raw'/><auth username='admin'><secret type='ceph' usage='u'/></auth><source protocol='rbd' name='p/i'><host name='h' port='6321'/></source><target dev='vda'/></disk>`,
    },
    [
      '"qom-type":"secret","id":"libvirt-1-storage-auth-secret0","format":"raw"',
      '"user":"admin","auth-client-required":["cephx","none"],"key-secret":"libvirt-1-storage-auth-secret0"',
    ],
  ],
  [
    'an image that Ceph itself decrypts',
    {
      devices: `<disk type='network'><driver name='qemu' type='raw'/><source protocol='rbd' name='p/i'><host name='h'/><auth username='a'><secret type='ceph' usage='u'/></auth><encryption format='luks2' engine='librbd'><secret type='passphrase' usage='v'/></encryption></source><target dev='vda'/></disk>`,
    },
    [
      '"encrypt":{"format":"luks2","key-secret":"libvirt-1-format-encryption-secret0"},"user":"a"',
      '"node-name":"libvirt-1-format","read-only":false,"driver":"raw"',
    ],
  ],
  [
    'a target of iSCSI and its password',
    {
      devices: `<disk type='network'><driver name='qemu' type='raw'/><source protocol='iscsi' name='iqn.2026-11.test:t/1'><host name='h'/><auth username='u'><secret type='iscsi' usage='t'/></auth></source><target dev='vda'/></disk>`,
    },
    ['"user":"u","password-secret":"libvirt-1-storage-auth-secret0"'],
  ],
  [
    'cookies of a web server',
    {
      devices: `<disk type='network'><driver name='qemu' type='raw'/><source protocol='https' name='a.img'><host name='h'/><cookies><cookie name='c'>v</cookie></cookies></source><target dev='vda'/></disk>`,
    },
    [
      '"id":"libvirt-1-storage-httpcookie-secret0"',
      '"cookie-secret":"libvirt-1-storage-httpcookie-secret0"',
    ],
  ],
  [
    'an encrypted image below another',
    {
      devices: `<disk type='file'><driver name='qemu' type='qcow2'/><source file='/t'/><backingStore type='file'><format type='qcow2'/><source file='/b'><encryption format='luks'><secret type='passphrase' usage='u'/></encryption></source><backingStore/></backingStore><target dev='vda'/></disk>`,
    },
    [
      '"encrypt":{"format":"luks","key-secret":"libvirt-2-format-encryption-secret0"}',
      '"node-name":"libvirt-1-format","read-only":false,"driver":"qcow2","file":"libvirt-1-storage"',
    ],
  ],
]

const cards: readonly Row[] = [
  [
    'a card that listens for another guest',
    { devices: card('server', "<source address='127.0.0.1' port='5555'/>") },
    ['"type":"socket","listen":"127.0.0.1:5555"'],
  ],
  [
    'a card that connects to another guest',
    { devices: card('client', "<source address='127.0.0.1' port='5555'/>") },
    ['"connect":"127.0.0.1:5555"'],
  ],
  [
    'a card on a multicast group',
    { devices: card('mcast', "<source address='230.0.0.1' port='5558'/>") },
    ['"mcast":"230.0.0.1:5558"'],
  ],
  [
    'a card over UDP',
    {
      devices: card(
        'udp',
        "<source address='127.0.0.1' port='1'><local address='127.0.0.1' port='2'/></source>",
      ),
    },
    ['"udp":"127.0.0.1:1","localaddr":"127.0.0.1:2"'],
  ],
  [
    'a card that another process switches',
    { devices: card('vhostuser', "<source type='unix' path='/s' mode='server'/>") },
    ['"type":"vhost-user","chardev":"charnet0"', 'path=/s,server=on'],
  ],
  [
    'a card on a vDPA device',
    { devices: card('vdpa', "<source dev='/dev/vhost-vdpa-0'/>") },
    ['"type":"vhost-vdpa","vhostdev":"/dev/vhost-vdpa-0"'],
  ],
  [
    'a card of the host',
    {
      devices:
        "<interface type='hostdev'><mac address='52:54:00:00:00:01'/><source><address type='pci' domain='0' bus='1' slot='2' function='3'/></source></interface>",
    },
    ['"driver":"vfio-pci","host":"0000:01:02.3"'],
  ],
  [
    'ports of the host that lead to the guest',
    {
      devices: card(
        'user',
        '',
        "<portForward proto='tcp' address='127.0.0.1'><range start='2022' to='22'/></portForward>",
      ),
    },
    ['"hostfwd":[{"str":"tcp:127.0.0.1:2022-:22"}]'],
  ],
  [
    'offloads of a card',
    {
      devices: card(
        'user',
        '',
        "<driver queues='4'><host csum='off' mrg_rxbuf='off'/><guest tso4='off'/></driver>",
      ),
    },
    ['"csum":false,"mrg_rxbuf":false,"guest_tso4":false', '"mq":true,"vectors":10'],
  ],
]

const others: readonly Row[] = [
  [
    'a folder over 9p',
    {
      devices:
        "<filesystem type='mount' accessmode='squash'><source dir='/x'/><target dir='tag'/><readonly/></filesystem>",
    },
    ['local,security_model=none,id=fsdev-fs0,path=/x,readonly', '"mount_tag":"tag"'],
  ],
  [
    'a folder over virtiofs',
    {
      middle: sharedMemory,
      devices:
        "<filesystem type='mount'><driver type='virtiofs' queue='1024'/><source socket='/s'/><target dir='tag'/></filesystem>",
    },
    ['"driver":"vhost-user-fs-pci"', '"queue-size":1024,"tag":"tag"'],
  ],
  [
    'a PCI device of the host',
    {
      devices:
        "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='0x81' slot='0' function='1'/></source><rom bar='off'/></hostdev>",
    },
    ['"driver":"vfio-pci","host":"0000:81:00.1","id":"hostdev0"', '"rombar":0'],
  ],
  [
    'a USB device of the host by its ids',
    {
      devices:
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1d6b'/><product id='0x0002'/></source></hostdev>",
    },
    ['"driver":"usb-host","vendorid":7531,"productid":2'],
  ],
  [
    'a mediated device',
    {
      devices:
        "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>",
    },
    ['"sysfsdev":"/sys/bus/mdev/devices/c2177883-f1bb-47f0-914d-32a22e3a8804","display":false'],
  ],
  [
    'a vhost SCSI target',
    {
      devices:
        "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.500140520a9b2ef1'/></hostdev>",
    },
    ['"driver":"vhost-scsi-pci","wwpn":"naa.500140520a9b2ef1"'],
  ],
  [
    'a filter of USB devices',
    {
      devices:
        "<redirdev bus='usb' type='null'/><redirfilter><usbdev class='0x08' vendor='0x15e1' product='0x2007' version='1.10' allow='yes'/><usbdev allow='no'/></redirfilter>",
    },
    ['"filter":"0x08:0x15E1:0x2007:0x0110:1|-1:-1:-1:-1:0"'],
  ],
  [
    'a smart card of certificates',
    {
      devices:
        "<smartcard mode='host-certificates'><certificate>a</certificate><certificate>b</certificate><certificate>c</certificate></smartcard>",
    },
    [
      '"driver":"usb-ccid","id":"ccid0"',
      '"cert1":"a","cert2":"b","cert3":"c","db":"/etc/pki/nssdb"',
    ],
  ],
  [
    'an emulated TPM',
    { devices: "<tpm model='tpm-crb'><backend type='emulator'/></tpm>" },
    ['emulator,id=tpm-tpm0,chardev=chrtpm', 'swtpm.sock', '"driver":"tpm-crb","tpmdev":"tpm-tpm0"'],
  ],
  [
    'memory shared between guests',
    { devices: "<shmem name='x'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>" },
    ['"mem-path":"/dev/shm/x","size":4194304,"share":true', '"driver":"ivshmem-plain"'],
  ],
  [
    'an IOMMU',
    {
      middle: "<features><ioapic driver='qemu'/></features>",
      devices: "<iommu model='intel'><driver intremap='on' eim='on'/></iommu>",
    },
    ['"driver":"intel-iommu","id":"iommu0","intremap":"on","eim":"on"', 'kernel_irqchip=split'],
  ],
  [
    'a vsock',
    { devices: "<vsock model='virtio'><cid auto='no' address='7'/></vsock>" },
    ['"driver":"vhost-vsock-pci","id":"vsock0","guest-cid":7'],
  ],
  [
    'a processor for ciphers',
    {
      devices: "<crypto model='virtio' type='qemu'><backend model='builtin' queues='2'/></crypto>",
    },
    ['"qom-type":"cryptodev-backend-builtin","id":"objcrypto0","queues":2'],
  ],
  [
    'randomness from a daemon',
    {
      devices:
        "<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='h' service='1'/></backend></rng>",
    },
    [
      '"qom-type":"rng-egd","id":"objrng0","chardev":"charrng0"',
      'socket,id=charrng0,host=h,port=1',
    ],
  ],
  [
    'what such a daemon says, written down',
    {
      devices:
        "<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='h' service='1'/><log file='/l' append='on'/></backend></rng>",
    },
    ['id=charrng0,host=h,port=1', 'logfile=/l,logappend=on'],
  ],
  [
    'a keyboard of the host',
    {
      devices:
        "<input type='evdev'><source dev='/dev/input/event3' grab='all' grabToggle='ctrl-ctrl' repeat='on'/></input>",
    },
    [
      '"qom-type":"input-linux"',
      '"evdev":"/dev/input/event3","repeat":true,"grab_all":true,"grab-toggle":"ctrl-ctrl"',
    ],
  ],
  [
    'a serial port with TLS',
    {
      devices:
        "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='1' tls='yes'/></serial>",
    },
    ['"qom-type":"tls-creds-x509","id":"objcharserial0_tls0"', 'tls-creds=objcharserial0_tls0'],
  ],
  [
    'sound with settings',
    { devices: "<audio id='1' type='pulseaudio' serverName='s'><output voices='2'/></audio>" },
    ['"driver":"pa","server":"s"', '"out":{"voices":2}'],
  ],
  [
    'a video card that draws in 3D',
    { devices: "<video><model type='virtio'><acceleration accel3d='yes'/></model></video>" },
    ['"driver":"virtio-vga-gl"'],
  ],
]

const own = (inner: string): string =>
  `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>x</name><uuid>5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44</uuid><memory>524288</memory><os><type machine='q35'>hvm</type></os><devices><rng model='virtio'><backend model='builtin'/></rng></devices>${inner}</domain>`

const platform: readonly Row[] = [
  [
    'properties of the user’s own',
    {
      xml: own(
        "<qemu:override><qemu:device alias='rng0'><qemu:frontend><qemu:property name='max-bytes' type='unsigned' value='7'/><qemu:property name='bus' type='remove'/></qemu:frontend></qemu:device></qemu:override>",
      ),
    },
    ['"addr":"0x0","rng":"objrng0","max-bytes":7}'],
  ],
  [
    'deprecated options that shall be refused',
    { xml: own("<qemu:deprecation behavior='reject'/>") },
    ['deprecated-output=hide,deprecated-input=reject'],
  ],
  [
    'SMBIOS strings',
    {
      os: "<smbios mode='sysinfo'/>",
      middle:
        "<sysinfo type='smbios'><system><entry name='product'>P, Q</entry><entry name='manufacturer'>M</entry></system><oemStrings><entry>a</entry></oemStrings></sysinfo>",
    },
    ['type=1,manufacturer=M,product=P,, Q', 'type=11,value=a'],
  ],
  [
    'firmware configuration',
    {
      middle:
        "<sysinfo type='fwcfg'><entry name='opt/x' file='/f'/><entry name='opt/y'>text</entry></sysinfo>",
    },
    ['name=opt/x,file=/f', 'name=opt/y,string=text'],
  ],
  [
    'a generation id',
    { middle: '<genid>e9392370-2917-565e-692b-d057f46512d6</genid>' },
    ['"driver":"vmgenid","guid":"e9392370-2917-565e-692b-d057f46512d6"'],
  ],
  [
    'I/O threads with numbers of their own',
    {
      middle:
        "<iothreads>2</iothreads><iothreadids><iothread id='7' thread_pool_min='2'/></iothreadids><defaultiothread thread_pool_max='8'/>",
    },
    [
      '"id":"iothread7","thread-pool-min":2',
      '"id":"iothread1"',
      '"qom-type":"main-loop","id":"main-loop","thread-pool-max":8',
    ],
  ],
  [
    'vCPUs one by one',
    {
      vcpu: '<vcpu>3</vcpu>',
      middle:
        "<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='yes' hotpluggable='yes'/><vcpu id='2' enabled='no'/></vcpus>",
    },
    ['1,maxcpus=3,sockets=3'],
  ],
  [
    'huge pages',
    { middle: '<memoryBacking><hugepages/><nosharepages/><locked/></memoryBacking>' },
    ['"qom-type":"memory-backend-file"', '"prealloc":true', 'mem-merge=off', 'mem-lock=on'],
  ],
  [
    'memory that processes share',
    { middle: "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>" },
    [
      '"qom-type":"memory-backend-memfd"',
      '"share":true,"x-use-canonical-path-for-ramblock-id":false',
    ],
  ],
  [
    'memory of certain host nodes',
    { middle: "<numatune><memory mode='interleave' nodeset='0-1'/></numatune>" },
    ['"host-nodes":[0,1],"policy":"interleave"'],
  ],
  [
    'an NVDIMM',
    {
      memory: "<maxMemory slots='1' unit='GiB'>4</maxMemory><memory unit='MiB'>768</memory>",
      middle:
        '<features><acpi/></features>' + numa("<cell id='0' cpus='0' memory='512' unit='MiB'/>"),
      devices:
        "<memory model='nvdimm' access='shared'><source><path>/n</path><alignsize unit='MiB'>2</alignsize><pmem/></source><target><size unit='MiB'>256</size><node>0</node><label><size unit='KiB'>128</size></label></target></memory>",
    },
    [
      '"mem-path":"/n","share":true,"align":2097152,"pmem":true,"size":268435456',
      '"driver":"nvdimm","node":0,"label-size":131072',
      'nvdimm=on',
    ],
  ],
  [
    'how far memory is',
    {
      vcpu: '<vcpu>2</vcpu>',
      middle:
        "<cpu><numa><cell id='0' cpus='0-1' memory='256' unit='MiB'><cache level='1' associativity='direct' policy='writeback'><size value='8' unit='KiB'/><line value='5' unit='B'/></cache></cell><cell id='1' memory='256' unit='MiB'/><interconnects><latency initiator='0' target='1' type='read' value='9'/><bandwidth initiator='0' target='0' type='access' value='204800' unit='KiB'/></interconnects></numa></cpu>",
    },
    [
      'hmat=on',
      'hmat-lb,initiator=0,target=1,hierarchy=memory,data-type=read-latency,latency=9',
      'data-type=access-bandwidth,bandwidth=204800K',
      'hmat-cache,node-id=0,size=8K,level=1,associativity=direct,policy=write-back,line=5',
      'node,nodeid=1,initiator=0,memdev=ram-node1',
    ],
  ],
  [
    'a clock that stands still with its guest',
    {
      middle: "<clock offset='utc'><timer name='rtc' track='guest' tickpolicy='catchup'/></clock>",
    },
    ['base=utc,clock=vm,driftfix=slew'],
  ],
  [
    'an address width',
    { middle: "<cpu mode='maximum'><maxphysaddr mode='emulate' bits='42'/></cpu>" },
    ['max,phys-bits=42'],
  ],
  ['a crash that Hyper-V tells', { devices: "<panic model='hyperv'/>" }, ['hv-crash=on']],
]

describe('what hangs on a USB hub comes after it', () => {
  it.each([
    [
      'a card reader',
      "<controller type='ccid' index='0'><address type='usb' bus='0' port='2.1'/></controller><hub type='usb'><address type='usb' bus='0' port='2'/></hub>",
      ['usb-hub', 'usb-ccid'],
    ],
    [
      'another hub, wherever it is written',
      "<hub type='usb'><address type='usb' bus='0' port='2.1'/></hub><hub type='usb'><address type='usb' bus='0' port='2'/></hub>",
      ['"port":"2"', '"port":"2.1"'],
    ],
  ])('%s', (_what, devices, [first = '', then = '']) => {
    const outcome = plan({ devices })
    if (outcome.kind !== 'planned') throw outcome.error
    const argv = outcome.planned.argv.join('\n')
    expect(argv).toContain(first)
    expect(argv.indexOf(first)).toBeLessThan(argv.indexOf(then))
  })
})

describe.each([
  ['disks', disks],
  ['disks that are opened with secrets', servers],
  ['network cards', cards],
  ['other devices', others],
  ['the platform', platform],
])('a document of the whole schema becomes a command line: %s', (_chapter, rows) => {
  it.each(rows)('%s', (_what, parts, wanted) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'planned') throw outcome.error
    const argv = outcome.planned.argv.join('\n')
    for (const one of wanted) expect(argv).toContain(one)
  })

  it.each(rows)('%s, and its definition defined again stays as it is', (_what, parts) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'planned') throw outcome.error
    const stored = formatDomain(outcome.planned.stored)
    const again = plan({ ...parts, xml: stored })
    if (again.kind !== 'planned') throw again.error
    expect(formatDomain(again.planned.stored)).toBe(stored)
  })
})
