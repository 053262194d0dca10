import { defaultBootWords } from './boot-words.ts'
import { copy } from './copy.ts'
import type { Domain } from '../domain/domain.ts'
import { dropOpenAddresses } from './addresses/open-addresses.ts'
import { addImplicitDevices } from './defaults/implicit-devices.ts'
import { defaultCharDevices, mirrorConsole, pairConsole } from './defaults/consoles.ts'
import {
  addHostUnitControllers,
  addNeededControllers,
  defaultControllerModels,
  numberControllers,
  sortControllers,
} from './defaults/controllers.ts'
import { defaultCpu } from './defaults/cpu.ts'
import { defaultDisks, sortDisks } from './defaults/disks.ts'
import { defaultDisplays } from './defaults/displays.ts'
import { defaultIothreads } from './defaults/iothreads.ts'
import { defaultTuning } from './defaults/tuning.ts'
import { defaultFeatures } from './defaults/features.ts'
import { defaultIdentity } from './defaults/identity.ts'
import { defaultRareDevices } from './defaults/rare-devices.ts'
import { defaultInputs, defaultSmallDevices } from './defaults/small-devices.ts'
import { defaultSeclabels } from './defaults/seclabels.ts'
import { defaultVcpus } from './defaults/vcpus.ts'
import { dropAliases } from './assign-aliases.ts'
import type { DomainDraft } from './draft.ts'
import { dropEmptyKinds } from './draft.ts'
import { defaultGrants } from './machine-grants.ts'
import type { Notes } from './notes.ts'
import type { PlanContext } from './plan-context.ts'

declare const stage: unique symbol

/** A domain in which nothing is left to interpret but addresses. */
export type CompleteDomain = Domain & {
  readonly uuid: string
  readonly memoryKiB: number
  readonly [stage]: 'complete' | 'addressed' | 'valid'
}

/**
 * Says what the document left unsaid, in libvirt's order: the order decides which controller comes
 * first, and so which address each device gets. What the user wrote is never changed into something
 * else; two spellings of one thing become libvirt's.
 */
export function applyDefaults(domain: Domain, context: PlanContext, notes: Notes): CompleteDomain {
  const draft = copy(domain) as DomainDraft
  const d = { domain: draft, context, notes }
  if (context.live !== true) dropAliases(draft)
  dropOpenAddresses(draft, context)
  sortDisks(draft)
  sortControllers(draft)
  defaultIdentity(d)
  defaultVcpus(d)
  defaultSeclabels(d)
  defaultTuning(d)
  defaultIothreads(d)
  numberControllers(d)
  sortControllers(draft)
  defaultInputs(d)
  addHostUnitControllers(d)
  if (context.live !== true) addImplicitDevices(d)
  defaultCpu(d)
  defaultFeatures(d)
  defaultGrants(d)
  defaultDisks(d)
  defaultBootWords(d)
  defaultControllerModels(d)
  defaultSmallDevices(d)
  defaultRareDevices(d)
  pairConsole(d)
  defaultCharDevices(d)
  addNeededControllers(d)
  defaultDisplays(d)
  mirrorConsole(d)
  dropEmptyKinds(draft)
  return draft as unknown as CompleteDomain
}
