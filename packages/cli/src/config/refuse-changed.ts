import { CommandError } from '../command-error.ts'

/**
 * Nothing is written over what somebody else wrote meanwhile.
 *
 * @throws CommandError in virsh's words, where `read` no longer gives what it gave `before`.
 */
export async function refuseChanged(read: () => Promise<string>, before: string): Promise<void> {
  if ((await read()) === before) return
  throw new CommandError(
    'The XML configuration was changed by another user. Try again with the new one.',
    { code: 'ERR_OPERATION_INVALID' },
  )
}
