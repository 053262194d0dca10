/** What the options before the command say; the same for every command of one call. */
export interface Settings {
  /** `-c`; without it `POLYVIRT_DEFAULT_URI`, else the user's own default. */
  readonly uri?: string
  readonly quiet: boolean
  readonly readonly: boolean
  readonly timing: boolean
  readonly json: boolean
  readonly noColor: boolean
  /** 0 shows the most, 4 (virsh's default) errors only. */
  readonly debug: number
  readonly logFile?: string
  /** Leaves a console: one character, or `^X`. */
  readonly escape: string
}

export const defaultSettings: Settings = {
  quiet: false,
  readonly: false,
  timing: false,
  json: false,
  noColor: false,
  debug: 4,
  escape: '^]',
}
