import { quote } from '../errors.ts'
import { mapped } from '../xml/fields.ts'
import type { ReadScope, XmlField } from '../xml/fields.ts'
import type { XmlElement } from '../xml/element.ts'
import { report } from '../xml/fields.ts'

/**
 * libvirt's units (docs/formatdomain: "scaled integer"): bytes per unit. `k`, `M`, … are powers of
 * 1024; only `KB`, `MB`, … are powers of 1000. Case does not matter.
 */
const units: ReadonlyMap<string, bigint> = new Map([
  ['b', 1n],
  ['byte', 1n],
  ['bytes', 1n],
  ...['k', 'm', 'g', 't', 'p', 'e'].flatMap((prefix, i): [string, bigint][] => [
    [prefix, 1024n ** BigInt(i + 1)],
    [`${prefix}ib`, 1024n ** BigInt(i + 1)],
    [`${prefix}b`, 1000n ** BigInt(i + 1)],
  ]),
] as [string, bigint][])

/** 8 EiB: libvirt keeps sizes in a signed 64-bit number of bytes. */
const limitBytes = 1n << 63n

/**
 * A memory size: `<memory unit='MiB'>512</memory>`, kept in KiB (rounded up), written in KiB.
 * Exact for every size below 8 EiB.
 */
export function sizeKiB(
  path: string,
  defaultUnit = 'KiB',
  writtenUnit: 'KiB' | 'MiB' | 'bytes' = 'KiB',
): XmlField<number> {
  return mapped(
    scaled(path, defaultUnit, writtenUnit),
    (bytes) => Number((bytes + 1023n) / 1024n),
    (kib) => BigInt(kib) * 1024n,
  )
}

/** A size that is written in bytes: `<space_hard_limit unit='bytes'>`. */
export function bytesField(path: string): XmlField<number> {
  return mapped(
    scaled(path, 'bytes', 'bytes'),
    (bytes) => Number(bytes),
    (bytes) => BigInt(bytes),
  )
}

/** A size that libvirt writes in MiB, with the letter alone: `<size unit='M'>4</size>`. */
export function mibField(path: string): XmlField<number> {
  return mapped(
    scaled(path, 'bytes', 'M'),
    (bytes) => Number((bytes + 1048575n) / 1048576n),
    (mib) => BigInt(mib) * 1048576n,
  )
}

/** Bytes in each unit that sizes are written in. */
const writtenBytes = { KiB: 1024n, M: 1_048_576n, MiB: 1_048_576n, bytes: 1n } as const

function scaled(
  path: string,
  defaultUnit: string,
  writtenUnit: keyof typeof writtenBytes,
): XmlField<bigint> {
  const attribute = /^(.*?)@([^/]+)$/.exec(path)
  const steps = path.split('/')
  return {
    knows: attribute ? [path, `${attribute[1] ?? ''}@unit`] : [path, `${path}/@unit`],
    read(scope) {
      const holder = attribute
        ? descend(scope.element, steps.slice(0, -1))
        : descend(scope.element, steps)
      if (holder === undefined) return undefined
      const written = attribute ? holder.attributes.get(attribute[2] ?? '') : holder.text
      if (written === undefined) return undefined
      return bytesOf(scope, path, written, holder.attributes.get('unit') ?? defaultUnit)
    },
    write(bytes, writer) {
      writer.put(attribute ? [...steps.slice(0, -1), '@unit'] : [...steps, '@unit'], writtenUnit)
      writer.put(steps, String(bytes / writtenBytes[writtenUnit]))
    },
  }
}

function descend(element: XmlElement, steps: readonly string[]): XmlElement | undefined {
  let at: XmlElement | undefined = element
  for (const step of steps) at = at?.children.find((child) => child.name === step)
  return at
}

function bytesOf(
  scope: ReadScope,
  path: string,
  written: string,
  unit: string,
): bigint | undefined {
  const unitPath = path.includes('@') ? path.replace(/@[^/]+$/, '@unit') : `${path}/@unit`
  const factor = units.get(unit.toLowerCase())
  if (factor === undefined) {
    const offered = 'b, KB, KiB, MB, MiB, GB, GiB, TB, TiB, PB, PiB, EB or EiB'
    report(scope, 'ERR_XML_ERROR', `unit ${quote(unit)} is not known; use ${offered}`, unitPath)
    return undefined
  }
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(written)) {
    report(
      scope,
      'ERR_XML_ERROR',
      `${quote(written)} is not a size: digits only, and a unit attribute`,
      path,
    )
    return undefined
  }
  const bytes = BigInt(written) * factor
  if (bytes >= limitBytes) {
    report(
      scope,
      'ERR_XML_ERROR',
      `${written} ${unit} is out of range: sizes end below 8 EiB`,
      path,
    )
    return undefined
  }
  return bytes
}
