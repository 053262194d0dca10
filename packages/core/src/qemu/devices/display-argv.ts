import type { Graphics } from '../../domain/devices/graphics.ts'
import type { Video } from '../../domain/devices/video.ts'
import { placeOptions, offeredModel, virtioOptions } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { escapeComma, jsonOption, keyValueOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'

/** First TCP ports libvirt gives out: VNC displays count from 5900, SPICE shares the range. */
export const firstDisplayPort = 5900

/** And the first of those for browsers. */
export const firstWebsocketPort = 5700

export function graphicsArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.graphics ?? []).flatMap((graphics, position): Argument[] => {
    const keymap: Argument[] = graphics.keymap === undefined ? [] : [['-k', graphics.keymap]]
    if (graphics.type === 'vnc') return [['-vnc', vnc(context, graphics, position)], ...keymap]
    if (graphics.type === 'spice')
      return [['-spice', spice(context, graphics, position)], ...keymap]
    return [
      ['-display', display(context, graphics)],
      ...(graphics.type === 'sdl' && graphics.fullscreen === true
        ? [['-full-screen'] as const]
        : []),
    ]
  })
}

/** Displays without a server of their own. */
function display(context: ArgvContext, graphics: Graphics): string {
  switch (graphics.type) {
    case 'sdl':
      return keyValueOption('sdl', { gl: graphics.glEnable })
    case 'dbus':
      return keyValueOption('dbus', {
        p2p: graphics.p2p,
        addr: graphics.dbusAddress,
        gl: graphics.glEnable,
        rendernode: graphics.glRendernode,
        audiodev: graphics.audioId === undefined ? undefined : audioId(context, graphics),
      })
    default:
      return keyValueOption('egl-headless', { rendernode: graphics.glRendernode })
  }
}

function listenAddress(graphics: Graphics): string {
  const address = graphics.listens?.[0]?.address ?? '127.0.0.1'
  return address.includes(':') ? `[${address}]` : address
}

function audioId(context: ArgvContext, graphics: Graphics): string | undefined {
  const id = graphics.audioId ?? context.domain.devices.audio?.[0]?.id
  return id === undefined ? undefined : `audio${id}`
}

function vnc(context: ArgvContext, graphics: Graphics, position: number): string {
  const listen = graphics.listens?.[0]
  const common: Options = {
    websocket: graphics.websocket === -1 ? 'on' : graphics.websocket,
    password: graphics.passwd === undefined ? undefined : true,
    share: graphics.sharePolicy,
    'power-control': graphics.powerControl,
    audiodev: audioId(context, graphics),
  }
  if (listen?.type === 'socket') {
    const socket = listen.socket ?? `${context.runtime.paths.stateDir}/vnc.sock`
    return `vnc=unix:${escapeComma(socket)}${rest(common)}`
  }
  if (listen?.type === 'none') return `none${rest(common)}`
  const port =
    graphics.autoport === true
      ? (context.runtime.ports?.[position] ?? firstDisplayPort)
      : (graphics.port ?? firstDisplayPort)
  const websocket = context.runtime.websockets?.[position] ?? graphics.websocket
  const shown = { ...common, websocket }
  return `${listenAddress(graphics)}:${port - firstDisplayPort}${rest(shown)}`
}

function rest(options: Options): string {
  const text = keyValueOption('', options)
  return text === '' ? '' : `,${text}`
}

/** Is its port one that is free at start? */
export function picksPort({ type, autoport, port }: Graphics): boolean {
  return autoport === true || (type === 'spice' && port === -1)
}

/** Does it listen for browsers at a port that is free at start? */
export function picksWebsocket({ type, websocket, listens }: Graphics): boolean {
  const [listen] = listens ?? []
  const isOnTcp = listen?.type !== 'socket' && listen?.type !== 'none'
  return type === 'vnc' && websocket === -1 && isOnTcp
}

function spice(context: ArgvContext, graphics: Graphics, position: number): string {
  const listen = graphics.listens?.[0]
  const port = picksPort(graphics)
    ? (context.runtime.ports?.[position] ?? firstDisplayPort)
    : graphics.port
  const place: Options =
    listen?.type === 'socket'
      ? { addr: listen.socket ?? `${context.runtime.paths.stateDir}/spice.sock` }
      : listen?.type === 'none'
        ? { port: 0 }
        : {
            port,
            'tls-port': graphics.tlsPort === -1 ? undefined : graphics.tlsPort,
            addr: graphics.listens?.[0]?.address ?? '127.0.0.1',
          }
  const channels = Object.fromEntries(
    (graphics.channels ?? [])
      .filter((channel) => channel.mode === 'insecure')
      .map((channel) => ['plaintext-channel', channel.name]),
  )
  const insecure = graphics.defaultMode === 'insecure'
  return keyValueOption(listen?.type === 'socket' ? 'unix' : '', {
    ...place,
    'agent-mouse': graphics.mouseMode === undefined ? undefined : graphics.mouseMode === 'client',
    'disable-ticketing': graphics.passwd === undefined ? true : undefined,
    ...(insecure && { 'plaintext-channel': 'default' }),
    ...channels,
    'image-compression': graphics.imageCompression,
    'jpeg-wan-compression': graphics.jpegCompression,
    'zlib-glz-wan-compression': graphics.zlibCompression,
    'playback-compression': graphics.playbackCompression,
    'streaming-video': graphics.streamingMode,
    'disable-copy-paste': graphics.clipboardCopyPaste === false ? true : undefined,
    'disable-agent-file-xfer': graphics.filetransferEnable === false ? true : undefined,
    gl: graphics.glEnable === true ? true : undefined,
    rendernode: graphics.glEnable === true ? graphics.glRendernode : undefined,
    'seamless-migration': true,
  })
}

export function videoArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.video ?? []).flatMap((video, position): Argument[] => {
    const model = offeredModel(context, 'video', video)
    const plain = position === 0 ? model.driver : (model.secondary ?? model.driver)
    const driver = video.accel3d === true && video.model === 'virtio' ? accelerated(plain) : plain
    if (driver === undefined) return []
    return [
      [
        '-device',
        jsonOption({
          driver,
          id: video.alias,
          ...videoMemory(video),
          ...virtioOptions(video),
          ...placeOptions(video, context.domain),
        }),
      ],
    ]
  })
}

/** QEMU's name of the form that draws in 3D: `virtio-vga-gl`, `virtio-gpu-gl-pci`. */
function accelerated(driver: string | undefined): string | undefined {
  return driver?.endsWith('-pci') === true
    ? driver.replace(/-pci$/, '-gl-pci')
    : driver && `${driver}-gl`
}

const mib = 1024

function videoMemory(video: Video): Options {
  switch (video.model) {
    case 'vga':
      return { vgamem_mb: Math.floor((video.vramKiB ?? 0) / mib), ...resolution(video) }
    case 'vmvga':
      return { vgamem_mb: Math.floor((video.vramKiB ?? 0) / mib) }
    case 'bochs':
      return { vgamem: (video.vramKiB ?? 0) * 1024, ...resolution(video) }
    case 'qxl':
      return {
        max_outputs: video.heads,
        ram_size: (video.ramKiB ?? 0) * 1024,
        vram_size: (video.vramKiB ?? 0) * 1024,
        vram64_size_mb: Math.floor((video.vram64KiB ?? 0) / mib),
        vgamem_mb: Math.floor((video.vgamemKiB ?? 0) / mib),
        ...resolution(video),
      }
    case 'virtio':
      return { max_outputs: video.heads, ...resolution(video) }
    default:
      return {}
  }
}

function resolution({ resolutionX: xres, resolutionY: yres }: Video): Options {
  return { xres, yres }
}
