import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'
import type { Identity } from './identity.ts'

/** What libvirt makes of a document. */
export interface LibvirtAnswer {
  /** `libvirt 9.0.0, QEMU 7.2.22, qemu:///session` */
  readonly who: string
  /** `dumpxml --inactive`, where it stored the document. */
  readonly definition?: string
  /** `domxml-to-native qemu-argv`: a shell command. */
  readonly commandLine?: string
  /** Why it stored nothing, or has no command line for what it stored. */
  readonly refusal?: string
}

export interface AskOptions {
  /** virsh's own default where there is none. */
  readonly uri?: string | undefined
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** libvirt asks an emulator it has not met before what it can do, which takes seconds. */
const limitMs = 120_000

/** An identity that no domain has. */
export function throwAwayIdentity(): Identity {
  // As long as libvirt's short names may be, so that it is whole in paths as well.
  return { name: `polyvirt-${randomBytes(5).toString('hex')}`, uuid: randomUUID() }
}

/**
 * Defines a document in libvirt, asks what became of it, and undefines it again.
 *
 * One virsh does all of it, in a session of its own and with files for its output, so that it
 * undefines the domain also where this process is interrupted or killed meanwhile. `uuid` is the
 * document's, and the only name that it is referred to by: a domain of the user's is never meant.
 *
 * @throws CommandError where libvirt cannot be asked.
 */
export async function askLibvirt(
  xml: string,
  uuid: string,
  options: AskOptions,
): Promise<LibvirtAnswer> {
  const mark = `== ${uuid} ==`
  const { stdout, stderr } = await runVirsh(
    [
      ...['uri', 'version', 'define /dev/stdin', `dumpxml ${uuid} --inactive --security-info`],
      ...[`domxml-to-native qemu-argv --domain ${uuid}`, `undefine ${uuid} --keep-nvram`],
    ].join(`; echo '${mark}'; `),
    xml,
    options,
  )
  const [uri = '', version = '', , definition = '', commandLine = '', undefined_ = ''] = stdout
    .split(`${mark}\n`)
    .map((section) => section.trim())
  const complaints = complaintsIn(stderr)
  if (uri === '') throw noConnection(complaints)
  if (definition !== '' && undefined_ === '') await undefineAgain(uuid, options)
  const refusal = definition === '' || commandLine === '' ? complaints.join('\n') : ''
  return {
    who: describe(uri, version),
    ...(definition !== '' && { definition }),
    ...(commandLine !== '' && { commandLine }),
    ...(refusal !== '' && { refusal }),
  }
}

/** Its own reasons, without those of the commands that failed only because one before did. */
function complaintsIn(stderr: string): readonly string[] {
  const [said = ''] = stderr.split(/^error: failed to get domain .*$/m)
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trimEnd())
    .filter((line) => line !== '' && !line.startsWith('Failed to define domain from '))
    // The library's own log, where the driver runs in virsh itself.
    .filter((line) => !/^[-\d]+ [:.\d]+\+\d{4}: \d+: \w+ :/.test(line))
  return [...new Set(lines)]
}

function describe(uri: string, version: string): string {
  const library = /Using library: (libvirt \S+)/.exec(version)?.[1] ?? 'libvirt'
  const hypervisor = /Running hypervisor: (\S+ \S+)/.exec(version)?.[1]
  return [library, ...(hypervisor === undefined ? [] : [hypervisor]), uri].join(', ')
}

async function undefineAgain(uuid: string, options: AskOptions): Promise<void> {
  const { stdout } = await runVirsh(`undefine ${uuid} --keep-nvram`, '', options)
  if (stdout.trim() !== '') return
  throw new CommandError(`libvirt still has the domain ${uuid} that was defined to ask about it`, {
    code: 'ERR_OPERATION_FAILED',
    hint: `run: virsh undefine ${uuid} --keep-nvram`,
  })
}

function noConnection(complaints: readonly string[]): CommandError {
  const [first = 'virsh says nothing', ...others] = complaints
  return new CommandError(`libvirt cannot be asked: ${[first, ...others].join(': ')}`, {
    code: 'ERR_OPERATION_FAILED',
    hint:
      'its daemon has to run (on Debian: apt install libvirt-daemon-system); ' +
      '--uri chooses another connection, such as qemu:///session',
  })
}

async function runVirsh(
  commands: string,
  input: string,
  options: AskOptions,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { uri, environment, signal } = options
  const files = await openFiles(input)
  try {
    const words = [...(uri === undefined ? [] : ['-c', uri]), commands]
    const child = spawn('virsh', words, {
      detached: true,
      stdio: files.map(({ fd }) => fd),
      env: { ...environment, LC_ALL: 'C.UTF-8', LANGUAGE: '' },
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    child.once('error', (cause) => reject(notStarted(cause)))
    child.once('close', () => resolve())
    // Not a kill: virsh is left to undefine what it defined.
    const stop = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
    stop.addEventListener('abort', () => reject(notWaited(signal)))
    if (stop.aborted) reject(notWaited(signal))
    await promise
    const [, stdout = '', stderr = ''] = await Promise.all(files.map(readAll))
    return { stdout, stderr }
  } finally {
    await Promise.all(files.map((file) => file.close()))
  }
}

function notWaited(signal: AbortSignal): CommandError {
  if (signal.aborted) return new CommandError('interrupted', { code: 'ERR_OPERATION_ABORTED' })
  return new CommandError(`virsh has not answered for ${limitMs / 1000} seconds`, {
    code: 'ERR_OPERATION_TIMEOUT',
  })
}

function notStarted(cause: Error & { readonly code?: unknown }): CommandError {
  if (cause.code !== 'ENOENT') return new CommandError('virsh cannot be run', { cause })
  return new CommandError('virsh is not installed: there is none in PATH', {
    code: 'ERR_OPERATION_UNSUPPORTED',
    hint:
      'on Debian and Ubuntu: apt install libvirt-clients libvirt-daemon-system; ' +
      'on Fedora: dnf install libvirt-client libvirt-daemon-kvm',
  })
}

/** Standard input, output and error: files without a name, which are gone when nobody has them open. */
async function openFiles(input: string): Promise<readonly FileHandle[]> {
  const directory = await mkdtemp(join(tmpdir(), 'polyvirt-'))
  try {
    const names = ['stdin', 'stdout', 'stderr'].map((name) => join(directory, name))
    const files = await Promise.all(names.map((name) => open(name, 'wx+', 0o600)))
    await files[0]?.writeFile(input)
    return files
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function readAll(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0)
  return buffer.toString('utf8', 0, bytesRead)
}
