import { list, mapped, oneOf, report, required, text, yesNo } from '../../xml/fields.ts'
import type { XmlField, XmlFields } from '../../xml/fields.ts'
import { quote } from '../../errors.ts'
import { charBackendXml } from './chardev.ts'
import type { CharBackend } from './chardev.ts'
import { bootOptionsXml, deviceInfoXml } from './device-info.ts'
import type { BootOptions, DeviceInfo } from './device-info.ts'
import { usbId } from './hostdev.ts'

/** A USB device of whoever looks at the display, or at the other end of a socket. */
export interface Redirdev extends CharBackend, BootOptions, DeviceInfo {
  readonly bus: 'usb'
}

export const redirdevXml: XmlFields<Redirdev> = {
  bus: required(oneOf('@bus', ['usb'])),
  ...charBackendXml,
  ...deviceInfoXml,
  ...bootOptionsXml,
}

/** One rule of the filter; what it leaves out matches everything. */
export interface RedirRule {
  readonly class?: number
  readonly vendor?: number
  readonly product?: number
  /** Binary coded decimal, as USB has it: 0x0205 is 2.05. */
  readonly version?: number
  readonly allow: boolean
}

const redirRuleXml: XmlFields<RedirRule> = {
  class: orAny(
    mapped(
      text('@class'),
      (written, scope) => {
        if (/^(?:0[xX][0-9a-fA-F]{1,2}|[0-9]{1,3})$/.test(written) && Number(written) <= 255)
          return Number(written)
        report(scope, 'ERR_XML_ERROR', `${quote(written)} is not a USB class`, '@class')
        return undefined
      },
      (id) => `0x${id.toString(16).toUpperCase().padStart(2, '0')}`,
    ),
    '@class',
  ),
  vendor: orAny(upperCase(usbId('@vendor')), '@vendor'),
  product: orAny(upperCase(usbId('@product')), '@product'),
  version: orAny(
    mapped(
      text('@version'),
      (written, scope) => {
        const [, major, minor] = /^(\d{1,2})\.(\d{1,2})$/.exec(written) ?? []
        if (major !== undefined && minor !== undefined)
          return Number.parseInt(major, 16) * 256 + Number.parseInt(minor.padEnd(2, '0'), 16)
        report(
          scope,
          'ERR_XML_ERROR',
          `${quote(written)} is not a USB version such as 1.10`,
          '@version',
        )
        return undefined
      },
      (bcd) => `${(bcd >> 8).toString(16)}.${(bcd & 0xff).toString(16).padStart(2, '0')}`,
    ),
    '@version',
  ),
  allow: required(yesNo('@allow')),
}

/** `-1` is libvirt's word for "any", and says the same as nothing. */
function orAny(field: XmlField<number>, path: string): XmlField<number> {
  const any = text(path)
  return {
    ...field,
    read: (scope) => (any.read(scope) === '-1' ? undefined : field.read(scope)),
  }
}

function upperCase(field: XmlField<number>): XmlField<number> {
  return {
    ...field,
    write: (v, writer) => {
      const digits = v.toString(16).toUpperCase().padStart(4, '0')
      text(field.knows[0] ?? '').write(`0x${digits}`, writer)
    },
  }
}

/** Which USB devices may be redirected: the first rule that matches decides. */
export interface RedirFilter {
  readonly rules?: readonly RedirRule[]
}

export const redirFilterXml: XmlFields<RedirFilter> = {
  rules: list('usbdev', redirRuleXml),
}
