import {
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { recoverAndInspect } from '../check/inspect.ts'
import { readProcess, signalFound } from '../engine/children.ts'
import type { FoundProcess } from '../engine/children.ts'
import { guestXml } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'
import { describe } from '../engine/run-program.ts'
import { storedDomains, storedGuest } from '../random/guest-lab.ts'
import { startBystander, startZombie } from './bystander.ts'
import type { Bystander } from './bystander.ts'
import { changeStore, storePath } from './change-store.ts'
import { diskFull, readOnly } from './small-disk.ts'

/** Something that was not left as it should be. The guest `g` is defined when a case begins. */
export interface EnvironmentCase {
  readonly name: string
  readonly what: string
  readonly run: (lab: Lab, number: number) => Promise<readonly string[]>
}

const noProcess = [0, 1, -1, 2_147_483_647, 4_194_304, process.pid]

export const environmentCases: readonly EnvironmentCase[] = [
  { name: 'pid-reused', what: 'S-01: the pid of a dead QEMU is another process\'s', run: (lab) => withOther(lab, startBystander, 'start_time + 1') },
  { name: 'boot-changed', what: 'S-14: the record is of another boot', run: (lab) => withOther(lab, startBystander, 'start_time', 'another-boot') },
  { name: 'zombie', what: 'S-05: QEMU has ended and nobody took note', run: (lab) => withOther(lab, startZombie, 'start_time') },
  { name: 'no-pid', what: 'S-04: a pid that is none', run: noPid },
  { name: 'stale-socket', what: 'S-09: the socket of a QEMU that died', run: staleSocket },
  { name: 'socket-gone', what: 'S-08: the monitor\'s socket is removed', run: socketGone },
  { name: 'socket-of-another', what: 'S-10: the socket is another guest\'s', run: socketOfAnother },
  { name: 'dead-owner', what: 'S-11: a job of a dead process, a reused pid, another boot', run: deadOwner },
  { name: 'live-owner', what: 'S-11: a job of a process that lives', run: liveOwner },
  { name: 'leftovers', what: 'S-12, S-13: folders and sockets of runs that nobody knows', run: leftovers },
  { name: 'save-damaged', what: 'S-15: a managed save that is empty, cut or nonsense', run: saveDamaged },
  { name: 'store-damaged', what: 'S-07: the database is cut, empty or nonsense', run: storeDamaged },
  { name: 'document-damaged', what: 'S-07: one document of the store is nonsense', run: documentDamaged },
  { name: 'disk-full', what: 'F-01 to F-04: no space for the state', run: diskFull },
  { name: 'read-only', what: 'F-03, F-11: the state cannot be written', run: readOnly },
] // prettier-ignore

async function startGuest(lab: Lab): Promise<FoundProcess> {
  await lab.must(['start', 'g', '--paused'])
  const found = readProcess(storedDomains(lab)[0]?.run?.pid ?? 0)
  if (found === undefined) throw new Error('the guest does not run')
  return found
}

async function kill(found: FoundProcess): Promise<void> {
  while (signalFound(found, 'SIGKILL')) await sleep(5)
}

/** The run's record is of a process that is not its QEMU. */
async function withOther(
  lab: Lab,
  other: () => Promise<Bystander>,
  startTime: string,
  bootId?: string,
): Promise<readonly string[]> {
  using bystander = await other()
  await kill(await startGuest(lab))
  const sql = `UPDATE active SET pid = ?, start_time = ?, boot_id = coalesce(?, boot_id)`
  changeStore(lab, sql, bystander.pid, bystander.startTime, bootId ?? null)
  if (startTime !== 'start_time') changeStore(lab, `UPDATE active SET start_time = ${startTime}`)
  const destroyed = await lab.run(['destroy', 'g'])
  return [
    ...(await recoverAndInspect(lab)).problems,
    ...(destroyed.code === 1 ? [] : [`destroy of another's process: ${describe(destroyed)}`]),
    ...(storedGuest(lab).runs ? ['the guest is shown as running'] : []),
    ...bystander.problems(),
    ...(await startsAgain(lab)),
  ]
}

async function startsAgain(lab: Lab): Promise<readonly string[]> {
  const outcome = await lab.run(['start', 'g', '--paused'])
  return outcome.code === 0 ? [] : [`the next start: ${describe(outcome)}`]
}

async function noPid(lab: Lab, number: number): Promise<readonly string[]> {
  await kill(await startGuest(lab))
  changeStore(lab, 'UPDATE active SET pid = ?', noProcess[number % noProcess.length] ?? 0)
  return [...(await recoverAndInspect(lab)).problems, ...(await startsAgain(lab))]
}

async function staleSocket(lab: Lab): Promise<readonly string[]> {
  await kill(await startGuest(lab))
  return [...(await startsAgain(lab)), ...(await recoverAndInspect(lab)).problems]
}

async function socketGone(lab: Lab): Promise<readonly string[]> {
  const qemu = await startGuest(lab)
  unlinkSync(monitorOf(lab))
  const { problems } = await recoverAndInspect(lab)
  const lives = readProcess(qemu.pid) !== undefined && storedGuest(lab).runs
  const destroyed = await lab.run(['destroy', 'g'])
  return [
    ...problems,
    ...(lives ? [] : ['a guest was ended for a socket that was lost']),
    ...(destroyed.code === 0 ? [] : [`destroy: ${describe(destroyed)}`]),
    ...(await recoverAndInspect(lab)).problems,
  ]
}

function monitorOf(lab: Lab, name = 'g'): string {
  const run = storedDomains(lab).find((one) => one.name === name)?.run
  return join(run?.stateDir ?? '', 'monitor.sock')
}

async function socketOfAnother(lab: Lab): Promise<readonly string[]> {
  await startGuest(lab)
  writeFileSync(lab.path('h.xml'), guestXml(lab, { name: 'h' }))
  await lab.must(['define', lab.path('h.xml')])
  await lab.must(['start', 'h', '--paused'])
  renameSync(monitorOf(lab), `${monitorOf(lab)}.own`)
  renameSync(monitorOf(lab, 'h'), monitorOf(lab))
  const resumed = await lab.run(['resume', 'g'])
  renameSync(monitorOf(lab), monitorOf(lab, 'h'))
  renameSync(`${monitorOf(lab)}.own`, monitorOf(lab))
  const { problems } = await recoverAndInspect(lab)
  const states = storedDomains(lab).map(({ name, run }) => `${name} ${run?.state}`)
  return [
    ...problems,
    ...(resumed.code === 1 ? [] : [`resume over another's monitor: ${describe(resumed)}`]),
    ...(states.join() === 'g paused,h paused' ? [] : [`the guests are: ${states.join()}`]),
  ]
}

const jobSql = `INSERT INTO jobs SELECT uuid, 'token', 'start', 'prepare', ?, ?, ?, 0, '{}' FROM domains`
const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

async function deadOwner(lab: Lab, number: number): Promise<readonly string[]> {
  using bystander = await startBystander()
  const owners = [
    [4_194_300, 1, bootId()],
    [bystander.pid, bystander.startTime - 1, bootId()],
    [bystander.pid, bystander.startTime, 'another-boot'],
  ] as const
  changeStore(lab, jobSql, ...(owners[number % owners.length] ?? owners[0]))
  const again = await startsAgain(lab)
  return [...again, ...(await recoverAndInspect(lab)).problems, ...bystander.problems()]
}

async function liveOwner(lab: Lab): Promise<readonly string[]> {
  using bystander = await startBystander()
  changeStore(lab, jobSql, bystander.pid, bystander.startTime, bootId())
  const refused = await lab.run(['start', 'g'], { limitMs: 10_000 })
  const listed = await lab.run(['list', '--all'], { limitMs: 10_000 })
  changeStore(lab, 'DELETE FROM jobs')
  const names = refused.stderr.includes(`pid ${bystander.pid}`) && refused.stderr.includes('start')
  return [
    ...(refused.code === 1 && names ? [] : [`a second writer: ${describe(refused)}`]),
    ...(listed.code === 0 ? [] : [`list meanwhile: ${describe(listed)}`]),
    ...bystander.problems(),
    ...(await startsAgain(lab)),
  ]
}

async function leftovers(lab: Lab): Promise<readonly string[]> {
  const folder = join(lab.root, 'run/domain-99-old')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(folder, 'monitor.sock'), resolve))
  writeFileSync(join(folder, 'master-key.aes'), 'x', { mode: 0o600 })
  const { problems } = await recoverAndInspect(lab)
  server.close()
  return [...problems, ...(await startsAgain(lab))]
}

async function saveDamaged(lab: Lab, number: number): Promise<readonly string[]> {
  await startGuest(lab)
  await lab.must(['managedsave', 'g'])
  const file = join(lab.root, 'lib/save', `${storedDomains(lab)[0]?.uuid}.save`)
  if (number % 3 === 0) truncateSync(file, 0)
  else if (number % 3 === 1) truncateSync(file, 5000)
  else writeFileSync(file, Buffer.alloc(20_000, 0x41))
  const damaged = readFileSync(file)
  const outcome = await lab.run(['start', 'g', '--paused'])
  const kept = readFileSync(file)
  return [
    ...(outcome.code === 1 ? [] : [`start from a damaged save: ${describe(outcome)}`]),
    ...(kept.equals(damaged) ? [] : ['the damaged save was changed']),
    ...(await recoverAndInspect(lab)).problems,
  ]
}

async function storeDamaged(lab: Lab, number: number): Promise<readonly string[]> {
  const file = storePath(lab)
  // Who closes it puts its journal away, which would have what is damaged here and make it good.
  changeStore(lab, 'PRAGMA wal_checkpoint')
  if (number % 2 === 0) truncateSync(file, 5000)
  else writeFileSync(file, 'no database at all '.repeat(100))
  const damaged = readFileSync(file)
  const problems: string[] = []
  for (const words of [
    ['list', '--all'],
    ['define', lab.path('96.xml')],
  ]) {
    const outcome = await lab.run(words, { limitMs: 15_000 })
    const told = outcome.code === 1 && outcome.stderr !== '' && outcome.stderr.length <= 4096
    if (!told) problems.push(`${words.join(' ')}: ${describe(outcome)}`)
  }
  return [...problems, ...(readFileSync(file).equals(damaged) ? [] : ['what is left was changed'])]
}

async function documentDamaged(lab: Lab): Promise<readonly string[]> {
  writeFileSync(lab.path('h.xml'), guestXml(lab, { name: 'h' }))
  await lab.must(['define', lab.path('h.xml')])
  changeStore(lab, `UPDATE domains SET xml = '<domain><na' WHERE name = 'h'`)
  const listed = await lab.run(['list', '--all'], { limitMs: 15_000 })
  const shown = listed.code === 0 && /\bg\b/.test(listed.stdout) && /\bh\b/.test(listed.stdout)
  const started = await lab.run(['start', 'h'])
  return [
    ...(shown ? [] : [`list: ${describe(listed)}${listed.stdout}`]),
    ...(started.code === 1 ? [] : [`start of what is damaged: ${describe(started)}`]),
    ...(await startsAgain(lab)),
  ]
}
