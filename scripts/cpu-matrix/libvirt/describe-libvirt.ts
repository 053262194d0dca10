import { readXml } from '@polyvirt/core'
import { cpuFacts } from '../cpu-facts.ts'
import type { Recording } from '../recording.ts'
import { readAnswers, writeQuestions } from './conversation.ts'
import type { PrivateLibvirt } from '../../lib/private-libvirt.ts'

/** What a libvirt says of itself, its host and the models it knows. */
export interface LibvirtDescription extends Pick<Recording, 'who' | 'host'> {
  readonly models: Recording['vocabulary']['models']
}

export async function describeLibvirt(libvirt: PrivateLibvirt): Promise<LibvirtDescription> {
  const questions = ['version', 'capabilities', 'cpu-models x86_64', 'cpu-models ppc64le'].map(
    (command) => ({ key: command, commands: [command] }),
  )
  const said = readAnswers(questions, await libvirt.virsh(writeQuestions(questions)))
  const about = (command: string): string => said.get(command)?.[0] ?? ''
  const library = /Using library: (libvirt \S+)/.exec(about('version'))?.[1]
  const hypervisor = /Running hypervisor: (\S+ \S+)/.exec(about('version'))?.[1]
  const host = readXml(about('capabilities')).children.find(({ name }) => name === 'host')
  const cpu = host?.children.find(({ name }) => name === 'cpu')
  const arch = cpu?.children.find(({ name }) => name === 'arch')?.text.trim()
  if (cpu === undefined || arch === undefined) throw new Error("libvirt's capabilities have no CPU")
  const { topology: _, ...facts } = cpuFacts(cpu)
  return {
    who: [library, hypervisor].join(', '),
    host: { arch, cpu: facts },
    models: {
      x86: about('cpu-models x86_64').split('\n'),
      power: about('cpu-models ppc64le').split('\n'),
    },
  }
}
