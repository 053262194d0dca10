import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NotTried } from '../not-tried.ts'
import type { Virsh } from './virsh.ts'

/** What a libvirt of this user or of this machine cannot do, whatever the document. */
const notHere: readonly RegExp[] = [/tap device/, /hugetlbfs filesystem is not mounted/]

type Defined =
  | { readonly kind: 'defined'; readonly uuid: string }
  | { readonly kind: 'refused'; readonly message: string }

/** Defines a document for as long as the body runs. */
export async function withDefined(
  xml: string,
  virsh: Virsh,
  body: (answer: Defined) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  const file = join(folder, 'domain.xml')
  try {
    writeFileSync(file, xml)
    const before = new Set(await uuids(virsh))
    const answer = await virsh(['define', file])
    if (answer.kind === 'refused') {
      await body({ kind: 'refused', message: answer.message.replaceAll(file, 'the document') })
      return
    }
    // Told by what is new: nothing that was there before is ever touched.
    const uuid = (await uuids(virsh)).find((one) => !before.has(one))
    if (uuid === undefined) throw new Error('a domain of this UUID was there before')
    try {
      await body({ kind: 'defined', uuid })
    } finally {
      await virsh(['undefine', '--nvram', uuid])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of all domains that libvirt knows there. */
const uuids = async (virsh: Virsh): Promise<readonly string[]> =>
  (await said(virsh, ['list', '--all', '--uuid'])).split('\n').filter(Boolean)

/** Whether an answer is about what this libvirt may do, rather than about the document. */
export const isNotHere = (message: string): boolean =>
  notHere.some((pattern) => pattern.test(message))

export async function said(
  virsh: Virsh,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const answer = await virsh(args, signal)
  if (answer.kind === 'said') return answer.text
  if (isNotHere(answer.message)) throw new NotTried(`this libvirt may not: ${answer.message}`)
  throw new Error(`virsh ${args[0] ?? ''}: ${answer.message}`)
}
