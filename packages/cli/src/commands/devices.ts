import { CommandError } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { elementAt, printable } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'
import { formatTable } from '../output/format-table.ts'
import { devicesOf } from '../xml/devices-of.ts'

const inactive: OptionSpec = flag('inactive', 'get inactive rather than running configuration')

export const commands: readonly Command[] = [
  {
    name: 'domdisplay',
    group: 'domain',
    summary: 'domain display connection URI',
    description: 'Output the IP address and port number for the graphical display.',
    options: [
      { ...domainOption, complete: 'active-domain' },
      flag('include-password', 'includes the password into the connection URI if available'),
      text('type', 'select particular graphical display (e.g. "vnc", "spice", "rdp", "dbus")', [
        'vnc',
        'spice',
      ]),
      flag('all', 'show all possible graphical displays'),
    ],
    run: domdisplay,
  },
  {
    name: 'ttyconsole',
    group: 'domain',
    summary: 'tty console',
    description: 'Output the device for the TTY console.',
    options: [domainOption],
    run: ttyconsole,
  },
  {
    name: 'vncdisplay',
    group: 'domain',
    summary: 'vnc display',
    description: 'Output the IP address and port number for the VNC display.',
    options: [{ ...domainOption, complete: 'active-domain' }],
    run: vncdisplay,
  },
  {
    name: 'domblklist',
    group: 'monitor',
    summary: 'list all domain blocks',
    description: 'Get the summary of block devices for a domain.',
    options: [
      domainOption,
      inactive,
      flag('details', 'additionally display the type and device value'),
    ],
    run: domblklist,
  },
  {
    name: 'domiflist',
    group: 'monitor',
    summary: 'list all domain virtual interfaces',
    description: 'Get the summary of virtual interfaces for a domain.',
    options: [domainOption, inactive],
    run: domiflist,
  },
]

async function domdisplay(context: Context, options: Options): Promise<Answer> {
  const type = options.text('type')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) {
    throw new CommandError('Domain is not running', { code: 'ERR_OPERATION_INVALID' })
  }
  const { displays } = await hypervisor.domainGetInfo(reference)
  const wanted = displays.filter((uri) => type === undefined || uri.startsWith(`${type}:`))
  const first = wanted[0]
  if (first === undefined) {
    const message =
      type === undefined
        ? 'No graphical display found'
        : `No graphical display with type '${type}' found`
    throw new CommandError(message, { code: 'ERR_OPERATION_FAILED' })
  }
  const viewed = options.flag('all') ? wanted : [first]
  if (!options.flag('include-password')) {
    return { text: viewed.map((uri) => printable(viewerUri(uri))).join('\n'), json: viewed }
  }
  const xml = await hypervisor.domainGetXmlDesc(reference, { securityInfo: true })
  const graphics = await devicesOf(xml, 'graphics')
  const shown = viewed.map((uri) => [uri, passwordOf(uri, graphics)] as const)
  return {
    text: shown
      .map(([uri, password]) => printable(withPassword(viewerUri(uri), password)))
      .join('\n'),
    json: shown.map(([uri, password]) => withPassword(uri, password)),
  }
}

/** Of the display that listens there; one behind a socket is found by nothing, and has no place for it. */
function passwordOf(uri: string, graphics: readonly XmlElement[]): string | undefined {
  const [, type, number = ''] = /^(\w+):.*:(\d+)$/.exec(uri) ?? []
  const port = type === 'vnc' && Number(number) < 5900 ? Number(number) + 5900 : Number(number)
  const display = graphics.find(
    ({ attributes }) => attributes.get('type') === type && attributes.get('port') === String(port),
  )
  return display?.attributes.get('passwd')
}

/** Where virsh has it, and as it is: what a URI would escape is not escaped. */
function withPassword(uri: string, password: string | undefined): string {
  if (password === undefined) return uri
  return uri.startsWith('vnc:')
    ? uri.replace('//', () => `//:${password}@`)
    : `${uri}?password=${password}`
}

async function vncdisplay(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) {
    throw new CommandError('Domain is not running', { code: 'ERR_OPERATION_INVALID' })
  }
  const { displays } = await hypervisor.domainGetInfo(reference)
  const uri = displays.find((each) => each.startsWith('vnc:'))
  if (uri === undefined) {
    throw new CommandError('Failed to get VNC port. Is this domain using VNC?', {
      code: 'ERR_OPERATION_FAILED',
    })
  }
  const shown = viewerUri(uri).replace(/^vnc:\/\//, '')
  return { text: `${printable(shown)}\n`, json: uri }
}

async function ttyconsole(context: Context, options: Options): Promise<Answer> {
  const [first] = await devices(context, options, 'console')
  const tty = first?.attributes.get('tty') ?? (first && attribute(first, 'source', 'path'))
  return { text: tty === undefined ? '' : `${printable(tty)}\n`, json: tty ?? null }
}

/** A VNC viewer counts displays from port 5900 on, so virsh prints the display's number. */
function viewerUri(uri: string): string {
  return uri.replace(/^(vnc:.*:)(\d+)$/, (whole, start: string, port: string) =>
    Number(port) >= 5900 ? `${start}${Number(port) - 5900}` : whole,
  )
}

interface Block {
  readonly type: string
  readonly device: string
  readonly target: string
  readonly source: string | null
}

async function domblklist(context: Context, options: Options): Promise<Answer> {
  const blocks = (await devices(context, options, 'disk')).map((disk): Block => {
    const type = disk.attributes.get('type') ?? ''
    return {
      type,
      device: disk.attributes.get('device') ?? 'disk',
      target: attribute(disk, 'target', 'dev') ?? '-',
      source: attribute(disk, 'source', sourceAttributes[type] ?? 'file') ?? null,
    }
  })
  const details = options.flag('details')
  const text = formatTable(
    details ? ['Type', 'Device', 'Target', 'Source'] : ['Target', 'Source'],
    blocks.map(({ type, device, target, source }) => [
      ...(details ? [type, device] : []),
      target,
      source ?? '-',
    ]),
    { quiet: context.settings.quiet },
  )
  return { text, json: blocks }
}

const sourceAttributes: Readonly<Record<string, string>> = {
  block: 'dev',
  dir: 'dir',
  network: 'name',
  volume: 'volume',
}

interface Interface {
  readonly interface: string | null
  readonly type: string
  readonly source: string | null
  readonly model: string | null
  readonly mac: string | null
}

async function domiflist(context: Context, options: Options): Promise<Answer> {
  const found = await devices(context, options, 'interface')
  const interfaces = found.map((element): Interface => {
    const type = element.attributes.get('type') ?? ''
    return {
      interface: attribute(element, 'target', 'dev') ?? null,
      type,
      source: attribute(element, 'source', interfaceSources[type] ?? type) ?? null,
      model: attribute(element, 'model', 'type') ?? null,
      mac: attribute(element, 'mac', 'address') ?? null,
    }
  })
  const text = formatTable(
    ['Interface', 'Type', 'Source', 'Model', 'MAC'],
    interfaces.map((each) => [
      each.interface ?? '-',
      each.type,
      each.source ?? '-',
      each.model ?? '-',
      each.mac ?? '-',
    ]),
    { quiet: context.settings.quiet },
  )
  return { text, json: interfaces }
}

// Where `<source>` does not name the type itself: `<source bridge='br0'/>` of a bridge does.
const interfaceSources: Readonly<Record<string, string>> = { direct: 'dev' }

async function devices(
  context: Context,
  options: Options,
  kind: string,
): Promise<readonly XmlElement[]> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const inactive = options.flag('inactive')
  return devicesOf(await hypervisor.domainGetXmlDesc(reference, { inactive }), kind)
}

function attribute(element: XmlElement, child: string, name: string): string | undefined {
  return elementAt(element, child)?.attributes.get(name)
}
