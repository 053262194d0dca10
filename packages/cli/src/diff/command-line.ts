/** QEMU's command line, taken apart. */
export interface CommandLine {
  readonly program: string
  readonly options: readonly CommandOption[]
}

/** One option; `-device '{"driver":"x"}'` and `-device x` have the same values. */
export interface CommandOption {
  /** Without its dash. */
  readonly name: string
  /** Nested keys are joined with dots, true and false are `on` and `off`. */
  readonly values: ReadonlyMap<string, string>
}

/** Takes the words of a command line apart; variables in front of the program are left out. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const start = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word))
  const [program = '', ...rest] = start < 0 ? [] : words.slice(start)
  const options: CommandOption[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    const name = /^--?([A-Za-z].*)$/.exec(word)?.[1]
    if (name === undefined) options.push({ name: '', values: new Map([['', word]]) })
    else if (flags.has(name)) options.push({ name, values: new Map() })
    else options.push({ name, values: parseValues(name, rest[++at]) })
  }
  return { program, options }
}

/** Options without a value; every other one takes the next word. */
const flags: ReadonlySet<string> = new Set(
  (
    'S no-user-config nodefaults no-shutdown no-reboot no-hpet no-acpi no-fd-bootchk nographic ' +
    'daemonize snapshot enable-kvm preconfig usb full-screen semihosting mem-prealloc ' +
    'only-migratable enable-fips win2k-hack singlestep help version'
  ).split(' '),
)

/** Options whose value is one text, commas or not. */
const plain: ReadonlySet<string> = new Set(
  (
    'append kernel initrd dtb bios uuid k L D serial parallel monitor watchdog-action soundhw ' +
    'loadvm pidfile runas chroot'
  ).split(' '),
)

/** The key of a first value that is written without one. */
const impliedKeys: Readonly<Record<string, string>> = {
  device: 'driver',
  object: 'qom-type',
  netdev: 'type',
  chardev: 'backend',
  machine: 'type',
  accel: 'accel',
  cpu: 'model',
  m: 'size',
  smp: 'cpus',
  name: 'guest',
  numa: 'type',
  vnc: 'display',
  display: 'type',
  tpmdev: 'type',
  fsdev: 'fsdriver',
  fw_cfg: 'name',
  sandbox: 'enable',
  audiodev: 'driver',
  net: 'type',
  mon: 'chardev',
  blockdev: 'driver',
  incoming: 'uri',
}

function parseValues(option: string, text: string | undefined): ReadonlyMap<string, string> {
  if (text === undefined) return new Map()
  if (plain.has(option)) return new Map([['', text]])
  return parseJson(text) ?? parsePairs(option, text)
}

function parseJson(text: string): ReadonlyMap<string, string> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return new Map(flatten(JSON.parse(text), ''))
  } catch {
    return undefined
  }
}

function flatten(value: unknown, key: string): readonly (readonly [string, string])[] {
  if (typeof value === 'boolean') return [[key, value ? 'on' : 'off']]
  if (typeof value !== 'object' || value === null) return [[key, String(value)]]
  return Object.entries(value).flatMap(([name, inner]) =>
    flatten(inner, key === '' ? name : `${key}.${name}`),
  )
}

/** `a=b,c=d`, where a doubled comma is one in a value; a key that comes again gets a number. */
function parsePairs(option: string, text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const parts = text.match(/(?:[^,]|,,)+/g) ?? []
  for (const [index, part] of parts.entries()) {
    const [, written, value] = /^([^=]*)=([^]*)$/.exec(part) ?? []
    const implied = index === 0 ? (impliedKeys[option] ?? '') : part
    const key = written ?? implied
    let name = key
    for (let count = 2; values.has(name); count++) name = `${key}#${count}`
    values.set(name, (value ?? (index === 0 ? part : 'on')).replaceAll(',,', ','))
  }
  return values
}

/** The same command line with every value replaced. */
export function mapOptionValues(
  { program, options }: CommandLine,
  map: (option: string, value: string, key: string) => string,
): CommandLine {
  return {
    program,
    options: options.map(({ name, values }) => ({
      name,
      values: new Map([...values].map(([key, value]) => [key, map(name, value, key)])),
    })),
  }
}

/** An option as it could be given to QEMU; for people. */
export function formatOption({ name, values }: CommandOption): string {
  const pairs = [...values].map(([key, value]) => (key === '' ? value : `${key}=${value}`))
  return [
    ...(name === '' ? [] : [`-${name}`]),
    ...(pairs.length > 0 ? [pairs.join(',')] : []),
  ].join(' ')
}
