import { spawn } from 'node:child_process'
import type { Lab } from '../engine/lab.ts'
import { describe, runProgram } from '../engine/run-program.ts'
import type { Outcome } from '../engine/run-program.ts'

/** What is done in a mount namespace of its own: it is gone with its last process. */
interface Namespace extends Disposable {
  run(argv: readonly string[]): Promise<Outcome>
}

async function openNamespace(lab: Lab): Promise<Namespace> {
  const own = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user']
  // The last word is for whoever looks for processes of the lab.
  const keeper = ['/bin/sh', '-c', 'echo ready; read -r _', lab.folder]
  const child = spawn('unshare', [...own, ...keeper], { stdio: ['pipe', 'pipe', 'ignore'] })
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve)
    child.once('error', reject)
    child.once('exit', () => reject(new Error('unshare: no namespace can be made')))
  })
  const enter = ['nsenter', '--target', `${child.pid}`, '--mount', '--preserve-credentials']
  if (own.length > 1) enter.push('--user')
  return {
    run: (argv) => runProgram([...enter, '--', ...argv]),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

/** A definition that has no room: the old one stays, and with room it is as ever. */
export async function diskFull(lab: Lab): Promise<readonly string[]> {
  using namespace = await openNamespace(lab)
  const { run } = namespace
  const at = (...words: readonly string[]): Promise<Outcome> => run(lab.command(words))
  await needed(run(['mount', '-t', 'tmpfs', '-o', 'size=640k,mode=0700', 'tmpfs', lab.root]))
  await needed(at('define', lab.path('64.xml')))
  const before = await needed(at('dumpxml', 'g'))
  const filler = `${lab.root}/filler`
  await run(['dd', 'if=/dev/zero', `of=${filler}`, 'bs=4k'])
  const problems: string[] = []
  for (const words of [['define', lab.path('96.xml')], ['setmaxmem', 'g', '98304', '--config'], ['undefine', 'g']]) {
    const outcome = await at(...words)
    if (outcome.code !== 1) problems.push(`${words[0]} on a full disk: ${describe(outcome)}`)
  } // prettier-ignore
  await needed(run(['rm', filler]))
  const after = await at('dumpxml', 'g')
  if (after.stdout !== before.stdout) problems.push(`the definition has changed: ${after.stdout}`)
  const again = await at('define', lab.path('96.xml'))
  if (again.code !== 0) problems.push(`with room again: ${describe(again)}`)
  return problems
}

/** State that cannot be written: changes are refused, and nothing is other than before. */
export async function readOnly(lab: Lab): Promise<readonly string[]> {
  using namespace = await openNamespace(lab)
  const { run } = namespace
  const at = (...words: readonly string[]): Promise<Outcome> => run(lab.command(words))
  await needed(run(['mount', '--bind', lab.root, lab.root]))
  const before = await needed(at('dumpxml', 'g'))
  await needed(run(['mount', '-o', 'remount,bind,ro', lab.root]))
  const problems: string[] = []
  for (const words of [
    ['define', lab.path('96.xml')],
    ['undefine', 'g'],
    ['start', 'g'],
  ]) {
    const outcome = await at(...words)
    const told = outcome.code === 1 && outcome.stderr.length <= 4096 && outcome.stderr !== ''
    if (!told) problems.push(`${words[0]} of what is read-only: ${describe(outcome)}`)
  }
  const listed = await at('list', '--all')
  if (listed.hung) problems.push('list hung')
  await needed(run(['mount', '-o', 'remount,bind,rw', lab.root]))
  const after = await at('dumpxml', 'g')
  if (after.stdout !== before.stdout) problems.push(`the definition has changed: ${after.stdout}`)
  const again = await at('define', lab.path('96.xml'))
  if (again.code !== 0) problems.push(`writable again: ${describe(again)}`)
  return problems
}

async function needed(running: Promise<Outcome>): Promise<Outcome> {
  const outcome = await running
  if (outcome.code !== 0) throw new Error(`cannot prepare: ${describe(outcome)}`)
  return outcome
}
