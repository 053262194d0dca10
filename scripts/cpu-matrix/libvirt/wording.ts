import { readXml } from '@polyvirt/core'
import type { Answer, Part } from '../answer.ts'
import type { CaseKind, MatrixCase } from '../cases/matrix-case.ts'
import { cpuFacts, domainCpu } from '../cpu-facts.ts'
import { domainCapabilityFacts } from '../domain-capabilities.ts'
import { refusalIn } from './refusal.ts'
import type { Refusal } from './refusal.ts'

/** How virsh is asked about a kind of case, and what is read from what it says to each command. */
export interface Wording {
  commands(one: MatrixCase, file: string): readonly string[]
  read(said: readonly string[], one: MatrixCase): Answer
}

const domainName = 'cpu-matrix'

export const wording: Readonly<Record<CaseKind, Wording>> = {
  domain: {
    commands: (_, file) => [
      `define ${file}`,
      `dumpxml ${domainName} --inactive`,
      `domxml-to-native qemu-argv --domain ${domainName}`,
      `undefine ${domainName}`,
    ],
    read: readDomain,
  },
  'cpu-compare': {
    commands: (_, file) => [`cpu-compare ${file}`, `cpu-compare ${file} --error`],
    read: (said) => readComparison('cpu-compare', said),
  },
  'hypervisor-cpu-compare': {
    commands: (one, file) => {
      const command = `hypervisor-cpu-compare ${file} ${emulatorOf(one)}`
      return [command, `${command} --error`]
    },
    read: (said) => readComparison('hypervisor-cpu-compare', said),
  },
  'cpu-baseline': {
    commands: ({ flags = [] }, file) => [['cpu-baseline', file, ...flags].join(' ')],
    read: (said) => readBaseline('cpu-baseline', said),
  },
  'hypervisor-cpu-baseline': {
    commands: (one, file) => [
      ['hypervisor-cpu-baseline', file, emulatorOf(one), ...(one.flags ?? [])].join(' '),
    ],
    read: (said) => readBaseline('hypervisor-cpu-baseline', said),
  },
  'cpu-models': {
    commands: ({ arch }) => [`cpu-models ${arch}`],
    read: ([said = '']) => ({ parts: { 'cpu-models': said.split('\n') } }),
  },
  domcapabilities: {
    commands: (one) => [`domcapabilities ${emulatorOf(one)} --machine ${one.machine}`],
    read: ([said = '']) => ({ parts: domainCapabilityFacts(readXml(said)) }),
  },
}

function emulatorOf({ arch }: MatrixCase): string {
  return `--virttype qemu --arch ${arch}`
}

function readDomain(
  [defined = '', dumped = '', native = '']: readonly string[],
  { family }: MatrixCase,
): Answer {
  const atDefine = refusalIn(defined)
  if (atDefine !== undefined) return refused('refused at define', atDefine)
  const dumpxml = domainCpu(readXml(dumped))
  const atStart = refusalIn(native)
  if (atStart !== undefined) {
    const answer = refused('refused at start', atStart)
    return { ...answer, parts: { ...answer.parts, dumpxml } }
  }
  const machine = optionIn(native, 'machine') ?? ''
  return {
    parts: {
      'domain verdict': 'accepted',
      dumpxml,
      '-cpu': optionIn(native, 'cpu') ?? null,
      ...(family === 'power' && {
        '-machine': /,(max-cpu-compat=[^,]*)/.exec(machine)?.[1] ?? null,
      }),
    },
  }
}

function refused(
  verdict: 'refused at define' | 'refused at start',
  { code, message }: Refusal,
): Answer {
  return { parts: { 'domain verdict': verdict, 'domain error': code }, message }
}

/** The value of an option in a shell command, out of its quotes. */
function optionIn(command: string, name: string): string | undefined {
  const found = new RegExp(` -${name} ((?:'[^']*'|\\\\'|[^\\s'])+)`).exec(command)?.[1]
  return found?.replaceAll(/'([^']*)'|\\'/g, (_all, quoted?: string) => quoted ?? "'")
}

/** Asked twice: for the word, and as an error for the reason. */
function readComparison(part: Part, [plain = '', strict = '']: readonly string[]): Answer {
  const refusal = refusalIn(plain)
  const reason = refusal ?? refusalIn(strict)
  const words = ['incompatible', 'superset', 'identical']
  const result = refusal?.code ?? words.find((word) => plain.includes(word)) ?? plain
  return {
    parts: { [part]: result },
    ...(reason !== undefined && { message: reason.message }),
  }
}

function readBaseline(part: Part, [said = '']: readonly string[]): Answer {
  const refusal = refusalIn(said)
  if (refusal !== undefined) return { parts: { [part]: refusal.code }, message: refusal.message }
  return { parts: { [part]: cpuFacts(readXml(said)) } }
}
