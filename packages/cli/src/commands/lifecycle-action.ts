import { changeTarget } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { Hypervisor, LifecycleEvent } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { need, targetOptions } from '../option-specs.ts'

const types: readonly LifecycleEvent[] = ['poweroff', 'reboot', 'crash']
type Action = Parameters<Hypervisor['domainSetLifecycleAction']>[2]

const actions: readonly Action[] = [
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
]

export const commands: readonly Command[] = [
  {
    name: 'set-lifecycle-action',
    group: 'domain',
    summary: 'change lifecycle actions',
    description: 'Change lifecycle actions for the guest domain.',
    options: [
      domainOption,
      need('type', 'lifecycle type to modify', types),
      need('action', 'lifecycle action to set', actions),
      ...targetOptions,
    ],
    run: setAction,
  },
]

async function setAction(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const type = types.find((each) => each === options.need('type'))
  if (type === undefined) throw invalidArgument(`Invalid lifecycle type '${options.need('type')}'.`)
  const action = actions.find((each) => each === options.need('action'))
  if (action === undefined)
    throw invalidArgument(`Invalid lifecycle action '${options.need('action')}'.`)
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    'Unable to change lifecycle action.',
    hypervisor.domainSetLifecycleAction(reference, type, action, target),
  )
  return { json: { type, action } }
}
