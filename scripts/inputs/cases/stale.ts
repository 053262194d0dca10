import type { Numbered } from '../support/catalogue.ts'

export const staleThings: readonly Numbered[] = [
  { id: 'S-01', what: 'a pid that is an innocent process by now' },
  { id: 'S-02', what: 'a pid that is another QEMU of ours by now' },
  { id: 'S-03', what: "a QEMU of somebody else's with the same name and UUID" },
  { id: 'S-04', what: 'a pid that is no process' },
  { id: 'S-05', what: 'a QEMU that is a zombie' },
  { id: 'S-06', what: 'a run whose folder has been emptied' },
  { id: 'S-07', what: 'a record of a run that cannot be read' },
  { id: 'S-08', what: 'a monitor whose socket is gone' },
  { id: 'S-09', what: 'a monitor on whose socket nobody listens' },
  { id: 'S-10', what: "a monitor that is another guest's" },
  { id: 'S-11', what: 'a job of an owner that is gone' },
  { id: 'S-12', what: 'a half-written file of a command that died' },
  { id: 'S-13', what: 'folders of runs that nobody knows' },
  { id: 'S-14', what: 'a run of before the last boot' },
  { id: 'S-15', what: 'a managed save of another domain (streams.test.ts)' },
  { id: 'S-16', what: 'something else where the database is to be' },
]
