import { invalidArgument } from '../command-error.ts'
import type { CommandError } from '../command-error.ts'

/** No machine has more; it bounds what a typing slip can ask for. */
const limit = 16_384

/**
 * Numbers of CPUs as libvirt writes them: `0-3,8`, and `^2` takes one out again. Rising, each once.
 *
 * @throws CommandError in virsh's words.
 */
export function parseCpuList(list: string): readonly number[] {
  const found = new Set<number>()
  for (const part of list.split(',')) {
    const [, out, from, to = from] = /^\s*(\^?)(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part) ?? []
    const first = Number(from)
    const last = Number(to)
    if (from === undefined || last < first || last >= limit || (out === '^' && from !== to)) {
      throw malformed(list)
    }
    for (let cpu = first; cpu <= last; cpu++) {
      if (out === '^') found.delete(cpu)
      else found.add(cpu)
    }
  }
  if (found.size === 0) throw malformed(list)
  return [...found].toSorted((a, b) => a - b)
}

function malformed(list: string): CommandError {
  return invalidArgument(`Invalid cpulist '${list}'`)
}
