import { domainError, quote } from '../errors.ts'
import { chardevBackend } from './chardev-backend.ts'
import type { Argument } from './argv-context.ts'
import { readKeyValueOption } from './option-string.ts'

/** One command of the monitor, as plain data: jobs keep them for whoever must finish or undo. */
export interface MonitorStep {
  readonly execute: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** What a running QEMU is told in place of an option of its command line. */
export function plugStep([name, value = '']: Argument): MonitorStep {
  switch (name) {
    case '-device':
      return { execute: 'device_add', arguments: parsed(value) }
    case '-blockdev':
      return { execute: 'blockdev-add', arguments: parsed(value) }
    case '-netdev':
      return { execute: 'netdev_add', arguments: parsed(value) }
    case '-object':
      return { execute: 'object-add', arguments: parsed(value) }
    case '-chardev': {
      const { leading, id = '', ...values } = readKeyValueOption(value)
      return {
        execute: 'chardev-add',
        arguments: { id, backend: chardevBackend(leading ?? '', values) },
      }
    }
    case '-watchdog-action':
      return { execute: 'set-action', arguments: { watchdog: value } }
    default:
      throw domainError(
        'ERR_OPERATION_UNSUPPORTED',
        `QEMU takes ${name} only when it starts: change the definition (--config) and start the guest anew`,
      )
  }
}

/** What takes a step back; nothing where it leaves nothing behind. */
export function undoStep({ execute, arguments: given }: MonitorStep): MonitorStep | undefined {
  const id = { id: given['id'] }
  switch (execute) {
    case 'device_add':
      return { execute: 'device_del', arguments: id }
    case 'blockdev-add':
      return { execute: 'blockdev-del', arguments: { 'node-name': given['node-name'] } }
    case 'netdev_add':
      return { execute: 'netdev_del', arguments: id }
    case 'object-add':
      return { execute: 'object-del', arguments: id }
    case 'chardev-add':
      return { execute: 'chardev-remove', arguments: id }
    default:
      return undefined
  }
}

/** The options of one command line that the other has not, each as often as it is missing. */
export function withoutArguments(
  all: readonly Argument[],
  others: readonly Argument[],
): readonly Argument[] {
  const left = new Map<string, number>()
  for (const one of others) left.set(text(one), (left.get(text(one)) ?? 0) + 1)
  return all.filter((one) => {
    const count = left.get(text(one)) ?? 0
    if (count > 0) left.set(text(one), count - 1)
    return count === 0
  })
}

/**
 * The steps that lead a running QEMU from one command line to a longer one.
 *
 * @throws DomainError where the longer one differs in what was given already.
 */
export function plugSteps(
  before: readonly Argument[],
  after: readonly Argument[],
): readonly MonitorStep[] {
  const [changed] = withoutArguments(before, after)
  if (changed !== undefined) {
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `this would change what QEMU was started with (${quote(text(changed), 120)}): change the definition (--config) and start the guest anew`,
    )
  }
  return withoutArguments(after, before).map(plugStep)
}

function text(argument: Argument): string {
  return argument.join(' ')
}

function parsed(value: string): Readonly<Record<string, unknown>> {
  return JSON.parse(value) as Readonly<Record<string, unknown>>
}
