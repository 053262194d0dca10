import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { VersionInfo } from '../core.ts'
import { safeXml } from '../output/safe-xml.ts'

export const commands: readonly Command[] = [
  {
    name: 'capabilities',
    group: 'host',
    summary: 'capabilities',
    description: 'Returns capabilities of hypervisor/driver.',
    options: [],
    run: async (context) => {
      const hypervisor = await context.hypervisor()
      const xml = await explainFailure(
        'failed to get capabilities',
        hypervisor.connectGetCapabilities(),
      )
      return document(context, xml)
    },
  },
  {
    name: 'domcapabilities',
    group: 'host',
    summary: 'domain capabilities',
    description: 'Returns capabilities of emulator with respect to host and libvirt.',
    options: [
      {
        name: 'virttype',
        kind: 'string',
        help: 'virtualization type (/domain/@type)',
        complete: ['kvm', 'qemu'],
      },
      {
        name: 'emulatorbin',
        kind: 'string',
        help: 'path to emulator binary (/domain/devices/emulator)',
      },
      {
        name: 'arch',
        kind: 'string',
        help: 'domain architecture (/domain/os/type/@arch)',
        complete: 'arch',
      },
      { name: 'machine', kind: 'string', help: 'machine type (/domain/os/type/@machine)' },
    ],
    run: domcapabilities,
  },
  {
    name: 'hostname',
    group: 'host',
    summary: 'print the hypervisor hostname',
    options: [],
    run: async (context) => {
      const name = await (await context.hypervisor()).connectGetHostname()
      return { text: `${printable(name)}\n`, json: name }
    },
  },
  {
    name: 'nodeinfo',
    group: 'host',
    summary: 'node information',
    description: 'Returns basic information about the node.',
    options: [],
    run: nodeinfo,
  },
  {
    name: 'uri',
    group: 'host',
    summary: 'print the hypervisor canonical URI',
    options: [],
    run: async (context) => {
      const { uri } = await context.hypervisor()
      return { text: `${printable(uri)}\n`, json: uri }
    },
  },
  {
    name: 'version',
    group: 'host',
    summary: 'show version',
    description: 'Display the system version information.',
    options: [{ name: 'daemon', kind: 'bool', help: 'report daemon version too' }],
    run: version,
  },
]

/** virsh ends a document of the host with a line end of its own. */
function document(context: Context, xml: string): Answer {
  return { text: `${context.output.isTerminal ? safeXml(xml) : xml}\n`, json: { xml } }
}

async function domcapabilities(context: Context, options: Options): Promise<Answer> {
  const [virtType, emulator, arch, machine] = ['virttype', 'emulatorbin', 'arch', 'machine'].map(
    (name) => options.text(name),
  )
  const failure = 'failed to get emulator capabilities'
  if (virtType !== undefined && virtType !== 'kvm' && virtType !== 'qemu') {
    const { domainError } = await import('../core.ts')
    const unknown = domainError('ERR_INVALID_ARG', `unknown virttype: ${printable(virtType)}`)
    return explainFailure(failure, Promise.reject(unknown), { hint: 'offered: kvm, qemu' })
  }
  const hypervisor = await context.hypervisor()
  const xml = await explainFailure(
    failure,
    hypervisor.connectGetDomainCapabilities({
      ...(virtType === undefined ? {} : { virtType }),
      ...(emulator === undefined ? {} : { emulator }),
      ...(arch === undefined ? {} : { arch }),
      ...(machine === undefined ? {} : { machine }),
    }),
  )
  return document(context, xml)
}

async function nodeinfo(context: Context): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const info = await explainFailure('failed to get node information', hypervisor.nodeGetInfo())
  const rows: readonly (readonly [string, string | number])[] = [
    ['CPU model:', printable(info.model)],
    ['CPU(s):', info.cpus],
    // Some hosts, Power and Arm among them, do not tell.
    ...(info.mhz > 0 ? [['CPU frequency:', `${info.mhz} MHz`] as const] : []),
    ['CPU socket(s):', info.sockets],
    ['Core(s) per socket:', info.cores],
    ['Thread(s) per core:', info.threads],
    ['NUMA cell(s):', info.nodes],
    ['Memory size:', `${info.memoryKiB} KiB`],
  ]
  return { text: rows.map(([name, value]) => `${name.padEnd(20)} ${value}\n`).join(''), json: info }
}

async function version(context: Context, options: Options): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const info = await hypervisor.connectGetVersion()
  const own = printable(info.polyvirt)
  return {
    text: [
      `Compiled against library: polyvirt ${own}\n`,
      `Using library: polyvirt ${own}\n`,
      `Using API: QEMU ${own}\n`,
      ...hypervisorLines(info),
      // The daemon is this process.
      ...(options.flag('daemon') ? [`Running against daemon: ${own}\n`] : []),
    ].join(''),
    json: info,
  }
}

/** virsh's one line where all emulators are of one version, else one for each architecture. */
function hypervisorLines({ emulators }: VersionInfo): readonly string[] {
  const versions = new Set(emulators.map((emulator) => emulator.version))
  if (versions.size === 0) return ['Cannot extract running QEMU hypervisor version\n']
  if (versions.size === 1)
    return [`Running hypervisor: QEMU ${printable([...versions][0] ?? '')}\n`]
  return emulators.map(
    (emulator) =>
      `Running hypervisor: QEMU ${printable(emulator.version)} (${printable(emulator.arch)})\n`,
  )
}
