/**
 * Names that options had once: scripts use them, virsh takes them, and no help shows them. A value that
 * stands beside the new name is what the old one, a word without a value, meant.
 */
const oldNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'attach-disk': { shareable: 'mode=shareable' },
  blkdeviotune: {
    group_name: 'group-name',
    size_iops_sec: 'size-iops-sec',
    ...Object.fromEntries(throttles().map((name) => [name.replaceAll('-', '_'), name])),
  },
  'domif-getlink': { persistent: 'config' },
  'domif-setlink': { persistent: 'config' },
  echo: { str: 'string' },
  setmaxmem: { kilobytes: 'size' },
  setmem: { kilobytes: 'size' },
}

function throttles(): readonly string[] {
  const kinds = ['total', 'read', 'write'].flatMap((way) => [`${way}-bytes-sec`, `${way}-iops-sec`])
  return kinds.flatMap((kind) => [kind, `${kind}-max`, `${kind}-max-length`])
}

/** What an option of a command is called today, and the value that its old name stood for. */
export function todaysName(
  command: string,
  name: string,
): { readonly name: string; readonly value?: string } {
  const known = Object.hasOwn(oldNames, command) ? oldNames[command] : undefined
  const today = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined
  const [now = name, value] = today?.split('=') ?? []
  return { name: now, ...(value !== undefined && { value }) }
}
