import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, OptionSpec, Options } from '../command.ts'
import { nodeDeviceCapabilities, printable } from '../core.ts'
import type { Hypervisor, NodeDevice, NodeDeviceCapability } from '../core.ts'
import { flag, need, text, xpathOptions } from '../option-specs.ts'
import { formatRows } from '../output/format-rows.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { partAnswer } from '../output/part-answer.ts'
import { formatTree } from '../snapshots/format-tree.ts'

const named = "device name or wwn pair in 'wwnn,wwpn' format"

const deviceOption = (help: string): OptionSpec => need('device', help, 'node-device')

export const commands: readonly Command[] = [
  {
    name: 'nodedev-detach',
    group: 'nodedev',
    summary: 'detach node device from its device driver',
    description: 'Detach node device from its device driver before assigning to a domain.',
    options: [
      deviceOption('device key'),
      text('driver', "pci device assignment backend driver (e.g. 'vfio' or 'xen')", ['vfio']),
    ],
    run: async (context, options) => {
      const driver = options.text('driver')
      const { hypervisor, device } = await lookUp(context, options)
      const work = hypervisor.nodeDeviceDetach(device.name, driver === undefined ? {} : { driver })
      await explainFailure(`Failed to detach device ${device.name}`, work)
      return { remark: `Device ${printable(device.name)} detached\n` }
    },
  },
  {
    name: 'nodedev-dumpxml',
    group: 'nodedev',
    summary: 'node device details in XML',
    description: 'Output the node device details as an XML dump to stdout.',
    options: [deviceOption(named), ...xpathOptions],
    run: async (context, options) => {
      const { hypervisor, device } = await lookUp(context, options)
      return partAnswer(context, options, await hypervisor.nodeDeviceGetXmlDesc(device.name))
    },
  },
  {
    name: 'nodedev-list',
    group: 'nodedev',
    summary: 'enumerate devices on this host',
    options: [
      flag('tree', 'list devices in a tree'),
      text('cap', 'capability names, separated by comma', nodeDeviceCapabilities),
      flag('inactive', 'list inactive devices'),
      flag('all', 'list inactive & active devices'),
    ],
    run: list,
  },
  {
    name: 'nodedev-reattach',
    group: 'nodedev',
    summary: 'reattach node device to its device driver',
    description: 'Reattach node device to its device driver once released by the domain.',
    options: [deviceOption('device key')],
    run: async (context, options) => {
      const { hypervisor, device } = await lookUp(context, options)
      const work = hypervisor.nodeDeviceReAttach(device.name)
      await explainFailure(`Failed to re-attach device ${device.name}`, work)
      return { remark: `Device ${printable(device.name)} re-attached\n` }
    },
  },
  {
    name: 'nodedev-reset',
    group: 'nodedev',
    summary: 'reset node device',
    description: 'Reset node device before or after assigning to a domain.',
    options: [deviceOption('device key')],
    run: async (context, options) => {
      const { hypervisor, device } = await lookUp(context, options)
      const work = hypervisor.nodeDeviceReset(device.name)
      await explainFailure(`Failed to reset device ${device.name}`, work)
      return { remark: `Device ${printable(device.name)} reset\n` }
    },
  },
  {
    name: 'nodedev-info',
    group: 'nodedev',
    summary: 'node device information',
    description: 'Returns basic information about the node device',
    options: [deviceOption(named)],
    run: info,
  },
]

interface Found {
  readonly hypervisor: Hypervisor
  readonly device: NodeDevice
}

async function lookUp(context: Context, options: Options): Promise<Found> {
  const name = options.need('device')
  const hypervisor = await context.hypervisor()
  const device = await explainFailure(
    `Could not find matching device '${name}'`,
    hypervisor.nodeDeviceLookup(name),
  )
  return { hypervisor, device }
}

/** Inactive devices are those that libvirt would make by itself, of which there are none here. */
async function list(context: Context, options: Options): Promise<Answer> {
  const [tree, inactive] = [options.flag('tree'), options.flag('inactive')]
  if (inactive && options.flag('all'))
    throw invalidArgument('Option --all is incompatible with --inactive')
  const words = options.text('cap')
  if (tree && (inactive || words !== undefined))
    throw invalidArgument('Option --tree is incompatible with --cap and --inactive')
  const capabilities = words?.split(',').map(capabilityOf)
  const hypervisor = await context.hypervisor()
  const devices = inactive
    ? []
    : await explainFailure(
        'Failed to list node devices',
        hypervisor.nodeDeviceListAll(capabilities === undefined ? {} : { capabilities }),
      )
  if (tree) return { text: formatTree(devices), json: devices }
  return { ...linesAnswer(devices.map(({ name }) => name)), json: devices }
}

function capabilityOf(word: string): NodeDeviceCapability {
  const found = nodeDeviceCapabilities.find((one) => one === word)
  if (found !== undefined) return found
  throw invalidArgument('Invalid capability type')
}

async function info(context: Context, options: Options): Promise<Answer> {
  const { device } = await lookUp(context, options)
  // Only the machine itself is there at each start of the host, whatever is plugged in.
  const lasting = device.parent === undefined ? 'yes' : 'no'
  const rows = [
    ['Name:', device.name],
    ['Parent:', device.parent ?? ''],
    ['Active:', 'yes'],
    ['Persistent:', lasting],
    ['Autostart:', lasting],
  ] as const
  return { text: formatRows(rows), json: device }
}
