import type { Numbered } from '../support/catalogue.ts'

export const fullDisks: readonly Numbered[] = [
  { id: 'F-01', what: 'define on a full disk' },
  { id: 'F-02', what: 'define over a definition on a full disk' },
  { id: 'F-03', what: 'undefine on a read-only disk' },
  { id: 'F-04', what: 'setmem --config on a full disk' },
  { id: 'F-05', what: 'start where the folder of runs is full' },
  { id: 'F-06', what: 'suspend and attach when the disk has filled up' },
  { id: 'F-07', what: 'start where the folder of logs is full' },
  { id: 'F-11', what: 'everything becomes read-only' },
  { id: 'F-12', what: 'the folder for temporary files is full' },
  { id: 'F-13', what: 'the disk of the images is full while the guest writes' },
  { id: 'F-14', what: 'snapshot-create on a full disk' },
  { id: 'F-15', what: 'save to a full disk' },
  { id: 'F-16', what: 'the cache can be neither read nor written' },
  { id: 'F-18', what: 'no memory for QEMU, and a QEMU that is killed' },
]
