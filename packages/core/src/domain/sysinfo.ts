import { alongside, list, mapped, oneOf, record, required, text } from '../xml/fields.ts'
import type { XmlField, XmlFields } from '../xml/fields.ts'

/** One `<entry>`: a string of an SMBIOS table by libvirt's name, or a firmware configuration blob. */
export interface SysinfoEntry {
  readonly name?: string
  readonly file?: string
  readonly value?: string
}

const entryXml: XmlFields<SysinfoEntry> = {
  name: text('@name'),
  file: text('@file'),
  value: text('.'),
}

type Entries = readonly SysinfoEntry[]

/** `<sysinfo>`: what the firmware tells the guest about its machine. */
export interface Sysinfo {
  readonly type: 'smbios' | 'fwcfg'
  readonly bios?: Entries
  readonly system?: Entries
  readonly baseBoards?: readonly { readonly entries?: Entries }[]
  readonly chassis?: Entries
  readonly oemStrings?: Entries
  /** `fwcfg` only. */
  readonly entries?: Entries
}

const boardXml: XmlFields<{ readonly entries?: Entries }> = { entries: list('entry', entryXml) }

/** The entries below one child; an empty child says nothing and is not kept. */
function entries(name: string): XmlField<Entries> {
  return mapped(
    record(name, boardXml),
    (board) => board.entries,
    (values) => ({ entries: values }),
  )
}

export const sysinfoXml: XmlFields<Sysinfo> = {
  type: alongside(required(oneOf('@type', ['smbios', 'fwcfg']))),
  bios: entries('bios'),
  system: entries('system'),
  baseBoards: list('baseBoard', boardXml),
  chassis: entries('chassis'),
  oemStrings: entries('oemStrings'),
  entries: list('entry', entryXml),
}
