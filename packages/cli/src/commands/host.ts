import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable, recordHost } from '../core.ts'
import type { HostRecording, VersionInfo } from '../core.ts'
import { flag, need } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { lineAnswer } from '../output/line-answer.ts'

export const commands: readonly Command[] = [
  {
    name: 'host info',
    group: 'host',
    summary: 'print what is known of this machine',
    description:
      'Print the CPU, topology, NUMA cells, caches, firmware and virtualization of this\n' +
      'machine, and what could not be understood.',
    options: [],
    run: hostInfo,
  },
  {
    name: 'host record',
    group: 'host',
    summary: 'record this machine as a folder that serves as a host',
    description:
      'Copy the files that describe this machine into an empty folder. A connection to\n' +
      "'qemu:///embed?root=DIR&host=FOLDER' then has this machine as its host, anywhere.\n" +
      'Serial numbers and UUIDs are replaced.',
    options: [need('directory', 'an empty or new folder')],
    run: hostRecord,
  },
  {
    name: 'hostname',
    group: 'host',
    summary: 'print the hypervisor hostname',
    options: [],
    run: async (context) => {
      const name = await (await context.hypervisor()).connectGetHostname()
      return lineAnswer(name)
    },
  },
  {
    name: 'sysinfo',
    group: 'host',
    summary: 'print the hypervisor sysinfo',
    description: 'output an XML string for the hypervisor sysinfo, if available',
    options: [],
    run: async (context) => {
      const hypervisor = await context.hypervisor()
      const xml = await explainFailure('failed to get sysinfo', hypervisor.connectGetSysinfo())
      return documentAnswer(context, xml)
    },
  },
  {
    name: 'uri',
    group: 'host',
    summary: 'print the hypervisor canonical URI',
    options: [],
    run: async (context) => {
      const { uri } = await context.hypervisor()
      return lineAnswer(uri)
    },
  },
  {
    name: 'version',
    group: 'host',
    summary: 'show version',
    description: 'Display the system version information.',
    options: [flag('daemon', 'report daemon version too')],
    run: version,
  },
]

async function hostInfo(context: Context): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const info = await explainFailure('failed to get host information', hypervisor.nodeGetHostInfo())
  const { formatHostInfo } = await import('../output/format-host-info.ts')
  return { text: formatHostInfo(info, context.output.columns), json: info }
}

/** Of this very machine, whatever the connection is to. */
async function hostRecord(context: Context, options: Options): Promise<Answer> {
  const directory = options.need('directory')
  const recording = await explainFailure(
    `Failed to record this machine in ${directory}`,
    recordHost(context.arches.registry, directory),
  )
  for (const path of recording.skipped) context.warn(`not recorded, as it is too much: ${path}`)
  return { remark: recorded(recording, directory), json: { directory, ...recording } }
}

function recorded({ arch, files, bytes, anonymized }: HostRecording, directory: string): string {
  const replaced = anonymized.map((path) => `  ${printable(path)}\n`)
  return [
    `Host (${printable(arch)}) recorded in ${printable(directory)}: ${files} files, ${bytes} bytes\n`,
    ...(replaced.length === 0
      ? []
      : ['What names this very machine was replaced in:\n', ...replaced]),
  ].join('')
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
