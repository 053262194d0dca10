import type { OptionValue } from './option-string.ts'

type Values = Readonly<Record<string, string>>
type Data = { readonly [key: string]: OptionValue | undefined }

/** QAPI's `ChardevBackend`: what `chardev-add` takes in place of `-chardev`'s text. */
export interface ChardevBackend {
  readonly type: string
  readonly data: Data
}

/** The same back end that a `-chardev` option of {@link chardevArgument} makes, for the monitor. */
export function chardevBackend(type: string, values: Values): ChardevBackend {
  const log = { logfile: values['logfile'], logappend: flag(values['logappend']) }
  return { type, data: { ...dataOf(type, values), ...log } }
}

function dataOf(type: string, values: Values): Data {
  const { path, name } = values
  switch (type) {
    case 'file':
      return { out: path, append: flag(values['append']) }
    case 'serial':
    case 'pipe':
      return { device: path }
    case 'socket':
      return {
        addr: path === undefined ? inet(values['host'], values['port']) : unix(path),
        // Here QEMU listens where nobody says, on its command line it does not.
        server: flag(values['server']) ?? false,
        wait: flag(values['wait']),
        telnet: flag(values['telnet']),
        'tls-creds': values['tls-creds'],
        reconnect: values['reconnect'] === undefined ? undefined : Number(values['reconnect']),
      }
    case 'udp':
      return {
        remote: inet(values['host'], values['port']),
        local: inet(values['localaddr'], values['localport']),
      }
    case 'spicevmc':
      return { type: name }
    case 'spiceport':
      return { fqdn: name }
    case 'dbus':
      return { name }
    case 'qemu-vdagent':
      return { mouse: flag(values['mouse']), clipboard: flag(values['clipboard']) }
    default:
      return {}
  }
}

function unix(path: string): OptionValue {
  return { type: 'unix', data: { path } }
}

function inet(host = '', port = '0'): OptionValue {
  return { type: 'inet', data: { host, port } }
}

function flag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'on'
}
