import type { Numbered } from '../support/catalogue.ts'

export const clockJumps: readonly Numbered[] = [
  { id: 'C-01', what: 'the clock of the wall jumps while something is awaited' },
  { id: 'C-02', what: 'the clock steps back between two events' },
  { id: 'C-03', what: 'an emulator whose file is from the future' },
  { id: 'C-04', what: 'the host slept for a day in the middle of a job' },
  { id: 'C-05', what: 'an event of a monitor with an absurd time' },
  { id: 'C-06', what: 'odd time zones and offsets of the guest' },
]
