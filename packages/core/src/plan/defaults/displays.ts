import { defaultAudio } from './audio.ts'
import { addDevice, devicePath, fill, note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel } from '../allow-list.ts'
import { spiceChannels } from '../../domain/devices/graphics.ts'
import { deviceListOf, devicesOf } from '../draft.ts'
import type { VideoModel } from '../../domain/devices/video.ts'

/** Graphics listeners, a video card where there is a display, and audio. */
export function defaultDisplays(d: Defaulting): void {
  defaultGraphics(d)
  addVideo(d)
  defaultVideos(d)
  defaultAudio(d)
}

function defaultGraphics(d: Defaulting): void {
  for (const graphics of devicesOf(d.domain, 'graphics')) {
    keepOwn(graphics)
    if (graphics.type !== 'vnc' && graphics.type !== 'spice') continue
    const path = devicePath(
      'graphics',
      devicesOf(d.domain, 'graphics').indexOf(graphics),
      'listens',
    )
    if (graphics.listens === undefined || graphics.listens.length === 0) {
      const byAddress = graphics.listen === undefined ? {} : { address: graphics.listen }
      graphics.listens =
        graphics.socket === undefined
          ? [{ type: 'address', ...byAddress }]
          : [{ type: 'socket', socket: graphics.socket }]
      note(d, path, graphics.listen ?? graphics.socket ?? '127.0.0.1 at start', {
        rule: 'graphics/listen',
        reason: 'where it listens, in the form of today beside that of old',
      })
    }
    // Who names a socket does not want to be heard of on the network.
    if (
      graphics.type === 'vnc' &&
      graphics.socket !== undefined &&
      graphics.listens[0]?.type === 'address'
    ) {
      graphics.listens = [{ type: 'socket', socket: graphics.socket }]
      for (const key of ['listen', 'port', 'autoport'] as const) delete graphics[key]
    }
    const first = graphics.listens[0]
    if (first?.type === 'address') {
      if (first.address === undefined && graphics.listen !== undefined)
        first.address = graphics.listen
      if (first.address !== undefined) graphics.listen ??= first.address
    } else delete graphics.listen
    if (graphics.type === 'vnc' && first?.type === 'socket' && first.socket !== undefined)
      graphics.socket = first.socket
    defaultPorts(d, graphics)
  }
}

type GraphicsDraft = ReturnType<typeof devicesOf<'graphics'>>[number]

/** Displays that somebody reaches over a network, and what they have in common. */
const servers: readonly string[] = ['vnc', 'spice', 'rdp']

/** The types of displays that each word is for: on others it means nothing, and libvirt keeps none of it. */
const ownersOf: Readonly<
  Partial<Record<Exclude<keyof GraphicsDraft, 'origin' | 'type'>, readonly string[]>>
> = {
  port: servers,
  autoport: servers,
  listen: servers,
  listens: servers,
  websocket: ['vnc'],
  socket: ['vnc'],
  sharePolicy: ['vnc'],
  powerControl: ['vnc'],
  keymap: ['vnc', 'spice'],
  passwd: ['vnc', 'spice'],
  passwdValidTo: ['vnc', 'spice'],
  connected: ['vnc', 'spice'],
  tlsPort: ['spice'],
  defaultMode: ['spice'],
  channels: ['spice'],
  imageCompression: ['spice'],
  jpegCompression: ['spice'],
  zlibCompression: ['spice'],
  playbackCompression: ['spice'],
  streamingMode: ['spice'],
  mouseMode: ['spice'],
  clipboardCopyPaste: ['spice'],
  filetransferEnable: ['spice'],
  multiUser: ['rdp'],
  replaceUser: ['rdp'],
  audioId: ['vnc', 'dbus'],
  glEnable: ['sdl', 'spice', 'dbus'],
  glRendernode: ['spice', 'dbus', 'egl-headless'],
  display: ['sdl', 'desktop'],
  xauth: ['sdl'],
  fullscreen: ['sdl', 'desktop'],
  p2p: ['dbus'],
  dbusAddress: ['dbus'],
}

function keepOwn(graphics: GraphicsDraft): void {
  const all = graphics as Record<string, unknown>
  for (const [key, types] of Object.entries(ownersOf))
    if (!types.includes(graphics.type)) delete all[key]
  if (graphics.passwd === undefined) {
    delete graphics.passwdValidTo
    delete graphics.connected
  }
  if (graphics.p2p === false) delete graphics.p2p
  // Any mode is what a channel has of which nothing is said.
  const channels = (graphics.channels ?? [])
    .filter(({ mode }) => mode !== 'any')
    .toSorted((a, b) => spiceChannels.indexOf(a.name) - spiceChannels.indexOf(b.name))
  if (channels.length > 0) graphics.channels = channels
  else delete graphics.channels
  for (const listen of graphics.listens ?? []) if (listen.type !== 'address') delete listen.address
  // The network says at start where that is.
  if (graphics.listens?.[0]?.type === 'network') delete graphics.listen
}

function given(port: number | undefined): boolean {
  return port !== undefined && port !== 0
}

function defaultPorts(
  d: Defaulting,
  graphics: ReturnType<typeof devicesOf<'graphics'>>[number],
): void {
  const why = { rule: 'graphics/port', reason: 'polyvirt picks a free port at start' }
  if (
    graphics.type === 'spice' &&
    !given(graphics.port) &&
    !given(graphics.tlsPort) &&
    graphics.autoport !== true &&
    graphics.listens?.[0]?.type === 'address'
  ) {
    // Without any port there is nothing to listen on; whoever looks brings a socket of their own.
    graphics.listens = [{ type: 'none' }]
    delete graphics.listen
  }
  const first = graphics.listens?.[0]?.type
  if (first === 'socket' || first === 'none') {
    delete graphics.port
    delete graphics.autoport
    delete graphics.tlsPort
    return
  }
  if (graphics.type === 'vnc') {
    const auto = graphics.autoport === true || graphics.port === -1 || graphics.port === undefined
    // Who wants neither a port of their own nor a free one has none; see validate/displays.ts.
    if (auto && graphics.autoport !== false) {
      if (graphics.port !== -1) {
        graphics.port = -1
        note(
          d,
          devicePath('graphics', devicesOf(d.domain, 'graphics').indexOf(graphics), 'port'),
          -1,
          why,
        )
      }
      if (graphics.autoport !== true) {
        delete graphics.autoport
        fill(d, 'graphics', graphics, 'autoport', true, why)
      }
    } else fill(d, 'graphics', graphics, 'autoport', false, { ...why, reason: 'the port is given' })
    return
  }
  // -1 alone is a port that is free at start; for both it is the old way to say autoport.
  if (graphics.autoport === true || (graphics.port === -1 && graphics.tlsPort === -1)) {
    delete graphics.port
    delete graphics.tlsPort
    graphics.autoport = true
  } else {
    if (graphics.port === 0) delete graphics.port
    if (graphics.autoport === undefined)
      fill(d, 'graphics', graphics, 'autoport', false, { ...why, reason: 'the port is given' })
  }
}

function addVideo(d: Defaulting): void {
  const shows = devicesOf(d.domain, 'graphics').length > 0
  if (!shows || devicesOf(d.domain, 'video').length > 0) return
  addDevice(d, 'video', {}, { rule: 'video/needed', reason: 'a display shows a video card' })
}

function defaultVideos(d: Defaulting): void {
  const videos = devicesOf(d.domain, 'video')
  const model = defaultModel('video', d.context) as VideoModel | undefined
  for (const video of videos) {
    fill(d, 'video', video, 'model', model, {
      rule: 'devices/video/default',
      reason: "the architecture's video card where no model is named",
      arch: true,
    })
  }
  if (videos.every((video) => video.primary !== true)) {
    const first = videos[0]
    if (first !== undefined && first.model !== 'none') {
      delete first.primary
      fill(d, 'video', first, 'primary', true, {
        rule: 'video/primary',
        reason: 'the first video card shows the firmware',
      })
    }
  }
  // The primary card comes first, as libvirt keeps it.
  if (videos.length > 1)
    deviceListOf(d.domain, 'video').sort(
      (a, b) => Number(b.primary === true) - Number(a.primary === true),
    )
  for (const video of videos) defaultVideoMemory(d, video)
}

/** The next power of two: QEMU takes no other size. */
function powerOfTwo(kib: number): number {
  return 2 ** Math.ceil(Math.log2(kib))
}

/** libvirt's sizes in KiB (VIR_DOMAIN_VIDEO defaults): QEMU's own, made visible. */
function defaultVideoMemory(
  d: Defaulting,
  video: ReturnType<typeof devicesOf<'video'>>[number],
): void {
  const why = { rule: 'video/memory', reason: "QEMU's own size, made visible" }
  if (video.vramKiB === 0 || video.model === 'none') delete video.vramKiB
  // QEMU wants a power of two, and rounds down itself; libvirt gives what was asked for, and more.
  else if (video.vramKiB !== undefined) video.vramKiB = powerOfTwo(video.vramKiB)
  if (video.model === 'qxl') {
    // Of the frame's memory libvirt takes no size that it would have to round: see validate/displays.ts.
    if (video.vgamemKiB === 0) delete video.vgamemKiB
    for (const key of ['ramKiB', 'vram64KiB'] as const) {
      const size = video[key]
      if (size !== undefined && size > 0) video[key] = powerOfTwo(size)
    }
    fill(d, 'video', video, 'ramKiB', 65536, why)
    fill(d, 'video', video, 'vramKiB', 65536, why)
    fill(d, 'video', video, 'vgamemKiB', 16384, why)
  } else if (
    video.model === 'vga' ||
    video.model === 'cirrus' ||
    video.model === 'vmvga' ||
    video.model === 'bochs'
  ) {
    fill(d, 'video', video, 'vramKiB', 16384, why)
  }
  if (video.model === undefined || video.model === 'none') return
  fill(d, 'video', video, 'heads', 1, { rule: 'video/heads', reason: 'one screen' })
  if (video.primary === false) delete video.primary
}
