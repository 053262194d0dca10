import { excludeTargets } from '../change-target.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { changeDefinition } from '../config/change-definition.ts'
import { putChild, valueElement } from '../config/child-element.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, need } from '../option-specs.ts'

const types = ['poweroff', 'reboot', 'crash']
const actions = [
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
      flag('config', 'affect next boot'),
      flag('live', 'affect running domain'),
      flag('current', 'affect current domain'),
    ],
    run: setAction,
  },
]

async function setAction(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  const type = options.need('type')
  const action = options.need('action')
  if (!types.includes(type)) throw invalid(`Invalid lifecycle type '${type}'.`)
  if (!actions.includes(action)) throw invalid(`Invalid lifecycle action '${action}'.`)
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const failure = 'Unable to change lifecycle action.'
  if (options.flag('live') || (domain.id !== undefined && !options.flag('config'))) {
    throw new CommandError(failure, {
      cause: new CommandError('a guest that runs keeps the actions it was started with', {
        code: 'ERR_OPERATION_UNSUPPORTED',
      }),
      hint: 'they are changed for its next start with --config',
    })
  }
  await explainFailure(
    failure,
    changeDefinition(hypervisor, reference, (document, root) => [
      putChild(document, root, {
        name: `on_${type}`,
        element: valueElement(`on_${type}`, action),
      }),
    ]),
  )
  return { json: { type, action } }
}

function invalid(message: string): CommandError {
  return new CommandError(message, { code: 'ERR_INVALID_ARG' })
}
