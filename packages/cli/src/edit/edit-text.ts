import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'

/** Lets the user change a text in `$VISUAL` or `$EDITOR`; nobody else can read it meanwhile. */
export async function editText(text: string, environment: NodeJS.ProcessEnv): Promise<string> {
  // Secrets may be in it: mkdtemp makes a directory that is the user's alone.
  const directory = await mkdtemp(join(tmpdir(), 'polyvirt-'))
  const file = join(directory, 'domain.xml')
  try {
    await writeFile(file, text, { mode: 0o600 })
    await runEditor(editorOf(environment), file, environment)
    return await readFile(file, 'utf8')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function editorOf(environment: NodeJS.ProcessEnv): string {
  return environment['VISUAL'] || environment['EDITOR'] || 'vi'
}

/** The editor may come with arguments, which only a shell can take apart; the file goes beside. */
async function runEditor(
  editor: string,
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {
    stdio: 'inherit',
    env: environment,
  })
  const { promise, resolve, reject } = Promise.withResolvers<string | number | null>()
  child.once('error', reject)
  child.once('exit', (code, signal) => resolve(signal ?? code))
  const status = await promise
  if (status === 0) return
  const how = typeof status === 'string' ? `fatal signal ${status}` : `exit status ${status}`
  throw new CommandError(`internal error: Child process (${editor} ${file}) unexpected ${how}`, {
    code: 'ERR_INTERNAL_ERROR',
  })
}
