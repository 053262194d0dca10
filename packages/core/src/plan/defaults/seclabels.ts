import { note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'

/** Labels that a driver makes up for one run are no part of a definition; the rest is spelled out. */
export function defaultSeclabels(d: Defaulting): void {
  for (const [i, label] of (d.domain.seclabels ?? []).entries()) {
    const why = { rule: 'seclabel/explicit', reason: 'no security driver is asked here' }
    if (label.type === 'dynamic' && label.model === undefined && label.baselabel === undefined) {
      label.type = 'none'
      note(d, `seclabel[${i + 1}]/@type`, 'none', why)
    }
    if (label.type === 'none') {
      label.model ??= 'none'
      delete label.relabel
      continue
    }
    label.relabel ??= label.type === 'dynamic'
    // What an image was labelled with belongs to a run.
    delete label.imagelabel
    if (label.type === 'dynamic') delete label.label
  }
}
