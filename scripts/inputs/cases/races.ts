import type { Numbered } from '../support/catalogue.ts'

export const races: readonly Numbered[] = [
  { id: 'R-01', what: 'eight define one name' },
  { id: 'R-02', what: 'eight define one UUID' },
  { id: 'R-03', what: 'eight start one domain' },
  { id: 'R-04', what: 'eight destroy one domain' },
  { id: 'R-05', what: 'one starts, one destroys, one undefines' },
  { id: 'R-06', what: 'one defines, one undefines, one lists' },
  { id: 'R-07', what: 'two start two domains on one disk' },
  { id: 'R-08', what: 'one attaches, one detaches, one asks for statistics' },
  { id: 'R-09', what: 'one takes a snapshot, one shuts down' },
  { id: 'R-10', what: 'one saves, one destroys' },
  { id: 'R-11', what: 'a command and a supervisor on one root' },
  { id: 'R-12', what: 'one disk in two roots' },
  { id: 'R-13', what: 'two displays want a port' },
  { id: 'R-14', what: 'one renames, one starts' },
  { id: 'R-15', what: 'one reads while the definition is replaced' },
  { id: 'R-16', what: 'the guest powers off in the instant of a suspend' },
]
