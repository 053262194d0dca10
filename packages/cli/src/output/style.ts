import type { WriteStream } from 'node:tty'

/** Colours a text, or leaves it alone where colours are not wanted. */
export type Style = (text: string) => string

export interface Styles {
  readonly good: Style
  readonly bad: Style
  readonly mild: Style
  readonly faint: Style
}

/** Styles for one stream; `enabled` is {@link wantsColor}'s answer. */
export function createStyles(enabled: boolean): Styles {
  const style = (code: number): Style =>
    enabled ? (text) => `\x1b[${code}m${text}\x1b[0m` : (text) => text
  return { good: style(32), bad: style(31), mild: style(33), faint: style(2) }
}

/** Colours only for people: a terminal that is not dumb, and nobody said no (no-color.org). */
export function wantsColor(
  stream: Partial<Pick<WriteStream, 'isTTY'>>,
  environment: NodeJS.ProcessEnv,
  noColor: boolean,
): boolean {
  if (noColor || stream.isTTY !== true) return false
  return (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb'
}
