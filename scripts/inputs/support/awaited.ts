/** Titles of tests that show a defect which is not corrected yet, by the number of its report. */
const reports: Readonly<Record<string, readonly string[]>> = {
  'core 14': ["O-01 60 MB on QEMU's standard error", 'O-02 output without end'],
}

export const awaited: ReadonlySet<string> = new Set(Object.values(reports).flat())
