import { CommandError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { attachConsole } from '../console/attach-console.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text } from '../option-specs.ts'

export const commands: readonly Command[] = [
  {
    name: 'console',
    group: 'domain',
    summary: 'connect to the guest console',
    description: 'Connect the virtual serial console for the guest',
    options: [
      { ...domainOption, complete: 'active-domain' },
      text('devname', 'character device name', 'console'),
      flag('force', 'force console connection (disconnect already connected sessions)'),
      // A console here always has one reader at most, which is what --safe asks for.
      flag('safe', 'only connect if safe console handling is supported'),
    ],
    run: console,
  },
]

async function console(context: Context, options: Options): Promise<Answer> {
  const device = options.text('devname')
  const { domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) {
    throw new CommandError('The domain is not running', { code: 'ERR_OPERATION_INVALID' })
  }
  await attachConsole({
    context,
    reference,
    name: domain.name,
    force: options.flag('force'),
    ...(device === undefined ? {} : { device }),
  })
  return {}
}
