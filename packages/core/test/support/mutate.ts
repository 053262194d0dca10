/** Changes to a document, as fuzzers of structured text make them. */

const strings = [
  '',
  ' ',
  '-1',
  '0',
  '007',
  '+1',
  '1e9',
  '4294967296',
  '18446744073709551616',
  '9'.repeat(40),
  '-',
  'a,b=c',
  '../../x',
  '/',
  '\u202e',
  '&#0;',
  '&#x10ffff;',
  '&lt;',
  ']]>',
  '-->',
  '<!--',
  '<![CDATA[x]]>',
  '__proto__',
  'constructor',
  'none',
  'auto',
  'yes',
  'x'.repeat(5000),
  '%s',
  '$(id)',
  '\u0000',
  '\n',
]

const words = [
  'disk',
  'controller',
  'address',
  'source',
  'target',
  'driver',
  'model',
  'alias',
  'type',
  'index',
  'bus',
  'port',
  'slot',
  'unit',
  'virtio',
  'scsi',
  'pci',
  'usb',
  'spapr-vio',
  'drive',
  'pci-bridge',
  'pci-root',
  'qemu-xhci',
  'vnc',
  'spice',
  'pty',
  'unix',
  'tcp',
  'kvm',
  'host-model',
  'cpu',
  'numa',
  'cell',
]

/** Numbers from 0 below 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A document changed in one to four places. */
export function mutate(xml: string, next: () => number): string {
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(next() * list.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
  const elements = (text: string): { start: number; end: number }[] =>
    [...text.matchAll(/<([\w:-]+)[^<>]*?(?:\/>|>[^<>]*<\/\1>)/g)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
    }))
  let text = xml
  for (let times = 1 + Math.floor(next() * 4); times > 0; times--) {
    const found = elements(text)
    const one = found.length === 0 ? { start: 0, end: text.length } : pick(found)
    const other = found.length === 0 ? one : pick(found)
    const piece = text.slice(one.start, one.end)
    const values = [...text.matchAll(/'[^'<>]*'|>[^<>]+</g)]
    const value = values.length === 0 ? undefined : pick(values)
    switch (Math.floor(next() * 8)) {
      case 0:
        text = text.slice(0, one.start) + text.slice(one.end)
        break
      case 1:
        text =
          text.slice(0, one.end) + piece.repeat(1 + Math.floor(next() * 40)) + text.slice(one.end)
        break
      case 2:
        text = text.slice(0, other.start) + piece + text.slice(other.start)
        break
      case 3: {
        const [a, b] = one.start < other.start ? [one, other] : [other, one]
        if (a.end > b.start) break
        text =
          text.slice(0, a.start) +
          text.slice(b.start, b.end) +
          text.slice(a.end, b.start) +
          text.slice(a.start, a.end) +
          text.slice(b.end)
        break
      }
      case 4:
      case 5:
        if (value === undefined) break
        text = `${text.slice(0, value.index + 1)}${pick(next() < 0.5 ? strings : words)}${text.slice(value.index + value[0].length - 1)}`
        break
      case 6: {
        const from = Math.floor(next() * text.length)
        text = text.slice(0, from) + text.slice(from + 1 + Math.floor(next() * 10))
        break
      }
      default: {
        const name = pick([...text.matchAll(/[\w-]+(?==)/g)])
        if (name !== undefined)
          text = text.slice(0, name.index) + pick(words) + text.slice(name.index + name[0].length)
      }
    }
  }
  return text
}
