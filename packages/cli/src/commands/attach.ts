import { checkDeviceTarget, deviceTarget } from '../attach/device-target.ts'
import { diskXml } from '../attach/disk-xml.ts'
import { interfaceXml } from '../attach/interface-xml.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt } from '../core.ts'
import type { ChangeTarget, XmlElement } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import type { FoundDomain } from '../lookup-domain.ts'
import { flag, need, targetOptions, text } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { devicesOf } from '../xml/devices-of.ts'

export const commands: readonly Command[] = [
  {
    name: 'attach-disk',
    group: 'domain',
    summary: 'attach disk device',
    description: 'Attach new disk device.',
    options: [
      domainOption,
      need('source', 'source of disk device or name of network disk'),
      need('target', 'target of disk device'),
      text('targetbus', 'target bus of disk device'),
      text('driver', 'driver of disk device'),
      text('subdriver', 'subdriver of disk device'),
      text('iothread', 'IOThread to be used by supported device'),
      text('cache', 'cache mode of disk device'),
      text('io', 'io policy of disk device'),
      text('type', 'target device type'),
      text('mode', 'mode of device reading and writing'),
      text('sourcetype', 'type of source (block|file|network)'),
      text('serial', 'serial of disk device'),
      text('wwn', 'wwn of disk device'),
      text('alias', 'custom alias name of disk device'),
      flag('rawio', 'needs rawio capability'),
      text('address', 'address of disk device'),
      flag('multifunction', 'use multifunction pci under specified address'),
      flag('print-xml', 'print XML document rather than attach the disk'),
      text('source-protocol', 'protocol used by disk device source'),
      text('source-host-name', 'host name for source of disk device'),
      text('source-host-transport', 'host transport for source of disk device'),
      text('source-host-socket', 'host socket for source of disk device'),
      flag('persistent', 'make live change persistent'),
      ...targetOptions,
    ],
    run: (context, options) => attach(context, options, { kind: 'disk', xml: diskXml(options) }),
  },
  {
    name: 'attach-interface',
    group: 'domain',
    summary: 'attach network interface',
    description: 'Attach new network interface.',
    options: [
      domainOption,
      need('type', 'network interface type'),
      need('source', 'source of network interface'),
      text('target', 'target network name'),
      text('mac', 'MAC address'),
      text('script', 'script used to bridge network interface'),
      text('model', 'model type'),
      text('alias', 'custom alias name of interface device'),
      text('inbound', "control domain's incoming traffics"),
      text('outbound', "control domain's outgoing traffics"),
      flag('persistent', 'make live change persistent'),
      ...targetOptions,
      flag('print-xml', 'print XML document rather than attach the interface'),
      flag('managed', 'libvirt will automatically detach/attach the device from/to host'),
      text('source-mode', 'mode attribute of <source/> element'),
    ],
    run: (context, options) =>
      attach(context, options, { kind: 'interface', xml: interfaceXml(options) }),
  },
  {
    name: 'detach-disk',
    group: 'domain',
    summary: 'detach disk device',
    description: 'Detach disk device.',
    options: [
      domainOption,
      need('target', 'target of disk device'),
      flag('persistent', 'make live change persistent'),
      ...targetOptions,
      flag('print-xml', 'print XML document rather than detach the disk'),
    ],
    run: detachDisk,
  },
  {
    name: 'detach-interface',
    group: 'domain',
    summary: 'detach network interface',
    description: 'Detach network interface.',
    options: [
      domainOption,
      need('type', 'network interface type'),
      text('mac', 'MAC address'),
      flag('persistent', 'make live change persistent'),
      ...targetOptions,
      flag('print-xml', 'print XML document rather than detach the interface'),
    ],
    run: detachInterface,
  },
]

type Kind = 'disk' | 'interface'

const titles: Readonly<Record<Kind, string>> = { disk: 'Disk', interface: 'Interface' }

async function attach(
  context: Context,
  options: Options,
  { kind, xml }: { readonly kind: Kind; readonly xml: string },
): Promise<Answer> {
  checkDeviceTarget(options)
  const found = await lookupDomain(context, options)
  if (options.flag('print-xml')) return documentAnswer(context, xml)
  const changed = await explainFailure(
    `Failed to attach ${kind}`,
    found.hypervisor.domainAttachDevice(found.reference, xml, {
      ...deviceTarget(options, found.domain),
      signal: context.signal,
    }),
  )
  warnAll(context, changed.warnings)
  return { remark: `${titles[kind]} attached successfully\n`, json: changed }
}

/** The devices of one kind, of the definition that is to be changed. */
async function changedDevices(
  { hypervisor, reference }: FoundDomain,
  target: ChangeTarget,
  kind: string,
): Promise<readonly XmlElement[]> {
  const inactive = target.config === true && target.live !== true
  return devicesOf(await hypervisor.domainGetXmlDesc(reference, { inactive }), kind)
}

async function detachDisk(context: Context, options: Options): Promise<Answer> {
  checkDeviceTarget(options)
  const wanted = options.need('target')
  const found = await lookupDomain(context, options)
  const target = deviceTarget(options, found.domain)
  const disk = (await changedDevices(found, target, 'disk')).find((each) => {
    const source = elementAt(each, 'source')?.attributes
    return [
      elementAt(each, 'target')?.attributes.get('dev'),
      ...['file', 'dev', 'dir', 'name'].map((name) => source?.get(name)),
    ].includes(wanted)
  })
  if (disk === undefined) {
    throw new CommandError(`No disk found whose source path or target is ${wanted}`, {
      code: 'ERR_DEVICE_MISSING',
    })
  }
  return detach(context, options, { found, target, kind: 'disk', device: disk })
}

async function detachInterface(context: Context, options: Options): Promise<Answer> {
  checkDeviceTarget(options)
  const type = options.need('type')
  const mac = options.text('mac')
  const found = await lookupDomain(context, options)
  const target = deviceTarget(options, found.domain)
  const ofType = (await changedDevices(found, target, 'interface')).filter(
    (each) => each.attributes.get('type') === type,
  )
  const failure = (message: string): CommandError =>
    new CommandError('Failed to detach interface', {
      cause: new CommandError(message),
      code: 'ERR_DEVICE_MISSING',
    })
  if (ofType.length === 0) throw failure(`No interface found whose type is ${type}`)
  const matching = ofType.filter(
    (each) =>
      mac === undefined ||
      elementAt(each, 'mac')?.attributes.get('address')?.toLowerCase() === mac.toLowerCase(),
  )
  const [device] = matching
  if (device === undefined) throw failure(`No interface with MAC address ${mac ?? ''} was found`)
  if (matching.length > 1) {
    throw failure(
      mac === undefined
        ? `Domain has ${matching.length} interfaces. Please specify which one to detach using --mac`
        : `Domain has multiple interfaces matching MAC address ${mac}. You must use detach-device and specify the device pci address to remove it.`,
    )
  }
  return detach(context, options, { found, target, kind: 'interface', device })
}

interface Detached {
  readonly found: FoundDomain
  readonly target: ChangeTarget
  readonly kind: Kind
  readonly device: XmlElement
}

async function detach(
  context: Context,
  options: Options,
  { found, target, kind, device }: Detached,
): Promise<Answer> {
  if (options.flag('print-xml')) return documentAnswer(context, device.source)
  const changed = await explainFailure(
    `Failed to detach ${kind}`,
    found.hypervisor.domainDetachDevice(found.reference, device.source, {
      ...target,
      signal: context.signal,
    }),
  )
  warnAll(context, changed.warnings)
  return { remark: `${titles[kind]} detached successfully\n`, json: changed }
}
