import type { XmlElement } from '../core.ts'
import { addAttribute, insertAfter, insertInside, replaceContent, splice } from '../xml/splice.ts'
import type { Edit } from '../xml/splice.ts'

export interface Identity {
  readonly name: string
  readonly uuid: string
}

/** The UUID of a document that gives none. */
const placeholderUuid = '00000000-0000-4000-8000-000000000000'

/**
 * The document with everything written in that would be made up at each definition anew, so that
 * two readings of it can be the same. No line moves.
 */
export function fixIdentity(text: string, root: XmlElement, arch?: string): string {
  const [name] = named(root, 'name')
  const [type] = named(named(root, 'os')[0], 'type')
  const nics = named(named(root, 'devices')[0], 'interface')
  const bare = nics.filter((nic) => named(nic, 'mac').length === 0)
  const edits: Edit[] = [
    ...(name !== undefined && named(root, 'uuid').length === 0
      ? [insertAfter(text, name, `<uuid>${placeholderUuid}</uuid>`)]
      : []),
    ...bare.map((nic, at) => insertInside(text, nic, `<mac address='${placeholderMac(at)}'/>`)),
    ...named(root, 'genid')
      .filter((genid) => genid.text.trim() === '')
      .map((genid) => replaceContent(text, genid, placeholderUuid.replace(/0$/, '1'))),
    ...(arch !== undefined && /^[\w.-]+$/.test(arch) && type && !type.attributes.has('arch')
      ? [addAttribute(text, type, `arch='${arch}'`)]
      : []),
  ]
  return splice(text, edits)
}

function placeholderMac(at: number): string {
  const bytes = [0x52, 0x54, 0x00, 0xff, (at >> 8) & 0xff, at & 0xff]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

/** What the document says of itself; undefined where it says nothing that could be accepted. */
export function identityOf(root: XmlElement): Partial<Identity> {
  const name = named(root, 'name')[0]?.text.trim()
  const uuid = canonicalUuid(named(root, 'uuid')[0]?.text ?? '')
  return { ...(name && { name }), ...(uuid !== undefined && { uuid }) }
}

/**
 * The document under another identity, so that it can be defined beside a domain that has its own.
 * An identity that no hypervisor accepts stays, because its refusal is an answer.
 */
export function disguise(text: string, root: XmlElement, as: Identity): string {
  const own = identityOf(root)
  const [name] = named(root, 'name')
  const [uuid] = named(root, 'uuid')
  const entries = named(root, 'sysinfo')
    .flatMap((sysinfo) => named(sysinfo, 'system'))
    .flatMap((system) => named(system, 'entry'))
    // libvirt wants it to be the domain's own.
    .filter((entry) => entry.attributes.get('name') === 'uuid')
    .filter((entry) => own.uuid !== undefined && canonicalUuid(entry.text) === own.uuid)
  return splice(text, [
    ...(name !== undefined && own.name !== undefined && !/[/\n]/.test(name.text)
      ? [replaceContent(text, name, as.name)]
      : []),
    ...(uuid !== undefined && own.uuid !== undefined ? [replaceContent(text, uuid, as.uuid)] : []),
    ...entries.map((entry) => replaceContent(text, entry, as.uuid)),
  ])
}

/** Puts the document's own identity back into what a hypervisor said of the disguised one. */
export function undisguise(own: Partial<Identity>, as: Identity): (value: string) => string {
  return (value) =>
    value.replaceAll(as.name, own.name ?? as.name).replaceAll(as.uuid, own.uuid ?? as.uuid)
}

function canonicalUuid(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, '').toLowerCase()
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(digits)
  return parts?.slice(1).join('-')
}

function named(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}
