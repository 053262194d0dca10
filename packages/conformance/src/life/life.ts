import type { GuestReport } from '../guest/guest-report.ts'
import type { Target } from '../target.ts'
import type { Seen } from './look-inside.ts'
import type { Stage } from './stage.ts'
import type { Subject } from './subject.ts'

/** A guest that runs, the hypervisor that keeps it, and a view of its inside. */
export interface Life extends Stage {
  readonly target: Target
  readonly subject: Subject
  /** The domain's name. */
  readonly name: string
  /** Drivers that its kernel has. */
  readonly drivers: readonly string[]
  /** What it reported when it was up last. */
  readonly report: GuestReport
  /** For images and files; removed at the end. */
  readonly folder: string
  /** What a shell command prints. Fails where it fails in the guest. */
  shell(command: string): Promise<string>
  /** Sends a command that does not reply: `reboot`, `poweroff`. */
  send(line: string): void
  /** The report of the guest's next start. */
  nextReport(): Promise<GuestReport>
  /** What is in the guest now, drivers of new devices loaded. */
  look(): Promise<Seen>
  /** Looks until there is what was looked for. */
  sees<T>(what: string, find: (seen: Seen) => T | undefined): Promise<T>
  /** Asks until there is an answer. */
  until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T>
  /** The guest is in another QEMU now, of this subject or of another. */
  follow(subject?: Subject): Promise<void>
  /** Starts the guest anew, and waits for its report. */
  boot(): Promise<GuestReport>
  /** Another place for guests: a root of its own. */
  elsewhere(): Promise<Subject>
  /** What is in an image, or behind an NBD address, whatever its format. */
  bytesOf(place: string, format: 'raw' | 'qcow2'): Promise<Uint8Array>
  /** An empty image in {@link folder}. */
  image(name: string, mebibytes: number, format?: 'raw' | 'qcow2'): string
  /** The same, encrypted (LUKS) under a passphrase. */
  encryptedImage(name: string, mebibytes: number, passphrase: string): Promise<string>
}
