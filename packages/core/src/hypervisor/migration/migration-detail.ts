import type { DomainDefinition, DomainRow, ImageOwner, JobRow } from '../../store/index.ts'

/**
 * How far a migration is. Until `handover` the guest is here; from `finish` on it is there, and what
 * is left is done by whoever looks next. `handover` alone is open: the destination's store decides.
 * `take-back` is a failure that is being undone.
 */
export type MigrationPhase = 'perform' | 'handover' | 'finish' | 'take-back'

/** What the source records before it begins. */
export interface MigrationDetail {
  readonly migrate: {
    /** Folder of the other root's store. */
    readonly destination: string
    /** The guest ran when it began. */
    readonly running: boolean
    /** It goes on there when it has arrived. */
    readonly resume?: boolean
    /** The definition here goes with the guest. */
    readonly undefineSource?: boolean
    /** Images that stay here, for the guest has copies of them there. */
    readonly left?: readonly string[]
    /** What was defined there before, to be put back after a failure. */
    readonly before?: DomainDefinition
  }
}

/** What the destination records: how a guest that has arrived becomes one of its own. */
export interface ArrivalDetail {
  readonly arrival?: {
    readonly resume: boolean
    readonly definition?: DomainDefinition
    readonly owners?: readonly ImageOwner[]
    /** Images that were made for it. */
    readonly made?: readonly string[]
  }
}

export function detailOfMigration({ detail }: JobRow): MigrationDetail['migrate'] | undefined {
  return (detail as Partial<MigrationDetail>).migrate
}

/** A stored definition as it can be stored again; nothing of a transient domain. */
export function definitionOf(row: DomainRow | undefined): DomainDefinition | undefined {
  if (row?.xml === undefined) return undefined
  const { uuid, name, xml, arch, machine, virtType, title } = row
  return { uuid, name, xml, arch, machine, virtType, ...(title !== undefined && { title }) }
}
