import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, need, text } from '../option-specs.ts'
import { linesAnswer } from '../output/line-answer.ts'
import { exclude } from '../parse/option-pairs.ts'
import { askAgent } from '../qemu/ask-agent.ts'
import { readDocument } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'get-user-sshkeys',
    group: 'domain',
    summary: 'list authorized SSH keys for given user (via agent)',
    description: 'Use the guest agent to query authorized SSH keys for given user',
    options: [domainOption, need('user', 'user to list authorized keys for')],
    run: getKeys,
  },
  {
    name: 'set-user-sshkeys',
    group: 'domain',
    summary: 'manipulate authorized SSH keys file for given user (via agent)',
    description:
      'Append, reset or remove specified key from the authorized keys file for given user',
    options: [
      domainOption,
      need('user', 'user to set authorized keys for'),
      text('file', 'optional file to read keys from'),
      flag('reset', 'clear out authorized keys file before adding new keys'),
      flag('remove', 'remove keys from the authorized keys file'),
    ],
    run: setKeys,
  },
  {
    name: 'set-user-password',
    group: 'domain',
    summary: 'set the user password inside the domain',
    description: 'changes the password of the specified user inside the domain',
    options: [
      domainOption,
      need('user', 'the username'),
      need('password', 'the new password'),
      flag('encrypted', 'the password is already encrypted'),
    ],
    run: setPassword,
  },
]

async function getKeys(context: Context, options: Options): Promise<Answer> {
  const username = options.need('user')
  const { keys } = await askAgent<{ readonly keys: readonly string[] }>(context, options, {
    execute: 'guest-ssh-get-authorized-keys',
    arguments: { username },
  })
  return linesAnswer(keys)
}

async function setKeys(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'reset', 'remove')
  const username = options.need('user')
  const file = options.text('file')
  const [reset, removing] = [options.flag('reset'), options.flag('remove')]
  if (file === undefined && !reset) {
    throw invalidArgument(
      removing ? 'Option --file is required with --remove' : 'Option --file or --reset is required',
    )
  }
  const lines = file === undefined ? [] : (await readDocument(file)).split('\n')
  const keys = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (file !== undefined && keys.length === 0) {
    throw invalidArgument(`File ${file} contains no keys`)
  }
  await askAgent(context, options, {
    execute: removing ? 'guest-ssh-remove-authorized-keys' : 'guest-ssh-add-authorized-keys',
    arguments: { username, keys, ...(reset && { reset }) },
  })
  return { json: { user: username, keys: keys.length } }
}

async function setPassword(context: Context, options: Options): Promise<Answer> {
  const user = options.need('user')
  const password = options.need('password')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetUserPassword(reference, user, password, {
    encrypted: options.flag('encrypted'),
    signal: context.signal,
  })
  return {
    remark: `Password set successfully for ${printable(user)} in ${printable(domain.name)}`,
    json: { name: domain.name, user },
  }
}
