import type { GuestReport } from '../guest/guest-report.ts'
import type { GuestReply } from '../guest/guest-command.ts'
import type { Stage } from '../life/stage.ts'
import type { NestedRecipe } from './nested-recipe.ts'

/** A host inside a guest, with polyvirt installed, and what runs there. */
export interface Nested extends Stage {
  readonly recipe: NestedRecipe
  /** What its processors and memory are. */
  readonly shape: { readonly vcpus: number; readonly memoryKiB: number }
  /** libvirt's name of the architecture, of the host and of its guests. */
  readonly guest: string
  /** Runs a shell command there, whatever becomes of it. */
  shell(command: string): Promise<GuestReply>
  /** What polyvirt prints; the words as in a shell. @throws where it fails, with what it said. */
  polyvirt(words: string): Promise<string>
  /** What polyvirt says. @throws where it does not fail. */
  refused(words: string): Promise<string>
  /** Writes a file there. */
  write(file: string, text: string): Promise<void>
  /** What a guest that runs there has found inside itself, when it is up. */
  report(name: string): Promise<GuestReport>
  /** The document of a guest with KVM that boots the host's kernel and reports. */
  guestXml(name: string, elements?: string, devices?: string): string
}
