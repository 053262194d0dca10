import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StoredDomain } from './read-store.ts'
import { withoutChance } from './view.ts'
import type { View } from './view.ts'

/** How long a QEMU that nobody else talks to may take to answer, in milliseconds. */
const answerMs = 10_000

interface BlockNode {
  readonly drv: string
  readonly file: string
  readonly 'dirty-bitmaps'?: readonly { readonly name?: string }[]
}

interface Drive {
  readonly qdev?: string
  readonly inserted?: { readonly bps: number; readonly iops: number }
}

interface Numbered {
  readonly id: string
  readonly type: string
}

/**
 * What QEMUs have themselves: their images with the bitmaps on them and limits before them, what they export, their jobs,
 * vCPUs with where those may run, and I/O threads.
 */
export async function viewGuests(domains: readonly StoredDomain[]): Promise<View> {
  const views = await Promise.all(
    domains.map(async ({ name, run }) => {
      if (run === undefined) return []
      const lines = await viewGuest(run.stateDir).catch((error: unknown) => [String(error)])
      return lines.map((line) => `guest ${name}: ${line}`).toSorted()
    }),
  )
  return views.flat()
}

async function viewGuest(stateDir: string): Promise<View> {
  const [, nodes, exports, jobs, vcpus, threads, drives] = await ask(
    join(stateDir, 'monitor.sock'),
    [
      'qmp_capabilities',
      'query-named-block-nodes',
      'query-block-exports',
      'query-jobs',
      'query-cpus-fast',
      'query-iothreads',
      'query-block',
    ],
  )
  return [
    ...(nodes as readonly BlockNode[]).map(nodeText),
    ...(exports as readonly Numbered[]).map(({ type, id }) => `export ${type} ${id}`),
    ...(jobs as readonly Numbered[]).map(({ type, id }) => `job ${type} ${id}`),
    ...(vcpus as readonly { readonly 'thread-id': number }[]).map(
      (one, i) => `vCPU ${i} on host CPUs ${cpusOf(one['thread-id'])}`,
    ),
    ...(drives as readonly Drive[]).flatMap(limitsText),
    ...(threads as readonly Pick<Numbered, 'id'>[]).map(({ id }) => `I/O thread ${id}`),
  ]
}

function limitsText({ qdev, inserted }: Drive): View {
  if (inserted === undefined || (inserted.bps === 0 && inserted.iops === 0)) return []
  return [`drive ${qdev}: ${inserted.bps} bytes and ${inserted.iops} operations a second`]
}

/** Where the kernel lets a thread run. */
function cpusOf(thread: number): string {
  const status = readFileSync(`/proc/${thread}/status`, 'utf8')
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? 'unknown'
}

/** Without its name, in which there is a number that each attempt has of its own. */
function nodeText({ drv, file, 'dirty-bitmaps': bitmaps = [] }: BlockNode): string {
  const names = bitmaps.map(({ name }) => name ?? 'without a name').toSorted()
  return `node ${drv} ${withoutChance(basename(file))}${names.map((name) => `, bitmap ${name}`).join('')}`
}

/** Asks without polyvirt: a fault in its own reading would hide what it did. */
async function ask(path: string, commands: readonly string[]): Promise<readonly unknown[]> {
  const socket = connect(path)
  const limit = setTimeout(() => socket.destroy(new Error('its monitor is silent')), answerMs)
  const answers: unknown[] = []
  try {
    for (const command of commands) socket.write(`${JSON.stringify({ execute: command })}\n`)
    socket.once('error', () => undefined)
    for await (const line of createInterface({ input: socket })) {
      const message = JSON.parse(line) as { readonly return?: unknown; readonly error?: unknown }
      if (message.error !== undefined) throw new Error(`its monitor says ${line}`)
      if (message.return !== undefined) answers.push(message.return)
      if (answers.length === commands.length) return answers
    }
    throw new Error('its monitor went away')
  } finally {
    clearTimeout(limit)
    socket.destroy()
  }
}
