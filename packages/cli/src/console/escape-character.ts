/** The byte that leaves the console: `^]` is Control and `]`, any other character itself. */
export function escapeByte(escape: string): number {
  const character = escape.startsWith('^') ? escape.slice(1) : escape
  const code = character.toUpperCase().charCodeAt(0)
  return escape.startsWith('^') ? code ^ 0x40 : character.charCodeAt(0)
}

/** How virsh announces it: `^] (Ctrl + ])`. */
export function describeEscape(escape: string): string {
  return escape.startsWith('^') ? `${escape} (Ctrl + ${escape.slice(1)})` : escape
}
