import type { GuestFiles } from './guest-files.ts'
import type {
  GuestBlockDevice,
  GuestClassDevice,
  GuestCpu,
  GuestDeviceTree,
  GuestFirmware,
  GuestMemory,
  GuestNode,
  GuestPlace,
  GuestReport,
  GuestVcpus,
} from './guest-report.ts'

/** Reads what the agent sent. Which architecture it came from does not matter here. */
export function parseReport(files: GuestFiles, nonce: string): GuestReport {
  const text = (path: string): string => files.text(path) ?? ''
  const byteOrder = files.text('/sys/kernel/cpu_byteorder')
  return {
    nonce,
    marks: Object.fromEntries(
      [...text('/marks').matchAll(/(\w+)=([\d.]+)/g)].map(([, name, at]) => [name, Number(at)]),
    ),
    kernel: {
      release: text('/proc/sys/kernel/osrelease'),
      machine: text('/machine'),
      commandLine: text('/proc/cmdline'),
      bootId: text('/proc/sys/kernel/random/boot_id'),
      uptimeSeconds: Number.parseFloat(text('/proc/uptime')),
      ...(byteOrder === 'little' || byteOrder === 'big' ? { endian: byteOrder } : {}),
    },
    cpu: readCpu(text('/proc/cpuinfo')),
    vcpus: readVcpus(files),
    memory: readMemory(files),
    nodes: readNodes(files),
    block: files.list('/sys/class/block').map((name) => readBlock(files, name)),
    net: files
      .list('/sys/class/net')
      .filter((name) => name !== 'lo')
      .map((name) => {
        const place = placeOf(files, `/sys/class/net/${name}`)
        return {
          name,
          mac: text(`/sys/class/net/${name}/address`),
          mtu: Number(text(`/sys/class/net/${name}/mtu`)),
          ...driverAbove(files, place),
          ...place,
        }
      }),
    pci: devicesOn(files, 'pci').map(({ name: slot, at, ...rest }) => ({
      slot,
      ...parentSlot(files, at, slot),
      vendor: hex(text(`${at}/vendor`)),
      device: hex(text(`${at}/device`)),
      subsystemVendor: hex(text(`${at}/subsystem_vendor`)),
      subsystemDevice: hex(text(`${at}/subsystem_device`)),
      class: hex(text(`${at}/class`)),
      ...rest,
    })),
    vio: devicesOn(files, 'vio')
      // The bus itself stands among its devices.
      .filter(({ name }) => name !== 'vio')
      .map(({ name: unit, at, ...rest }) => ({
        unit,
        name: text(`${at}/name`),
        compatible: /^vio:T.*?S(.*)$/.exec(text(`${at}/modalias`))?.[1] ?? '',
        ...rest,
      })),
    ccw: devicesOn(files, 'ccw').map(({ name: busId, at, ...rest }) => ({
      busId,
      controlUnit: text(`${at}/cutype`),
      online: text(`${at}/online`) === '1',
      ...rest,
    })),
    virtio: devicesOn(files, 'virtio').map(({ name, at, ...rest }) => ({
      name,
      device: hex(text(`${at}/device`)),
      features: text(`${at}/features`)
        .split('')
        .flatMap((bit, index) => (bit === '1' ? [index] : [])),
      ...rest,
      ...placeOf(files, at),
    })),
    usb: devicesOn(files, 'usb')
      .filter(({ at }) => files.text(`${at}/idVendor`) !== undefined)
      .map(({ name, at }) => {
        const { pci } = placeOf(files, at)
        return {
          name,
          vendor: hex(text(`${at}/idVendor`)),
          product: hex(text(`${at}/idProduct`)),
          ...optional('productName', files.text(`${at}/product`)),
          ...optional('serial', files.text(`${at}/serial`)),
          speedMbps: Number(text(`${at}/speed`)),
          ...optional('pci', pci),
        }
      }),
    scsi: devicesOn(files, 'scsi')
      .filter(({ name }) => /^\d+(:\d+){3}$/.test(name))
      .map(({ name: address, at, ...rest }) => ({
        address,
        vendor: text(`${at}/vendor`),
        model: text(`${at}/model`),
        type: Number(text(`${at}/type`)),
        ...optional('serial', serialPage(files.bytes(`${at}/vpd_pg80`))),
        ...rest,
        ...placeOf(files, at),
      })),
    input: files
      .list('/sys/class/input')
      .filter((name) => /^input\d+$/.test(name))
      .map((name) => {
        const at = `/sys/class/input/${name}`
        return {
          name: text(`${at}/name`),
          bus: hex(text(`${at}/id/bustype`)),
          vendor: hex(text(`${at}/id/vendor`)),
          product: hex(text(`${at}/id/product`)),
          ...placeOf(files, at),
        }
      }),
    acpiDevices: files.list('/sys/bus/acpi/devices').flatMap((name) => {
      const id = files.text(`/sys/bus/acpi/devices/${name}/hid`)
      return id === undefined ? [] : [id]
    }),
    firmware: readFirmware(files),
    serial: readSerial(files),
    consoles: consoleNames(files),
    virtioPorts: files.list('/sys/class/virtio-ports').map((device) => ({
      device,
      name: text(`/sys/class/virtio-ports/${device}/name`),
      ...placeOf(files, `/sys/class/virtio-ports/${device}`),
    })),
    rng: {
      ...optional('current', files.text('/sys/class/misc/hw_random/rng_current')),
      available: words(text('/sys/class/misc/hw_random/rng_available')),
    },
    watchdogs: files.list('/sys/class/watchdog').map((name) => ({
      name,
      identity: text(`/sys/class/watchdog/${name}/identity`),
    })),
    clock: {
      epochSeconds: Number(text('/clock')),
      ...optional('rtcSeconds', number(files.text('/sys/class/rtc/rtc0/since_epoch'))),
      source: text('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
      available: words(text('/sys/devices/system/clocksource/clocksource0/available_clocksource')),
    },
    classes: Object.fromEntries(
      ['sound', 'drm', 'graphics', 'tpm', 'rtc'].map((name) => [name, readClass(files, name)]),
    ),
  }
}

function readCpu(cpuinfo: string): GuestCpu {
  const blocks = cpuinfo
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '')
    .map((block) =>
      Object.fromEntries(
        lines(block).map((line) => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
        }),
      ),
    )
  const fields = blocks.find((block) => 'processor' in block) ?? blocks[0] ?? {}
  // Facts about the whole machine come in a block that names no processor, first or last.
  const machine = blocks.find((block) => !('processor' in block)) ?? {}
  // `2.0 (pvr 004e 1200)`
  const pvr = /\(pvr ([\da-f]{4}) ([\da-f]{4})\)/.exec(fields['revision'] ?? '')
  return {
    model: fields['model name'] ?? fields['Model Name'] ?? fields['cpu'] ?? '',
    flags: words(fields['flags'] ?? fields['Features'] ?? fields['features'] ?? ''),
    ...(pvr === null ? {} : { pvr: hex(`${pvr[1]}${pvr[2]}`) }),
    fields,
    machine,
  }
}

function readVcpus(files: GuestFiles): GuestVcpus {
  const root = '/sys/devices/system/cpu'
  const ids = (name: string): readonly number[] => cpuList(files.text(`${root}/${name}`) ?? '')
  const topology = (cpu: number, name: string): string =>
    files.text(`${root}/cpu${cpu}/topology/${name}`) ?? ''
  const online = ids('online')
  // Core ids repeat from one socket to the next, and some machines number no sockets at all.
  const count = (key: (cpu: number) => string): number => new Set(online.map(key)).size
  const sockets = count((cpu) => topology(cpu, 'physical_package_id'))
  const cores = count((cpu) => topology(cpu, 'thread_siblings_list'))
  return {
    online,
    present: ids('present'),
    possible: ids('possible'),
    sockets,
    cores: cores / Math.max(sockets, 1),
    threads: online.length / Math.max(cores, 1),
  }
}

function readMemory(files: GuestFiles): GuestMemory {
  const iomem = lines(files.text('/proc/iomem') ?? '')
  const ram = iomem.flatMap((line) => {
    const [, from, to] = /^([\da-f]+)-([\da-f]+) : System RAM$/.exec(line) ?? []
    return from === undefined || to === undefined ? [] : [hex(to) - hex(from) + 1]
  })
  const block = files.text('/sys/devices/system/memory/block_size_bytes')
  return {
    totalKiB: Number(/^MemTotal:\s+(\d+) kB$/m.exec(files.text('/proc/meminfo') ?? '')?.[1] ?? 0),
    systemRamKiB: ram.reduce((sum, bytes) => sum + bytes, 0) / 1024,
    ...(block === undefined ? {} : { hotplugBlockBytes: hex(block) }),
  }
}

function readNodes(files: GuestFiles): readonly GuestNode[] {
  const root = '/sys/devices/system/node'
  return files
    .list(root)
    .filter((name) => /^node\d+$/.test(name))
    .map((name) => ({
      id: Number(name.slice('node'.length)),
      cpus: cpuList(files.text(`${root}/${name}/cpulist`) ?? ''),
      memoryKiB: Number(
        /MemTotal:\s+(\d+) kB/.exec(files.text(`${root}/${name}/meminfo`) ?? '')?.[1] ?? 0,
      ),
      distances: words(files.text(`${root}/${name}/distance`) ?? '').map(Number),
    }))
}

function readBlock(files: GuestFiles, name: string): GuestBlockDevice {
  const at = `/sys/class/block/${name}`
  const place = placeOf(files, at)
  const scsi = /\/(\d+:\d+:\d+:\d+)\//.exec(place.path)?.[1]
  const scsiAt = `/sys/bus/scsi/devices/${scsi}`
  const text = (file: string): string | undefined => files.text(`${at}/${file}`)
  const sectorBytes = 512
  return {
    name,
    bytes: Number(text('size')) * sectorBytes,
    readOnly: text('ro') === '1',
    removable: text('removable') === '1',
    ...optional(
      'serial',
      text('serial') ??
        serialPage(files.bytes(`${scsiAt}/vpd_pg80`)) ??
        // The kernel asks USB disks for no such page: their plug says it.
        files.text(`/sys/bus/usb/devices/${place.usb}/serial`),
    ),
    ...optional('wwn', text('wwid') ?? files.text(`${scsiAt}/wwid`)),
    ...optional('model', files.text(`${scsiAt}/model`)),
    ...optional('vendor', files.text(`${scsiAt}/vendor`)),
    ...driverAbove(files, place),
    logicalBlockBytes: Number(text('queue/logical_block_size')),
    physicalBlockBytes: Number(text('queue/physical_block_size')),
    ...place,
  }
}

function readFirmware(files: GuestFiles): GuestFirmware {
  const dmiRoot = '/sys/devices/virtual/dmi/id'
  const dmi = files.list(dmiRoot).flatMap((name) => {
    const value = files.text(`${dmiRoot}/${name}`)
    return value === undefined ? [] : [[name, value] as const]
  })
  const tree = readDeviceTree(files)
  return {
    efi: files.text('/efi') !== undefined,
    acpiTables: words(files.text('/acpi') ?? '')
      .map((path) => path.replace(/^.*\//, ''))
      .filter((name) => /^[A-Z]/.test(name)),
    ...(dmi.length === 0 ? {} : { dmi: Object.fromEntries(dmi) }),
    ...(tree === undefined ? {} : { deviceTree: tree }),
  }
}

function readDeviceTree(files: GuestFiles): GuestDeviceTree | undefined {
  const root = '/sys/firmware/devicetree/base'
  const names = files.list(root)
  if (names.length === 0) return undefined
  // Strings end with a zero byte, and several may stand in one property.
  const strings = (path: string): readonly string[] | undefined => {
    const bytes = files.bytes(`${root}/${path}`)
    return bytes && Buffer.from(bytes).toString('utf8').replace(/\0+$/, '').split('\0')
  }
  const nodes = (path: string): readonly string[] =>
    files.list(path).filter((name) => files.bytes(`${path}/${name}`) === undefined)
  const hypervisorProperty = /^(vm|host|ibm|system)[,-]/
  return {
    model: strings('model')?.join(', ') ?? '',
    compatible: strings('compatible') ?? [],
    ...optional('bootArguments', strings('chosen/bootargs')?.[0]),
    ...optional('stdoutPath', strings('chosen/stdout-path')?.[0]),
    root: Object.fromEntries(
      names
        .filter((name) => hypervisorProperty.test(name) && isText(files.bytes(`${root}/${name}`)))
        .map((name) => [name, strings(name)?.join(', ') ?? '']),
    ),
    nodes: nodes(root),
    vdevices: nodes(`${root}/vdevice`).filter((name) => name.includes('@')),
  }
}

/** Whether a property is made of printable strings rather than of cells. */
const isText = (bytes: Uint8Array | undefined): boolean =>
  bytes !== undefined &&
  bytes.at(-1) === 0 &&
  bytes.length > 1 &&
  bytes.every((byte, index) => (byte >= 0x20 && byte < 0x7f) || (byte === 0 && index > 0))

const consoleNames = (files: GuestFiles): readonly string[] =>
  lines(files.text('/proc/consoles') ?? '').map((line) => line.replace(/\s.*$/, ''))

function readSerial(files: GuestFiles): readonly string[] {
  const consoles = new Set(consoleNames(files))
  return files.list('/sys/class/tty').filter((name) => {
    const at = `/sys/class/tty/${name}`
    if (/^(tty\d*|console|ptmx|ttyprintk)$/.test(name)) return false
    // A place where a serial port could be: type 0 says that none is.
    if (files.text(`${at}/type`) === '0') return false
    return consoles.has(name) || !files.device(at)?.startsWith('virtual/')
  })
}

const readClass = (files: GuestFiles, name: string): readonly GuestClassDevice[] =>
  files
    .list(`/sys/class/${name}`)
    .filter((device) => files.device(`/sys/class/${name}/${device}`) !== undefined)
    .map((device) => ({ device, ...placeOf(files, `/sys/class/${name}/${device}`) }))

interface BusDevice {
  readonly name: string
  readonly at: string
  readonly driver?: string
}

const devicesOn = (files: GuestFiles, bus: string): readonly BusDevice[] =>
  files.list(`/sys/bus/${bus}/devices`).map((name) => {
    const at = `/sys/bus/${bus}/devices/${name}`
    return { name, at, ...optional('driver', files.driver(at)) }
  })

function placeOf(files: GuestFiles, at: string): GuestPlace {
  const path = files.device(at) ?? ''
  const parts = path.split('/')
  const last = (pattern: RegExp): string | undefined => parts.findLast((part) => pattern.test(part))
  return {
    path,
    ...optional('pci', last(/^[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[\da-f]$/)),
    ...optional('vio', parts[0] === 'vio' ? parts[1] : undefined),
    ...optional('usb', last(/^\d+-\d+(\.\d+)*$/)),
    // The second of two that are alike: a subchannel, and the device that it leads to.
    ...optional(
      'ccw',
      parts[0]?.startsWith('css') ? last(/^[\da-f]+\.\d\.[\da-f]{4}$/) : undefined,
    ),
  }
}

/** The driver of the nearest ancestor that has one. */
function driverAbove(files: GuestFiles, place: GuestPlace): { readonly driver?: string } {
  for (const part of place.path.split('/').toReversed()) {
    for (const bus of ['virtio', 'scsi', 'usb', 'vio', 'pci', 'platform']) {
      const driver = files.driver(`/sys/bus/${bus}/devices/${part}`)
      if (driver !== undefined) return { driver }
    }
  }
  return {}
}

function parentSlot(files: GuestFiles, at: string, slot: string): { readonly parent?: string } {
  const parts = (files.device(at) ?? '').split('/')
  const before = parts[parts.indexOf(slot) - 1]
  return optional('parent', before?.startsWith('pci') ? undefined : before)
}

/** Page 0x80 of SCSI's vital product data: four bytes of header, then the serial number. */
const serialPage = (page: Uint8Array | undefined): string | undefined =>
  page === undefined ? undefined : Buffer.from(page.subarray(4)).toString('latin1').trim()

/** `0-3,7` */
const cpuList = (text: string): readonly number[] =>
  text
    .split(',')
    .filter(Boolean)
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean)
const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean)
const hex = (text: string): number => Number.parseInt(text, 16)
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

/** Leaves a member out where the guest has nothing to say, also where it says so with an empty file. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // One computed key widens to an index signature, which is what the annotation narrows again.
  return value === undefined || value === '' ? {} : ({ [key]: value } as { readonly [P in K]?: V })
}
