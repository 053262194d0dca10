import {
  integer,
  list,
  nonEmpty,
  oneOf,
  originField,
  report,
  required,
  text,
  yesNo,
} from '../../xml/fields.ts'
import type { Origin, XmlField, XmlFields } from '../../xml/fields.ts'
import { childNamed } from '../../xml/element.ts'

/** Where a display server listens. */
export interface GraphicsListen {
  readonly type: 'address' | 'network' | 'socket' | 'none'
  readonly address?: string
  readonly network?: string
  readonly socket?: string
}

const listenXml: XmlFields<GraphicsListen> = {
  type: required(oneOf('@type', ['address', 'network', 'socket', 'none'])),
  address: nonEmpty('@address'),
  network: text('@network'),
  socket: text('@socket'),
}

/** SPICE's channels, in the order in which libvirt writes them. */
export const spiceChannels = [
  'main',
  'display',
  'inputs',
  'cursor',
  'playback',
  'record',
  'smartcard',
  'usbredir',
] as const

export interface SpiceChannel {
  readonly name: (typeof spiceChannels)[number]
  readonly mode: 'secure' | 'insecure' | 'any'
}

const spiceChannelXml: XmlFields<SpiceChannel> = {
  name: required(oneOf('@name', spiceChannels)),
  mode: required(oneOf('@mode', ['secure', 'insecure', 'any'])),
}

/** A remote display. */
export interface Graphics {
  readonly origin?: Origin
  readonly type: 'vnc' | 'spice' | 'sdl' | 'rdp' | 'desktop' | 'egl-headless' | 'dbus'
  /** TCP port; -1 or missing with autoport means that polyvirt picks a free one at start. */
  readonly port?: number
  readonly tlsPort?: number
  readonly autoport?: boolean
  readonly websocket?: number
  readonly listen?: string
  readonly socket?: string
  readonly keymap?: string
  readonly passwd?: string
  readonly passwdValidTo?: string
  readonly connected?: 'keep' | 'disconnect' | 'fail'
  readonly sharePolicy?: 'allow-exclusive' | 'force-shared' | 'ignore'
  readonly defaultMode?: 'any' | 'secure' | 'insecure'
  readonly listens?: readonly GraphicsListen[]
  readonly channels?: readonly SpiceChannel[]
  readonly imageCompression?: 'auto_glz' | 'auto_lz' | 'quic' | 'glz' | 'lz' | 'off'
  readonly jpegCompression?: 'auto' | 'never' | 'always'
  readonly zlibCompression?: 'auto' | 'never' | 'always'
  readonly playbackCompression?: 'on' | 'off'
  readonly streamingMode?: 'filter' | 'all' | 'off'
  readonly mouseMode?: 'server' | 'client'
  readonly clipboardCopyPaste?: boolean
  readonly filetransferEnable?: boolean
  readonly glEnable?: boolean
  readonly glRendernode?: string
  /** `sdl`: the X display. */
  readonly display?: string
  readonly xauth?: string
  readonly fullscreen?: boolean
  /** `dbus`. */
  readonly p2p?: boolean
  readonly dbusAddress?: string
  readonly powerControl?: boolean
  readonly multiUser?: boolean
  readonly replaceUser?: boolean
  readonly audioId?: number
}

const imageCompressions = ['auto_glz', 'auto_lz', 'quic', 'glz', 'lz', 'off'] as const

/** A child of some types of displays that is there to say one thing, and must say it. */
function said<T>(types: readonly string[], field: XmlField<T>): XmlField<T> {
  const [path = ''] = field.knows
  const [name = ''] = path.split('/')
  return {
    ...field,
    read(scope) {
      const before = scope.report.problems.length
      const found = field.read(scope)
      const { attributes } = scope.element
      const isThere = childNamed(scope.element, name) !== undefined
      if (isThere && found === undefined && scope.report.problems.length === before)
        if (types.includes(attributes.get('type') ?? ''))
          report(scope, 'ERR_XML_ERROR', `attribute ${path.replace('/', '')} is missing`, path)
      return found
    },
  }
}

export const graphicsXml: XmlFields<Graphics> = {
  origin: originField,
  type: required(oneOf('@type', ['vnc', 'spice', 'sdl', 'rdp', 'desktop', 'egl-headless', 'dbus'])),
  port: integer('@port', { min: -1, max: 65535, what: 'a port' }),
  tlsPort: integer('@tlsPort', { min: -1, max: 65535, what: 'a port' }),
  autoport: yesNo('@autoport'),
  websocket: integer('@websocket', { min: -1, max: 65535, what: 'a port' }),
  listen: nonEmpty('@listen'),
  socket: text('@socket'),
  keymap: text('@keymap'),
  passwd: text('@passwd'),
  passwdValidTo: text('@passwdValidTo'),
  connected: oneOf('@connected', ['keep', 'disconnect', 'fail']),
  sharePolicy: oneOf('@sharePolicy', ['allow-exclusive', 'force-shared', 'ignore']),
  defaultMode: oneOf('@defaultMode', ['any', 'secure', 'insecure']),
  listens: list('listen', listenXml),
  channels: list('channel', spiceChannelXml),
  imageCompression: said(['spice'], oneOf('image/@compression', imageCompressions)),
  jpegCompression: said(['spice'], oneOf('jpeg/@compression', ['auto', 'never', 'always'])),
  zlibCompression: said(['spice'], oneOf('zlib/@compression', ['auto', 'never', 'always'])),
  playbackCompression: said(['spice'], oneOf('playback/@compression', ['on', 'off'])),
  streamingMode: said(['spice'], oneOf('streaming/@mode', ['filter', 'all', 'off'])),
  mouseMode: said(['spice'], oneOf('mouse/@mode', ['server', 'client'])),
  clipboardCopyPaste: said(['spice'], yesNo('clipboard/@copypaste')),
  filetransferEnable: said(['spice'], yesNo('filetransfer/@enable')),
  glEnable: said(['spice', 'sdl', 'dbus'], yesNo('gl/@enable')),
  glRendernode: text('gl/@rendernode'),
  display: text('@display'),
  xauth: text('@xauth'),
  fullscreen: yesNo('@fullscreen'),
  p2p: yesNo('@p2p'),
  dbusAddress: text('@address'),
  powerControl: yesNo('@powerControl'),
  multiUser: yesNo('@multiUser'),
  replaceUser: yesNo('@replaceUser'),
  audioId: said(['vnc'], integer('audio/@id', { min: 1, max: 0xffffffff })),
}
