import type { Numbered } from '../support/catalogue.ts'

export const rights: readonly Numbered[] = [
  { id: 'M-01', what: "folders that are open, somebody else's, or links" },
  { id: 'M-02', what: "a database that is somebody else's, or open" },
  { id: 'M-03', what: 'a folder of runs that everybody may write to' },
  { id: 'M-04', what: 'no KVM device' },
  { id: 'M-05', what: 'a KVM device that this user may not open' },
  { id: 'M-06', what: 'a KVM device that makes no guest' },
  { id: 'M-07', what: 'a disk that may only be read' },
  { id: 'M-08', what: 'a disk in a folder that may not be entered' },
  { id: 'M-09', what: 'a disk that is immutable' },
  { id: 'M-10', what: 'a folder of logs that may not be written to' },
  { id: 'M-11', what: "another user at a guest's sockets" },
  { id: 'M-12', what: "root in a user's root, and a user in root's" },
  { id: 'M-13', what: 'a umask that opens everything, or nothing' },
  { id: 'M-14', what: 'a QEMU that its sandbox kills' },
  { id: 'M-15', what: 'what was found out is asked again only for another identity' },
]
