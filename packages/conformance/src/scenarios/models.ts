import { domainXml, type Capability, type DomainParts, type Scenario } from '../scenario.ts'
import { image } from '../scenario.ts'

/** libvirt's words for each row of a device allow-list. */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  disk: ['virtio', 'scsi', 'sata', 'ide', 'usb', 'fdc', 'sd'],
  'controller:pci': [
    'pci-bridge',
    'dmi-to-pci-bridge',
    'pcie-to-pci-bridge',
    'pcie-root-port',
    'pcie-switch-upstream-port',
    'pcie-switch-downstream-port',
    'pci-expander-bus',
    'pcie-expander-bus',
  ],
  'controller:usb': [
    'piix3-uhci',
    'piix4-uhci',
    'ehci',
    'ich9-ehci1',
    'ich9-uhci1',
    'ich9-uhci2',
    'ich9-uhci3',
    'vt82c686b-uhci',
    'pci-ohci',
    'nec-xhci',
    'qemu-xhci',
    'none',
  ],
  'controller:scsi': [
    'buslogic',
    'lsilogic',
    'lsisas1068',
    'lsisas1078',
    'vmpvscsi',
    'ibmvscsi',
    'virtio-scsi',
    'ncr53c90',
    'dc390',
    'am53c974',
  ],
  'controller:virtio-serial': ['virtio'],
  interface: [
    'virtio',
    'e1000',
    'e1000e',
    'e1000-82544gc',
    'e1000-82545em',
    'igb',
    'rtl8139',
    'ne2k_pci',
    'pcnet',
    'vmxnet3',
    'tulip',
    'i82550',
    'i82551',
    'spapr-vlan',
    'lan9118',
  ],
  // libvirt reads isa-serial, its old default, as "the machine's own": it is refused nowhere.
  serial: ['usb-serial', 'pci-serial', 'spapr-vio-serial', 'sclp-serial'],
  console: ['virtio', 'sclp', 'sclplm'],
  channel: ['virtio'],
  input: [
    'ps2:mouse',
    'ps2:keyboard',
    'usb:mouse',
    'usb:tablet',
    'usb:keyboard',
    'virtio:mouse',
    'virtio:tablet',
    'virtio:keyboard',
  ],
  sound: ['sb16', 'es1370', 'ac97', 'ich6', 'ich9', 'usb'],
  video: ['vga', 'cirrus', 'vmvga', 'qxl', 'virtio', 'bochs', 'ramfb'],
  hub: ['usb'],
  watchdog: ['i6300esb', 'ib700', 'itco', 'diag288'],
  memballoon: ['virtio', 'none'],
  rng: ['virtio'],
  panic: ['isa', 'pseries', 'hyperv', 's390'],
  parallel: ['parallel'],
  nvram: ['nvram'],
  filesystem: ['path', 'virtiofs'],
  hostdev: ['pci', 'usb', 'scsi', 'scsi_host', 'mdev', 'mdev:vfio-ccw', 'mdev:vfio-ap'],
  redirdev: ['usb'],
  smartcard: ['host', 'host-certificates', 'passthrough'],
  tpm: ['tpm-tis', 'tpm-crb', 'tpm-spapr', 'spapr-tpm-proxy'],
  shmem: ['ivshmem-plain', 'ivshmem-doorbell'],
  memory: ['dimm', 'nvdimm', 'virtio-mem', 'virtio-pmem', 'sgx-epc'],
  iommu: ['intel', 'smmuv3', 'virtio'],
  vsock: ['virtio'],
  crypto: ['virtio'],
}

/** Rows whose devices need something of the host that not every host has, or that would stay there. */
const notLive: ReadonlySet<string> = new Set([
  // A display takes a port of the host.
  'graphics',
  'hostdev',
  'smartcard',
  'tpm',
  'shmem',
  'vsock',
  'memory',
])

/** A document with one device of a row and key; none for what no small document can ask for. */
function sample(row: string, key: string): string | undefined {
  const [base = '', type = ''] = row.split(':')
  switch (base) {
    case 'disk': {
      const prefix = { virtio: 'vd', ide: 'hd', fdc: 'fd' }[key] ?? 'sd'
      const device = key === 'fdc' ? 'floppy' : 'disk'
      return (
        `<disk type='file' device='${device}'><source file='${image('model', 1)}'/>` +
        `<target dev='${prefix}a' bus='${key}'/></disk>`
      )
    }
    case 'controller':
      return controllerSample(type, key)
    case 'interface':
      return `<interface type='user'><model type='${key}'/></interface>`
    case 'serial':
      return `<serial type='null'><target type='${key}'/></serial>`
    case 'console':
      return key === 'serial'
        ? "<console type='null'/>"
        : `<console type='null'><target type='${key}'/></console>`
    case 'channel':
      return key === 'virtio'
        ? "<channel type='null'><target type='virtio' name='a'/></channel>"
        : undefined
    case 'input': {
      const [bus = '', kind = ''] = key.split(':')
      // Both are devices of the host, which a small document cannot know.
      if (kind === 'passthrough') return undefined
      if (kind === 'evdev') return `<input type='evdev'><source dev='/dev/input/event0'/></input>`
      return `<input type='${kind}' bus='${bus}'/>`
    }
    case 'sound':
    case 'watchdog':
    case 'memballoon':
    case 'panic':
      return `<${base} model='${key}'/>`
    case 'video':
      return `<video><model type='${key}'/></video>`
    case 'rng':
      return `<rng model='${key}'><backend model='builtin'/></rng>`
    case 'hub':
      return `<hub type='${key}'/>`
    case 'parallel':
      return "<parallel type='null'/>"
    case 'nvram':
      return '<nvram/>'
    case 'filesystem': {
      const driver = key === 'path' ? '' : `<driver type='${key}'/>`
      const source =
        key === 'virtiofs' ? "<source socket='/run/virtiofs.sock'/>" : "<source dir='/tmp'/>"
      return `<filesystem type='mount'>${driver}${source}<target dir='share'/></filesystem>`
    }
    case 'hostdev':
      return hostdevSample(key)
    case 'redirdev':
      return `<redirdev bus='${key}' type='null'/>`
    case 'smartcard':
      return smartcardSample(key)
    case 'tpm':
      return key === 'spapr-tpm-proxy'
        ? `<tpm model='${key}'><backend type='passthrough'><device path='/dev/tpmrm0'/></backend></tpm>`
        : `<tpm model='${key}'><backend type='external'><source type='unix' mode='connect' path='/run/tpm.sock'/></backend></tpm>`
    case 'shmem':
      return `<shmem name='shared'><model type='${key}'/>${key === 'ivshmem-plain' ? "<size unit='M'>4</size>" : "<server path='/run/shmem.sock'/>"}</shmem>`
    case 'memory':
      return memorySample(key)
    case 'iommu':
    case 'vsock':
      return base === 'iommu'
        ? `<iommu model='${key}'/>`
        : `<vsock model='${key}'><cid auto='no' address='3'/></vsock>`
    case 'crypto':
      return `<crypto model='${key}' type='qemu'><backend model='builtin'/></crypto>`
    case 'graphics':
      return key === 'vnc' || key === 'spice'
        ? `<graphics type='${key}' port='5909' autoport='no'/>`
        : key === 'dbus'
          ? `<graphics type='dbus' p2p='yes'/>`
          : `<graphics type='${key}'/>`
    default:
      return undefined
  }
}

function hostdevSample(key: string): string {
  const sources: Readonly<Record<string, string>> = {
    pci: "<address domain='0' bus='1' slot='0' function='0'/>",
    usb: "<address bus='1' device='2'/>",
    scsi: "<adapter name='scsi_host0'/><address bus='0' target='0' unit='0'/>",
    mdev: "<address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/>",
  }
  const [type = '', named = 'vfio-pci'] = key.split(':')
  const source =
    type === 'scsi_host'
      ? "<source protocol='vhost' wwpn='naa.500140520a9b2ef1'/>"
      : `<source>${sources[type] ?? ''}</source>`
  const model = type === 'mdev' ? ` model='${named}'` : ''
  return `<hostdev mode='subsystem' type='${type}'${model}>${source}</hostdev>`
}

function smartcardSample(key: string): string {
  const certificates = ['a', 'b', 'c'].map((name) => `<certificate>${name}</certificate>`).join('')
  const inner = key === 'host-certificates' ? certificates : ''
  return `<smartcard mode='${key}'${key === 'passthrough' ? " type='null'" : ''}>${inner}</smartcard>`
}

/** Sizes in KiB: 512 MiB, and the label that comes on top of what a machine takes whole. */
const memorySizes: Readonly<Record<string, number>> = { nvdimm: 524_288 + 128 }

function memorySample(key: string): string {
  const path =
    key === 'nvdimm' || key === 'virtio-pmem' ? '<source><path>/tmp/m</path></source>' : ''
  const node = key === 'virtio-pmem' || key === 'sgx-epc' ? '' : '<node>0</node>'
  const label = key === 'nvdimm' ? "<label><size unit='KiB'>128</size></label>" : ''
  const sizes =
    key === 'virtio-mem' ? "<block unit='MiB'>2</block><requested unit='MiB'>0</requested>" : ''
  return (
    `<memory model='${key}'><uuid>9b1e9bb8-43d6-4f62-b8a8-0f9a0f3f9b10</uuid>${path}` +
    `<target><size unit='KiB'>${memorySizes[key] ?? 524_288}</size>${node}${label}${sizes}</target></memory>`
  )
}

/** What stands around the device: memory that is plugged in wants room, and a cell to belong to. */
function frame(row: string, key: string): Pick<DomainParts, 'memory' | 'cpu' | 'middle'> {
  // Its server reads and writes the guest's memory.
  if (key === 'virtiofs')
    return { middle: "<memoryBacking><access mode='shared'/></memoryBacking>" }
  if (row !== 'memory') return {}
  const plugged = key === 'sgx-epc' ? 0 : (memorySizes[key] ?? 524_288)
  return {
    memory: `<maxMemory slots='4' unit='GiB'>4</maxMemory><memory unit='KiB'>${524_288 + plugged}</memory>`,
    cpu: "<cpu><numa><cell id='0' cpus='0' memory='512' unit='MiB'/></numa></cpu>",
  }
}

function controllerSample(type: string, key: string): string | undefined {
  if (type === 'usb' && key.startsWith('ich9-')) {
    const part = (model: string, port: number): string =>
      `<controller type='usb' index='0' model='ich9-${model}'>` +
      (port < 0 ? '' : `<master startport='${port}'/>`) +
      '</controller>'
    return part('ehci1', -1) + part('uhci1', 0) + part('uhci2', 2) + part('uhci3', 4)
  }
  if (type === 'pci') {
    // The root is part of every document; a downstream port needs the upstream one.
    if (key === 'pci-root' || key === 'pcie-root') return undefined
    const one = (model: string, index: number, inner = ''): string =>
      `<controller type='pci' index='${index}' model='${model}'>${inner}</controller>`
    if (key === 'pcie-switch-downstream-port') {
      return one('pcie-root-port', 1) + one('pcie-switch-upstream-port', 2) + one(key, 3)
    }
    if (key === 'pcie-switch-upstream-port') return one('pcie-root-port', 1) + one(key, 2)
    if (key.endsWith('-expander-bus')) return one(key, 1, "<target busNr='100'/>")
    // Room below for what it has to be plugged into.
    return one(key, key === 'pcie-root-port' ? 1 : 5)
  }
  const model = key === '' ? '' : ` model='${key}'`
  return `<controller type='${type}' index='0'${model}/>`
}

/**
 * Every model of libvirt's vocabulary, and every one that the architecture adds to it: accepted
 * where it is offered, refused where not. This is also what reaches every row of the allow-list.
 */
export function modelScenarios(
  rows: Readonly<
    Record<string, { readonly models: Readonly<Record<string, unknown>> } | undefined>
  >,
): readonly Scenario[] {
  const names = new Set([...Object.keys(vocabulary), ...Object.keys(rows)])
  return [...names].flatMap((row) => {
    const keys = new Set([...(vocabulary[row] ?? []), ...Object.keys(rows[row]?.models ?? {})])
    return [...keys].flatMap((key): readonly Scenario[] => {
      const devices = sample(row, key)
      if (devices === undefined) return []
      return [
        {
          id: `model/${row.replace(':', '-')}/${key.replace(':', '-') || 'default'}`,
          title: `${row} ${key || 'without a model'} is accepted where it is offered`,
          uses: usesOf(row, key),
          domain: domainXml({ ...frame(row, key), devices }),
          golden: false,
          // On a PCI Express machine a conventional bridge needs another below it, which the
          // document would have to name.
          ...(key === 'pci-bridge' && { mayRefuse: 'devices/controller' }),
          // Some boards plug memory in only through ACPI, which the document would have to ask for.
          ...(row === 'memory' && { mayRefuse: ['devices/memory', 'cpu/numa'] }),
          // A virtio IOMMU is found by ACPI's tables, which the document would have to ask for.
          ...(row === 'iommu' && { mayRefuse: 'devices/iommu' }),
          live: !notLive.has(row) && key !== 'virtiofs' && key !== 'none:evdev',
        },
      ]
    })
  })
}

/** What a model stands on: its own row, and that of the controller it is plugged into. */
function usesOf(row: string, key: string): readonly Capability[] {
  const own: Capability = `device:${row}/${key}`
  const usb = key.startsWith('usb:') || key === 'usb-serial' || (row === 'disk' && key === 'usb')
  if (usb) return [own, 'device:controller:usb']
  if (row === 'disk' && key === 'scsi') return [own, 'device:controller:scsi']
  if (['hub', 'redirdev', 'smartcard'].includes(row)) return [own, 'device:controller:usb']
  return [own]
}
