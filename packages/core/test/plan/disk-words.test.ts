import { describe, expect, it } from 'vitest'
import { formatDomain } from '../../src/xml/parse-domain.ts'
import { refusalOf } from '../support/hostile.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

const disk = (source: string, type = 'file', more = ''): string =>
  `<disk type='${type}'>${source}<target dev='vda' bus='virtio'/>${more}</disk>`
const onServer = (protocol: string, name: string, inner = "<host name='a'/>"): string =>
  disk(`<source protocol='${protocol}' name='${name}'>${inner}</source>`, 'network')

const stored = (devices: string, more = ''): string =>
  formatDomain(planToy(toyXml({ devices, more })).domain)

const refused = (devices: string, more = ''): readonly string[] =>
  refusalOf(() => planToy(toyXml({ devices, more }))).problems.map(({ path = '' }) => path)

describe('what is stored of a disk', () => {
  it.each([
    [
      'is what its type looks at',
      disk("<source file='/a' dev='/dev/b' dir='/c' protocol='nbd' tls='yes' pool='p'/>"),
      "<source file='/a'/>",
    ],
    [
      'is a server at a socket by its socket',
      onServer('nbd', 'x', "<host name='a' port='1' transport='unix' socket='/s'/>"),
      "<host transport='unix' socket='/s'/>",
    ],
    [
      'is nothing of what is below the last image',
      disk("<source file='/a'/><backingStore><format type='raw'/></backingStore>"),
      '<backingStore/>',
    ],
    [
      'is a label that is not given',
      disk("<source file='/a'><seclabel model='dac' relabel='no' labelskip='yes'/></source>"),
      "<seclabel model='dac' relabel='no'/>",
    ],
  ])('%s', (_, devices, words) => {
    expect(stored(devices)).toContain(words)
  })

  it.each([
    ['no size of blocks', disk("<source file='/a'/>", 'file', "<blockio logical_block_size='0'/>")],
    [
      'no label of a driver that decides',
      disk("<source file='/a'><seclabel model='selinux'/></source>"),
    ],
  ])('is not %s', (_, devices) => {
    expect(stored(devices)).not.toMatch(/blockio|seclabel/)
  })
})

const key = "<secret type='passphrase' uuid='6695eb01-f6a4-8304-79aa-97f2502e193f'/>"
const encrypted = (words: string): string => `<encryption format='luks'>${key}${words}</encryption>`
const aes = "<cipher name='aes' size='256' mode='cbc' hash='sha256'/>"

describe('a disk is refused', () => {
  it.each([
    [
      'that says how its image was encrypted',
      disk(`<source file='/a'>${encrypted(aes)}</source>`, 'file', "<driver type='raw'/>"),
      'source/encryption/cipher',
    ],
    [
      'that says so beside its source',
      disk("<source file='/a'/>", 'file', `<driver type='raw'/>${encrypted(aes)}`),
      'encryption/cipher',
    ],
    [
      'that says how its image counts its sectors',
      disk(
        `<source file='/a'>${encrypted("<ivgen name='plain64'/>")}</source>`,
        'file',
        "<driver type='raw'/>",
      ),
      'source/encryption/ivgen',
    ],
    [
      'on an image whose format is to be guessed',
      disk("<source file='/a'/><backingStore type='file'><source file='/b'/></backingStore>"),
      'backingStore/format',
    ],
    [
      'on an image that is nowhere',
      disk("<source file='/a'/><backingStore type='file'><format type='raw'/></backingStore>"),
      'backingStore/source',
    ],
    ['in a pool without a name', onServer('rbd', '/p/x'), 'source/@name'],
    ['in a volume without an image', onServer('gluster', 'v'), 'source/@name'],
    [
      'at a socket that nothing leads to',
      onServer('nbd', 'x', "<host name='a' socket='/s'/>"),
      'source/host[1]/@socket',
    ],
    [
      'that may be missing on a server',
      disk("<source protocol='nbd' startupPolicy='optional'><host name='a'/></source>", 'network'),
      'source/@startupPolicy',
    ],
    [
      'with limits of both directions and of each',
      disk(
        "<source file='/a'/>",
        'file',
        '<iotune><total_bytes_sec>9</total_bytes_sec><read_bytes_sec>5</read_bytes_sec></iotune>',
      ),
      'iotune/total_bytes_sec',
    ],
    [
      'that nobody removes',
      "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio' removable='on'/></disk>",
      'target/@removable',
    ],
    [
      'with a tray',
      "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio' tray='open'/></disk>",
      'target/@tray',
    ],
  ])('%s', (_, devices, path) => {
    expect(refused(devices)).toContain(`devices/disk[1]/${path}`)
  })
})

describe('words of other days and other hands', () => {
  it('has Xen’s name of a raw image mean one', () => {
    const devices = disk("<driver name='qemu' type='aio'/><source file='/x'/>")
    expect(planToy(toyXml({ devices })).domain.devices.disk?.[0]?.format).toBe('raw')
  })

  it('keeps that snapshots of it are made by hand', () => {
    const devices = disk("<source file='/x'/>").replace('<disk ', "<disk snapshot='manual' ")
    expect(planToy(toyXml({ devices })).domain.devices.disk?.[0]?.snapshot).toBe('manual')
  })
})

describe('an image on a server', () => {
  it.each([
    ['lies on one', onServer('http', 'x', "<host name='a'/><host name='b'/>"), 'host[2]'],
    [
      'is not reached as QEMU cannot',
      onServer('gluster', 'v/i', "<host name='a' transport='rdma'/>"),
      'host[1]/@transport',
    ],
  ])('%s', (_, devices, path) => {
    const planned = planToy(toyXml({ devices }))
    const found = refusalOf(() => planned.argv()).problems.map((one) => one.path)
    expect(found).toEqual([`devices/disk[1]/source/${path}`])
  })

  it('is spoken to in secret with the credentials of its node', () => {
    const devices = disk("<source protocol='nbd' tls='yes'><host name='a'/></source>", 'network')
    const argv = planToy(toyXml({ devices })).argv().join(' ')
    expect(argv).toMatch(/"qom-type":"tls-creds-x509","id":"objlibvirt-1-storage_tls0"/)
    expect(argv).toMatch(/"driver":"nbd"[^}]*\}[^}]*"tls-creds":"objlibvirt-1-storage_tls0"/)
    expect(argv).not.toContain('tls-hostname')
    const named = devices.replace("tls='yes'", "tls='yes' tlsHostname='b'")
    expect(
      planToy(toyXml({ devices: named }))
        .argv()
        .join(' '),
    ).toContain('"tls-hostname":"b"')
  })
})

describe('what stands beside the devices', () => {
  it('may be empty where libvirt takes nothing for nothing', () => {
    const os = "<os><type arch='toy64' machine=''>hvm</type></os>"
    const machineOf = (xml: string): string | undefined => planToy(xml).domain.os.machine
    expect(machineOf(toyXml({ os }))).toBe(machineOf(toyXml()))
  })

  it('has each event once, in an order', () => {
    const event = (name: string): string => `<event name='${name}' enabled='yes'/>`
    const xml = stored('', `<perf>${event('mbml')}${event('cmt')}</perf>`)
    expect(xml.indexOf("'cmt'")).toBeLessThan(xml.indexOf("'mbml'"))
    expect(refused('', `<perf>${event('cmt')}${event('cmt')}</perf>`)).toEqual([
      'perf/event[2]/@name',
    ])
  })

  it('names every vCPU where it names one', () => {
    const xml = stored('', "<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/></vcpus>")
    expect(xml).toContain("<vcpu id='1' enabled='no' hotpluggable='yes'/>")
  })
})
