import { strictEqual } from 'node:assert'
import { deviceOption, optionsNamed } from '../plan-scenario.ts'
import { domainXml, image, type Scenario } from '../scenario.ts'

const disk = (name: string, target: string, order: string): string =>
  `<disk type='file'><driver type='raw'/><source file='${image(name, 1)}'/>` +
  `<target dev='${target}' bus='virtio'/>${order}</disk>`

export const bootScenarios: readonly Scenario[] = [
  {
    id: 'boot/kernel',
    title: 'a kernel is booted directly, with its command line',
    uses: [],
    domain: domainXml({
      os: '<kernel>/boot/vm,linux</kernel><initrd>/boot/initrd</initrd><cmdline>a=1, b="2"</cmdline>',
    }),
    live: false,
    expect: {
      plan(planned) {
        strictEqual(optionsNamed(planned, '-kernel')[0]?.value, '/boot/vm,linux')
        strictEqual(optionsNamed(planned, '-initrd')[0]?.value, '/boot/initrd')
        strictEqual(optionsNamed(planned, '-append')[0]?.value, 'a=1, b="2"')
      },
    },
  },
  {
    id: 'boot/order-per-device',
    title: 'devices boot in the order they say',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk('a', 'vda', "<boot order='2'/>") + disk('b', 'vdb', "<boot order='1'/>"),
    }),
    expect: {
      plan(planned) {
        strictEqual(deviceOption(planned, 'virtio-disk0').properties['bootindex'], 2)
        strictEqual(deviceOption(planned, 'virtio-disk1').properties['bootindex'], 1)
      },
    },
  },
  {
    id: 'boot/devices',
    title: 'kinds of devices boot in the order of <os>',
    uses: ['device:disk/virtio', 'device:interface/virtio'],
    domain: domainXml({
      os: "<boot dev='network'/><boot dev='hd'/>",
      devices: `${disk('a', 'vda', '')}<interface type='user'><model type='virtio'/></interface>`,
    }),
    expect: {
      plan(planned) {
        strictEqual(deviceOption(planned, 'net0').properties['bootindex'], 1)
        strictEqual(deviceOption(planned, 'virtio-disk0').properties['bootindex'], 2)
      },
    },
  },
  {
    id: 'boot/both-orders',
    title: 'both ways to order at once are refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({ os: "<boot dev='hd'/>", devices: disk('a', 'vda', "<boot order='1'/>") }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: '' },
  },
  {
    id: 'boot/order-twice',
    title: 'two devices that are both the first are refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk('a', 'vda', "<boot order='1'/>") + disk('b', 'vdb', "<boot order='1'/>"),
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/' },
  },
  {
    id: 'boot/order-zero',
    title: 'devices are counted from the first',
    uses: ['device:disk/virtio'],
    domain: domainXml({ devices: disk('a', 'vda', "<boot order='0'/>") }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/disk' },
  },
  {
    id: 'boot/device-unknown',
    title: 'a kind of device that nobody boots from is refused',
    uses: [],
    domain: domainXml({ os: "<boot dev='tape'/>" }),
    refused: { code: 'ERR_XML_ERROR', path: 'os/boot' },
  },
  {
    id: 'boot/initrd-alone',
    title: 'an initramfs without a kernel boots nothing, and is refused or without effect',
    uses: [],
    domain: domainXml({ os: '<initrd>/boot/initrd</initrd>' }),
    mayRefuse: 'os/',
    live: false,
    golden: false,
  },
]
