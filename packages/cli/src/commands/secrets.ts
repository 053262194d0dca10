import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { readHidden } from '../console/read-hidden.ts'
import { printable } from '../core.ts'
import type { Hypervisor, SecretFilter, SecretSummary } from '../core.ts'
import { validateOption } from '../document-options.ts'
import { flag, need, text, xpathOptions } from '../option-specs.ts'
import { formatTable } from '../output/format-table.ts'
import { partAnswer } from '../output/part-answer.ts'
import { either, exclude } from '../parse/option-pairs.ts'
import { readBytes } from '../read-document.ts'
import { submitDocument } from '../submit-document.ts'

const secretOption = need('secret', 'secret UUID', 'secret')

export const commands: readonly Command[] = [
  {
    name: 'secret-define',
    group: 'secret',
    summary: 'define or modify a secret from an XML file',
    description: 'Define or modify a secret.',
    options: [need('file', 'file containing secret attributes in XML'), validateOption],
    run: define,
  },
  {
    name: 'secret-dumpxml',
    group: 'secret',
    summary: 'secret attributes in XML',
    description: 'Output attributes of a secret as an XML dump to stdout.',
    options: [secretOption, ...xpathOptions],
    run: async (context, options) => {
      const { hypervisor, secret } = await lookup(context, options)
      return partAnswer(context, options, await hypervisor.secretGetXmlDesc(secret.uuid))
    },
  },
  {
    name: 'secret-get-value',
    group: 'secret',
    summary: 'Output a secret value',
    description: 'Output a secret value to stdout.',
    options: [secretOption, flag('plain', 'get value without converting to base64')],
    run: getValue,
  },
  {
    name: 'secret-list',
    group: 'secret',
    summary: 'list secrets',
    description: 'Returns a list of secrets',
    options: [
      flag('ephemeral', 'list ephemeral secrets'),
      flag('no-ephemeral', 'list non-ephemeral secrets'),
      flag('private', 'list private secrets'),
      flag('no-private', 'list non-private secrets'),
    ],
    run: list,
  },
  {
    name: 'secret-set-value',
    group: 'secret',
    summary: 'set a secret value',
    description: 'Set a secret value.',
    options: [
      secretOption,
      text('file', 'read secret from file'),
      flag('plain', 'read the secret from file without converting from base64'),
      flag('interactive', 'read the secret from the terminal'),
      text('base64', 'base64-encoded secret value'),
    ],
    run: setValue,
  },
  {
    name: 'secret-undefine',
    group: 'secret',
    summary: 'undefine a secret',
    description: 'Undefine a secret.',
    options: [secretOption],
    run: async (context, options) => {
      const { hypervisor, secret } = await lookup(context, options)
      await explainFailure(
        `Failed to delete secret ${secret.uuid}`,
        hypervisor.secretUndefine(secret.uuid),
      )
      return { remark: `Secret ${secret.uuid} deleted\n`, json: { uuid: secret.uuid } }
    },
  },
]

interface FoundSecret {
  readonly hypervisor: Hypervisor
  readonly secret: SecretSummary
}

async function lookup(context: Context, options: Options): Promise<FoundSecret> {
  const wanted = options.need('secret')
  const hypervisor = await context.hypervisor()
  const secret = await explainFailure(
    `failed to get secret '${wanted}'`,
    hypervisor.secretLookup(wanted),
  )
  return { hypervisor, secret }
}

async function define(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const { secret, warnings } = await submitDocument(context, file, {
    failure: `Failed to set attributes from ${file}`,
    act: (hypervisor, xml) =>
      hypervisor.secretDefineXml(xml, { validate: options.flag('validate') }),
  })
  return { remark: `Secret ${secret.uuid} created\n`, json: { secret, warnings } }
}

async function getValue(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, secret } = await lookup(context, options)
  const value = Buffer.from(await hypervisor.secretGetValue(secret.uuid))
  const base64 = value.toString('base64')
  if (!options.flag('plain')) return { text: base64, json: { uuid: secret.uuid, base64 } }
  const plain = value.toString('utf8')
  // What is no text would reach whoever reads it as something else.
  if (!Buffer.from(plain).equals(value)) {
    throw new CommandError('the value is no text; leave --plain out to get it as base64', {
      code: 'ERR_OPERATION_INVALID',
    })
  }
  return { text: plain, json: { uuid: secret.uuid, base64 } }
}

async function setValue(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'file', 'base64')
  exclude(options, 'file', 'interactive')
  exclude(options, 'base64', 'interactive')
  exclude(options, 'plain', 'base64')
  exclude(options, 'plain', 'interactive')
  const { hypervisor, secret } = await lookup(context, options)
  const value = await givenValue(context, options)
  await explainFailure('Failed to set secret value', hypervisor.secretSetValue(secret.uuid, value))
  return { remark: 'Secret value set\n', json: { uuid: secret.uuid } }
}

async function givenValue(context: Context, options: Options): Promise<Uint8Array> {
  const file = options.text('file')
  const base64 = options.text('base64')
  if (options.flag('interactive')) {
    const typed = await readHidden(context.terminal, 'Enter new value for secret: ')
    if (typed === undefined) throw invalidArgument('the secret was not typed to its end')
    return Buffer.from(typed)
  }
  if (file !== undefined) {
    const bytes = await readBytes(file)
    return options.flag('plain') ? bytes : fromBase64(bytes.toString('latin1'), `in '${file}'`)
  }
  if (base64 === undefined) throw invalidArgument('Input secret value is missing')
  context.warn(
    'every user of this machine can read a value on the command line; use --file or --interactive',
  )
  return fromBase64(base64, 'after --base64')
}

/** @throws CommandError for what is no base64, of which nothing is shown: it may be the secret itself. */
function fromBase64(given: string, where: string): Buffer {
  const digits = given.replace(/\s/g, '')
  const bytes = Buffer.from(digits, 'base64')
  const same = bytes.toString('base64').replace(/=+$/, '') === digits.replace(/=+$/, '')
  if (same && digits !== '') return bytes
  throw invalidArgument(`what stands ${where} is no base64; --plain takes a file as it is`)
}

async function list(context: Context, options: Options): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const ephemeral = either(options, 'ephemeral', 'no-ephemeral')
  const isPrivate = either(options, 'private', 'no-private')
  const filter: SecretFilter = {
    ...(ephemeral !== undefined && { ephemeral }),
    ...(isPrivate !== undefined && { private: isPrivate }),
  }
  const secrets = await explainFailure('Failed to list secrets', hypervisor.secretListAll(filter))
  return {
    text: formatTable(
      ['UUID', 'Usage'],
      secrets.map(({ uuid, usage }) => [
        uuid,
        usage === undefined ? 'Unused' : `${usage.type} ${printable(usage.id)}`,
      ]),
      { quiet: context.settings.quiet },
    ),
    json: secrets,
  }
}
