import {
  fallback,
  integer,
  list,
  oneOf,
  originField,
  required,
  text,
  yesNo,
} from '../../xml/fields.ts'
import type { Origin, XmlFields } from '../../xml/fields.ts'

/** Where a display server listens. */
export interface GraphicsListen {
  readonly type: 'address' | 'network' | 'socket' | 'none'
  readonly address?: string
  readonly network?: string
  readonly socket?: string
}

const listenXml: XmlFields<GraphicsListen> = {
  type: fallback(oneOf('@type', ['address', 'network', 'socket', 'none']), 'address'),
  address: text('@address'),
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

export const graphicsXml: XmlFields<Graphics> = {
  origin: originField,
  type: required(oneOf('@type', ['vnc', 'spice', 'sdl', 'rdp', 'desktop', 'egl-headless', 'dbus'])),
  port: integer('@port', { min: -1, max: 65535, what: 'a port' }),
  tlsPort: integer('@tlsPort', { min: -1, max: 65535, what: 'a port' }),
  autoport: yesNo('@autoport'),
  websocket: integer('@websocket', { min: -1, max: 65535, what: 'a port' }),
  listen: text('@listen'),
  socket: text('@socket'),
  keymap: text('@keymap'),
  passwd: text('@passwd'),
  passwdValidTo: text('@passwdValidTo'),
  connected: oneOf('@connected', ['keep', 'disconnect', 'fail']),
  sharePolicy: oneOf('@sharePolicy', ['allow-exclusive', 'force-shared', 'ignore']),
  defaultMode: oneOf('@defaultMode', ['any', 'secure', 'insecure']),
  listens: list('listen', listenXml),
  channels: list('channel', spiceChannelXml),
  imageCompression: oneOf('image/@compression', [
    'auto_glz',
    'auto_lz',
    'quic',
    'glz',
    'lz',
    'off',
  ]),
  jpegCompression: oneOf('jpeg/@compression', ['auto', 'never', 'always']),
  zlibCompression: oneOf('zlib/@compression', ['auto', 'never', 'always']),
  playbackCompression: oneOf('playback/@compression', ['on', 'off']),
  streamingMode: oneOf('streaming/@mode', ['filter', 'all', 'off']),
  mouseMode: oneOf('mouse/@mode', ['server', 'client']),
  clipboardCopyPaste: yesNo('clipboard/@copypaste'),
  filetransferEnable: yesNo('filetransfer/@enable'),
  glEnable: yesNo('gl/@enable'),
  glRendernode: text('gl/@rendernode'),
  display: text('@display'),
  xauth: text('@xauth'),
  fullscreen: yesNo('@fullscreen'),
  p2p: yesNo('@p2p'),
  dbusAddress: text('@address'),
  powerControl: yesNo('@powerControl'),
  multiUser: yesNo('@multiUser'),
  replaceUser: yesNo('@replaceUser'),
  audioId: integer('audio/@id', { min: 1, max: 0xffffffff }),
}
