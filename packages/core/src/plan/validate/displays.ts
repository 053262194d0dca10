import type { Graphics } from '../../domain/devices/graphics.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import { keymaps } from '../../qemu/keymaps.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { maxSocketPathBytes } from './chardevs.ts'

/** First port QEMU's display numbers can say: `:0`. */
const firstVncPort = 5900

export function checkDisplays(domain: AddressedDomain): Problem[] {
  return [...graphics(domain), ...audios(domain), ...videos(domain)]
}

function graphics(domain: AddressedDomain): Problem[] {
  const problems: Problem[] = []
  const seen = new Map<string, string>()
  for (const [i, one] of (domain.devices.graphics ?? []).entries()) {
    const path = `devices/graphics[${i + 1}]`
    const add = (below: string, message: string, code: Problem['code'] = 'ERR_XML_ERROR'): void => {
      problems.push({ code, path: `${path}/${below}`, message })
    }
    if (
      one.type === 'vnc' &&
      one.autoport !== true &&
      one.port !== undefined &&
      one.port < firstVncPort &&
      one.port !== -1
    ) {
      add('@port', `VNC ports begin at ${firstVncPort}; found ${one.port}`)
    }
    if (
      one.type === 'vnc' &&
      one.autoport === false &&
      one.listens?.[0]?.type === 'address' &&
      (one.port ?? -1) === -1
    )
      add('@port', `with autoport='no' a port is named: give one from ${firstVncPort} on`)
    const first = seen.get(one.type)
    if (first === undefined) seen.set(one.type, path)
    else
      add(
        '@type',
        `QEMU has one display of type '${one.type}', and ${first} is it`,
        'ERR_CONFIG_UNSUPPORTED',
      )
    if (one.p2p === true && one.dbusAddress !== undefined)
      add('@address', `from peer to peer there is no bus; leave the address out, or p2p`)
    if (
      one.passwdValidTo !== undefined &&
      !/^\d{4}(?:-\d\d){2}T\d\d(?::\d\d){2}$/.test(one.passwdValidTo)
    )
      add('@passwdValidTo', `${quote(one.passwdValidTo)} is not a time such as 2030-12-31T23:59:59`)
    if (one.type === 'vnc' && one.passwd !== undefined && Buffer.byteLength(one.passwd) > 8)
      add(
        '@passwd',
        `VNC takes at most 8 bytes of a password; this one has ${Buffer.byteLength(one.passwd)}`,
        'ERR_CONFIG_UNSUPPORTED',
      )
    if (one.keymap !== undefined && !keymaps.includes(one.keymap))
      add('@keymap', unknownKeymap(one.keymap), 'ERR_CONFIG_UNSUPPORTED')
    checkListens(one, add)
  }
  return problems
}

/** What is heard with a picture needs the picture. */
function audios({ devices }: AddressedDomain): Problem[] {
  const seen = new Map<number, string>()
  const twice = (devices.audio ?? []).flatMap(({ id }, i): Problem[] => {
    const path = `devices/audio[${i + 1}]`
    const other = seen.get(id)
    if (other === undefined) {
      seen.set(id, path)
      return []
    }
    const message = `audio ${id} is already given at ${other}`
    return [{ code: 'ERR_XML_ERROR', path: `${path}/@id`, message }]
  })
  const users = { sound: devices.sound ?? [], graphics: devices.graphics ?? [] } as const
  const unknown = (['sound', 'graphics'] as const).flatMap((kind) =>
    users[kind].flatMap(({ audioId, ...one }, i): Problem[] => {
      if (audioId === undefined || seen.has(audioId) || ('type' in one && one.type === 'dbus'))
        return []
      const message = `there is no audio ${audioId}`
      return [{ code: 'ERR_XML_ERROR', path: `devices/${kind}[${i + 1}]/audio/@id`, message }]
    }),
  )
  return [...twice, ...unknown, ...spiceAudios({ devices })]
}

function spiceAudios({ devices }: Pick<AddressedDomain, 'devices'>): Problem[] {
  if ((devices.graphics ?? []).some(({ type }) => type === 'spice')) return []
  return (devices.audio ?? []).flatMap(({ type }, i): Problem[] =>
    type === 'spice'
      ? [
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: `devices/audio[${i + 1}]/@type`,
            message: `SPICE carries sound beside its picture; add <graphics type='spice'/>, or use another type`,
          },
        ]
      : [],
  )
}

/** QEMU opens the layout as a file of its own, and only at start finds that there is none. */
function unknownKeymap(keymap: string): string {
  const near = nearest(keymap.replaceAll('_', '-'), keymaps)
  return `QEMU has no keymap ${quote(keymap)}; offered: ${keymaps.join(', ')}${
    near === undefined ? '' : `; did you mean '${near}'?`
  }`
}

function checkListens(
  one: Graphics,
  add: (below: string, message: string, code?: Problem['code']) => void,
): void {
  const [first] = one.listens ?? []
  if (first?.type === 'address' && first.address !== undefined && first.address !== one.listen)
    add(
      '@listen',
      `${quote(one.listen ?? '')} is not the address of the first <listen>, ${quote(first.address)}; leave one of them out`,
      'ERR_CONFIG_UNSUPPORTED',
    )
  for (const [i, listen] of (one.listens ?? []).entries()) {
    const path = `listen[${i + 1}]`
    const { address, socket } = listen
    if (address !== undefined && !/^[A-Za-z0-9.:-]+$/.test(address)) {
      add(`${path}/@address`, `${quote(address)} is not an address or host name`)
    }
    for (const word of ['socket', 'network'] as const)
      if (listen[word] !== undefined && listen.type !== word)
        add(`${path}/@${word}`, `that is of a <listen type='${word}'>, not of '${listen.type}'`)
    if (listen.type === 'socket') {
      // Without a path, the run's own folder has it.
      if (socket === undefined) continue
      if (!socket.startsWith('/'))
        add(`${path}/@socket`, `${quote(socket)} is not an absolute path`)
      else if (Buffer.byteLength(socket) > maxSocketPathBytes) {
        add(`${path}/@socket`, `a socket path has at most ${maxSocketPathBytes} bytes`)
      }
    }
  }
}

/** libvirt's least `vgamem`, in KiB: QEMU counts it in MiB. */
const leastFrameKiB = 1024

/** Cards whose own memory is counted like that. */
const inMiB: readonly string[] = ['vga', 'vmvga']

/** QEMU's VIRTIO_GPU_MAX_SCANOUTS (include/hw/virtio/virtio-gpu.h). */
const maxHeads = 16

function videos(domain: AddressedDomain): Problem[] {
  const list = domain.devices.video ?? []
  const problems: Problem[] = []
  for (const [i, video] of list.entries()) {
    const path = `devices/video[${i + 1}]`
    if (video.model === 'none' && list.length > 1) {
      problems.push({ code: 'ERR_XML_ERROR', path, message: `video model 'none' stands alone` })
    }
    if (i > 0 && video.primary === true) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/model/@primary`,
        message: 'only one video card is the primary one',
      })
    }
    if (i > 0 && video.model !== 'qxl' && video.model !== 'virtio') {
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/@type`,
        message: `a second video card is 'qxl' or 'virtio', not '${video.model ?? ''}'`,
      })
    }
    const { vgamemKiB: frame = leastFrameKiB } = video
    if (video.model === 'qxl' && (frame < leastFrameKiB || Math.log2(frame) % 1 !== 0)) {
      const fitting = 2 ** Math.ceil(Math.log2(Math.max(leastFrameKiB, frame)))
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/@vgamem`,
        message: `${frame} KiB is not a size of a frame's memory: a power of two from ${leastFrameKiB} on, such as ${fitting}`,
      })
    }
    const { vramKiB = leastFrameKiB } = video
    if (inMiB.includes(video.model ?? '') && vramKiB < leastFrameKiB) {
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/@vram`,
        message: `QEMU counts the memory of a '${video.model ?? ''}' in MiB: ${vramKiB} KiB are less than one`,
      })
    }
    if (video.model === 'virtio' && (video.heads ?? 1) > maxHeads) {
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/@heads`,
        message: `a 'virtio' card has at most ${maxHeads} heads, not ${video.heads ?? 1}`,
      })
    }
    if (video.accel2d === true) {
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/acceleration/@accel2d`,
        message: 'no video model of QEMU accelerates in 2D; leave it out',
      })
    }
    if (video.accel3d === true && video.model !== 'virtio' && video.model !== 'qxl') {
      problems.push({
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `${path}/model/acceleration/@accel3d`,
        message: `only video models 'virtio' and 'qxl' accelerate, not '${video.model ?? ''}'`,
      })
    }
  }
  return problems
}
