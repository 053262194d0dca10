import type { Numbered } from '../support/catalogue.ts'

/** A command that is killed after each thing that it writes down. */
export interface KilledVerb extends Numbered {
  /** Method of the library, and what it is given: `@NAME` is a file of the test. */
  readonly call: readonly [verb: string, ...given: string[]]
  /** How the domain `guest` is before: defined, running, or not there. */
  readonly before: 'nothing' | 'off' | 'running'
  /** What it is called with its disk. */
  readonly disk?: true
}

const live = JSON.stringify({ live: true, config: true })

export const killedVerbs: readonly KilledVerb[] = [
  { id: 'K-01', what: 'define', before: 'nothing', call: ['domainDefineXml', '@guest.xml'] },
  {
    id: 'K-02',
    what: 'define over a definition',
    before: 'off',
    call: ['domainDefineXml', '@changed.xml'],
  },
  { id: 'K-03', what: 'undefine', before: 'off', call: ['domainUndefine', 'guest'] },
  { id: 'K-04', what: 'start', before: 'off', call: ['domainCreate', 'guest'] },
  { id: 'K-05', what: 'destroy', before: 'running', call: ['domainDestroy', 'guest'] },
  {
    id: 'K-06',
    what: 'attach-device, live and stored',
    before: 'running',
    call: ['domainAttachDevice', 'guest', '@rng.xml', live],
  },
  {
    id: 'K-07',
    what: 'snapshot-create',
    before: 'running',
    disk: true,
    call: ['domainSnapshotCreateXml', 'guest', '@snapshot.xml', JSON.stringify({ diskOnly: true })],
  },
  { id: 'K-08', what: 'managedsave', before: 'running', call: ['domainManagedSave', 'guest'] },
  {
    id: 'K-09',
    what: 'blockcopy that goes over',
    before: 'running',
    disk: true,
    call: [
      'domainBlockCopy',
      'guest',
      'vda',
      '@@copy.img',
      JSON.stringify({ wait: true, whenReady: 'pivot' }),
    ],
  },
  {
    id: 'K-10',
    what: 'migrate',
    before: 'running',
    call: ['domainMigrate', 'guest', '@@there', JSON.stringify({ live: true })],
  },
]

export const otherKills: readonly Numbered[] = [
  { id: 'K-11', what: 'a supervisor that is killed and started again' },
  { id: 'K-12', what: 'a cache of capabilities that was written by half' },
]
