/**
 * A process that does one thing on a root and is killed in the middle: by SIGKILL, right after the
 * N-th transaction by which it writes something down. Prints `done` where it came to the end.
 *
 *   kill-child.ts URI N VERB ARGUMENT…
 */
import { DatabaseSync } from 'node:sqlite'
import { openHypervisor } from '@polyvirt/core'
import { registry } from './testbed.ts'

const [, , uri = '', limit = '0', verb = '', ...words] = process.argv
const { exec } = DatabaseSync.prototype
let left = -1
let writing = false
DatabaseSync.prototype.exec = function counted(sql: string): void {
  Reflect.apply(exec, this, [sql])
  if (sql.startsWith('BEGIN')) writing = sql === 'BEGIN IMMEDIATE'
  if (sql === 'COMMIT' && writing && --left === 0) process.kill(process.pid, 'SIGKILL')
}
const hypervisor = await openHypervisor(uri, { registry })
left = Number(limit)
const method = Reflect.get(hypervisor, verb) as (...given: unknown[]) => Promise<unknown>
const given = words.map((word) => (word.startsWith('{') ? (JSON.parse(word) as unknown) : word))
await Reflect.apply(method, hypervisor, given)
process.stdout.write('done\n')
process.exit(0)
