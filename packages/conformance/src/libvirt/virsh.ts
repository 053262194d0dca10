import { runProgram } from '../guest/run-program.ts'

/** What virsh made of a command. */
export type VirshAnswer =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string }

/** libvirt's own command, at one connection; `onLine` is told each line as it is said. */
export type Virsh = (
  args: readonly string[],
  signal?: AbortSignal,
  onLine?: (line: string) => void,
) => Promise<VirshAnswer>

/**
 * virsh at a connection (`qemu:///session`). It is started anew for each command, as scripts do.
 *
 * @throws where virsh is not installed.
 */
export function virshAt(uri: string): Virsh {
  return async (args, signal, onLine) => {
    const result = await runProgram('virsh', ['-q', '-c', uri, ...args], {
      env: { LC_ALL: 'C.UTF-8' },
      ...(signal === undefined ? {} : { signal }),
      ...(onLine === undefined ? {} : { onLine }),
    })
    if (result.outcome === 'missing') throw new Error('virsh is not installed (libvirt-clients)')
    if (result.outcome === 'succeeded') return { kind: 'said', text: result.stdout }
    // Its first line says what it could not do, the last ones why.
    const message = result.stderr.trim().replaceAll(/^error: /gm, '')
    return { kind: 'refused', message }
  }
}

/** Version of the library that answers there: `9.0.0`. @throws where nobody does. */
export async function libvirtVersion(virsh: Virsh): Promise<string> {
  const answer = await virsh(['version'])
  if (answer.kind === 'refused') throw new Error(`libvirt does not answer: ${answer.message}`)
  return /^Using library: libvirt (\S+)$/m.exec(answer.text)?.[1] ?? 'of unknown version'
}
