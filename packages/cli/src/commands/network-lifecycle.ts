import type { Answer, Command, Context, Options } from '../command.ts'
import { lookupNetwork, networkOption } from '../network/lookup-network.ts'
import { flag } from '../option-specs.ts'
import { autostartVerb, doVerb } from '../stored/do-verb.ts'
import type { Verb } from '../stored/do-verb.ts'

export const commands: readonly Command[] = [
  {
    name: 'net-autostart',
    group: 'network',
    summary: 'autostart a network',
    description: 'Configure a network to be automatically started at boot.',
    options: [networkOption, flag('disable', 'disable autostarting')],
    run: (context, options) =>
      change(
        context,
        options,
        autostartVerb(options, (hypervisor, uuid, wanted) =>
          hypervisor.networkSetAutostart(uuid, wanted),
        ),
      ),
  },
  {
    name: 'net-destroy',
    group: 'network',
    summary: 'destroy (stop) a network',
    description: 'Forcefully stop a given network.',
    options: [networkOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'destroy',
        done: 'destroyed',
        act: (hypervisor, uuid) => hypervisor.networkDestroy(uuid),
      }),
  },
  {
    name: 'net-start',
    group: 'network',
    summary: 'start a (previously defined) inactive network',
    description: 'Start a network.',
    options: [networkOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'start',
        done: 'started',
        act: (hypervisor, uuid) => hypervisor.networkCreate(uuid),
      }),
  },
  {
    name: 'net-undefine',
    group: 'network',
    summary: 'undefine a persistent network',
    description: 'Undefine the configuration for a persistent network.',
    options: [networkOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'undefine',
        done: 'has been undefined',
        act: (hypervisor, uuid) => hypervisor.networkUndefine(uuid),
      }),
  },
]

async function change(context: Context, options: Options, verb: Verb): Promise<Answer> {
  const { hypervisor, network } = await lookupNetwork(context, options)
  const { name, uuid } = network
  return doVerb({ hypervisor, kind: 'network', name, uuid }, verb)
}
