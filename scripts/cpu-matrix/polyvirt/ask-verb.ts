import { readXml } from '@polyvirt/core'
import type { Answer, Part } from '../answer.ts'
import type { CaseKind, MatrixCase } from '../cases/matrix-case.ts'
import { cpuFacts } from '../cpu-facts.ts'
import { domainCapabilityFacts } from '../domain-capabilities.ts'
import { askedEmulator } from './asked-emulator.ts'
import {
  baselineOfHosts,
  baselineOfHypervisors,
  compareWithHost,
  compareWithHypervisor,
  contextOf,
  domainCapabilitiesXml,
} from './core-rooms.ts'
import type { MatrixFacts } from './matrix-facts.ts'

type Verb = (one: MatrixCase, facts: MatrixFacts) => Promise<Answer>

/** What virsh's verbs ask of a hypervisor, asked of what is behind its methods. They may throw. */
export const askVerb: Readonly<Record<Exclude<CaseKind, 'domain'>, Verb>> = {
  'cpu-compare': async ({ xml = '' }, { host, registry }) =>
    comparison('cpu-compare', await compareWithHost(xml, {}, host, registry)),
  'hypervisor-cpu-compare': async (one, facts) =>
    comparison(
      'hypervisor-cpu-compare',
      compareWithHypervisor(one.xml ?? '', {}, await hypervisorCpu(one, facts)),
    ),
  'cpu-baseline': async (one, { host, registry }) => {
    const cpu = await baselineOfHosts([one.xml ?? ''], optionsOf(one), host.arch, registry)
    return { parts: { 'cpu-baseline': cpuFacts(readXml(cpu)) } }
  },
  'hypervisor-cpu-baseline': async (one, facts) => {
    const hypervisor = await hypervisorCpu(one, facts)
    const cpu = baselineOfHypervisors([one.xml ?? ''], optionsOf(one), hypervisor)
    return { parts: { 'hypervisor-cpu-baseline': cpuFacts(readXml(cpu)) } }
  },
  'cpu-models': async ({ arch }, { registry }) => {
    const { cpu } = await registry.find(arch)
    return { parts: { 'cpu-models': cpu.models.map(({ name }) => name) } }
  },
  domcapabilities: async (one, facts) => {
    const document = domainCapabilitiesXml(await askedEmulator(one, facts))
    return { parts: domainCapabilityFacts(readXml(document)) }
  },
}

async function hypervisorCpu(
  one: MatrixCase,
  facts: MatrixFacts,
): Promise<Parameters<typeof compareWithHypervisor>[2]> {
  const asked = await askedEmulator(one, facts)
  return { arch: asked.arch, emulator: asked.emulator, context: contextOf(asked).cpu }
}

function comparison(
  part: Part,
  { result, reason }: { readonly result: string; readonly reason?: string },
): Answer {
  return { parts: { [part]: result }, ...(reason !== undefined && { message: reason }) }
}

function optionsOf({ flags = [] }: MatrixCase): { expandFeatures: boolean; migratable: boolean } {
  return {
    expandFeatures: flags.includes('--features'),
    migratable: flags.includes('--migratable'),
  }
}
