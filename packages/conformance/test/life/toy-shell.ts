import { writeFileSync } from 'node:fs'
import { GuestError } from '../../src/guest/guest-error.ts'
import { bootIdOf, cardMac, hostname, made, mebibyte, type Inside } from './inside.ts'

type Command = readonly [RegExp, (inside: Inside, words: readonly string[]) => string]

/** The commands that acts give to a guest's shell, and what they print. */
const commands: readonly Command[] = [
  [/^cat \/proc\/sys\/kernel\/random\/boot_id$/, bootIdOf],
  [
    /^\(n=0; while true/,
    (inside) => {
      inside.count = 0
      return ''
    },
  ],
  [/^until \[ -s \/tmp\/count \]/, (inside) => String(pulse(inside))],
  [
    /^sleep 1; \[ \$\(cat \/tmp\/count\) -gt (\d+) \]$/,
    (inside, [, than]) => {
      if (pulse(inside) <= Number(than)) throw new GuestError('it counts no further')
      return ''
    },
  ],
  [
    /^kill \$\(cat \/tmp\/counter\)/,
    (inside) => {
      inside.count = undefined
      return ''
    },
  ],
  [/^head -c 32 \/dev\/sr0/, ({ medium }) => medium],
  [
    /^echo (\w+) \| dd of=\/dev\/vda bs=1M seek=(\d+) /,
    (inside, [, word = '', at]) => {
      inside.words = { ...inside.words, [Number(at)]: word }
      inside.writtenBytes += mebibyte
      return ''
    },
  ],
  [
    /^echo (\w+) \| dd of=\/dev\/vda bs=512 /,
    (inside, [, text = '']) => {
      inside.disk = text
      return ''
    },
  ],
  [
    /^echo (\w+) \| dd of=\/dev\/(plugged\d+) bs=512 /,
    (inside, [, word = '', alias = '']) => {
      const { file, isEncrypted, isTransient } = pluggedImage(inside, alias)
      inside.onPlugged = { ...inside.onPlugged, [isTransient ? alias : file]: word }
      if (!isEncrypted && !isTransient) writeFileSync(file, word, { flag: 'r+' })
      return ''
    },
  ],
  [
    /^dd if=\/dev\/(plugged\d+) bs=64 /,
    (inside, [, alias = '']) => {
      const { file, isTransient } = pluggedImage(inside, alias)
      return inside.onPlugged[isTransient ? alias : file] ?? ''
    },
  ],
  [
    /^cat \/proc\/sys\/kernel\/random\/uuid \| tee /,
    (inside) => (inside.known = `known-${inside.boots}-${inside.writtenBytes}`),
  ],
  [/^uname -n$/, () => hostname],
  [new RegExp(`^grep -l '${cardMac}'`), () => '/sys/class/net/eth0/address'],
  [
    /^ip addr add (\S+) dev eth0$/,
    (inside, [, address = '']) => nothingOf((inside.address = address)),
  ],
  [/^ip addr del /, (inside) => nothingOf((inside.address = ''))],
  [/^mke2fs \/dev\/vda /, (inside) => nothingOf((inside.file = ''))],
  [/^\(echo written >\/mnt\/file\)/, (inside) => nothingOf((inside.file = 'written'))],
  [/^sleep 1$/, () => ''],
  [/^\[ -s \/mnt\/file \]/, ({ file, isFrozen }) => (file === '' || isFrozen ? 'nothing' : '')],
  [/^cat \/mnt\/file /, ({ file, isFrozen }) => (isFrozen ? '' : file)],
  [/^umount \/mnt$/, () => ''],
  [/^grep '\^root:' \/etc\/shadow$/, ({ password }) => `root:${password}:19000:0:99999:7:::`],
  [/^mkpasswd -m sha512 -S salt '([^']+)'$/, (_inside, [, word = '']) => made(word)],
  [/^grep -l 'Virtio Keyboard'/, () => 'event3'],
  [/^: >\/tmp\/keys; cat \/dev\/input\/event3 /, () => ''],
  [/^hexdump .*\/tmp\/keys$/, ({ keys }) => keys],
  [/^kill \$\(cat \/tmp\/reader\)$/, () => ''],
  [/^echo 3 >\/proc\/sys\/vm\/drop_caches; (?:head|sha256sum)/, ({ disk }) => disk],
  [
    /^dd if=\/dev\/urandom of=\/dev\/vda bs=(\w+) (?:seek=\d+ )?count=(\d+) conv=fsync/,
    (inside, [, block = '', count]) => {
      inside.writtenBytes += Number(count) * (block === '1M' ? mebibyte : 64 * 1024)
      inside.flushes += 1
      inside.disk = `random ${inside.writtenBytes}`
      return ''
    },
  ],
  [/^date \+%s$/, ({ seconds }) => String(seconds)],
]

/** What a command prints that only changes something. */
const nothingOf = (_change: unknown): string => ''

interface PluggedImage {
  readonly file: string
  readonly isEncrypted: boolean
  readonly isTransient: boolean
}

function pluggedImage({ plugged }: Inside, alias: string): PluggedImage {
  const xml = plugged[alias] ?? ''
  const [, file = ''] = /<source file='([^']+)'/.exec(xml) ?? []
  return {
    file,
    isEncrypted: xml.includes('<encryption'),
    isTransient: xml.includes('<transient/>'),
  }
}

/** What a shell command prints in the guest. */
export function toyShell(text: string, inside: Inside): string {
  if (inside.state !== 'running') throw new GuestError(`the guest is ${inside.state}`)
  for (const [pattern, run] of commands) {
    const words = pattern.exec(text)
    if (words !== null) return run(inside, words)
  }
  throw new GuestError(`'${text}' is no command of this guest`)
}

function pulse(inside: Inside): number {
  if (inside.count === undefined) throw new GuestError('no such process')
  inside.count += 1
  return inside.count
}
