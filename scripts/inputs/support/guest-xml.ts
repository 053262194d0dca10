/** Parts of a small guest; each stands on lines of its own, so that places are easy to foretell. */
export interface GuestParts {
  readonly root?: string
  /** Line 2. */
  readonly name?: string
  /** Line 3. */
  readonly uuid?: string
  /** Line 4. */
  readonly memory?: string
  /** Line 5. */
  readonly vcpu?: string
  /** Line 6. */
  readonly os?: string
  /** Line 7. */
  readonly more?: string
  /** Line 9, below `<devices>`. */
  readonly devices?: string
}

/** A guest that any x86 QEMU runs; with `type='qemu'`, so that no KVM is needed. */
export function guestXml(parts: GuestParts = {}): string {
  const {
    root = `<domain type='qemu'>`,
    name = '<name>guest</name>',
    uuid = '',
    memory = `<memory unit='MiB'>64</memory>`,
    vcpu = '<vcpu>1</vcpu>',
    os = `<os><type arch='x86_64' machine='pc'>hvm</type></os>`,
    more = '',
    devices = '',
  } = parts
  return `${root}\n${name}\n${uuid}\n${memory}\n${vcpu}\n${os}\n${more}\n<devices>\n${devices}\n<memballoon model='none'/></devices>\n</domain>\n`
}

/** Text as it may stand in an element or an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>'"\t\r\n]/g, (c) => `&#${c.charCodeAt(0)};`)
}
