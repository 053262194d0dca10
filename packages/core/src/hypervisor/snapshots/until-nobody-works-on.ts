import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { domainError } from '../../errors.ts'
import { findProcesses } from '../../run/process-identity.ts'

const lookMs = 50

/** How long it is waited for, in milliseconds: lists are made meanwhile. */
const patienceMs = 2000

/**
 * Who was killed leaves the qemu-img that it had started, which goes on: what is undone before that has ended
 * would be done behind it.
 *
 * @throws DomainError where one goes on for longer.
 */
export async function untilNobodyWorksOn(files: readonly string[]): Promise<void> {
  const works = ([program = '', ...args]: readonly string[]): boolean =>
    basename(program) === 'qemu-img' && files.some((file) => args.includes(file))
  for (let left = patienceMs; ; left -= lookMs) {
    const [found] = findProcesses(works)
    if (found === undefined) return
    if (left <= 0)
      throw domainError(
        'ERR_RESOURCE_BUSY',
        `qemu-img (pid ${found.identity.pid}) still works on an image, for a command that has died: wait for its end`,
      )
    await sleep(lookMs)
  }
}
