import type { Numbered } from '../support/catalogue.ts'

export const floods: readonly Numbered[] = [
  { id: 'O-01', what: "60 MB on QEMU's standard error" },
  { id: 'O-02', what: 'output without end' },
  { id: 'O-03', what: 'a serial console that nobody reads' },
  { id: 'O-04', what: 'a serial console with a slow reader' },
  { id: 'O-05', what: 'escape sequences on the console and in the log' },
  { id: 'O-06', what: 'NUL and bytes that are no UTF-8 in the log' },
  { id: 'O-07', what: 'one line of 100 MB' },
  { id: 'O-08', what: 'a million lines in the log' },
  { id: 'O-09', what: 'a reader of standard output that goes away' },
]
